"""The residents' guide still tells the truth: its texts are on the screens, its pictures are there."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cabinet.wording import catalogues
from config import ROOT
from tests.browser.site import Site
from tools.guide import text

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tools.guide.window import Window


FOLDER = ROOT / "docs" / "guide"
TEXTS: dict[str, list[str]] = json.loads((FOLDER / "texts.json").read_text(encoding="utf-8"))


def test_every_screen_shows_what_its_picture_shows(chromium: Browser, site: Site, tmp_path: Path) -> None:
    from tools.guide.journeys import all_scenarios
    from tools.guide.window import windows

    seen = []

    def show(window: Window, slug: str, _texts: Sequence[str]) -> None:
        window.wait_for(slug, TEXTS[slug])
        seen.append(slug)

    with windows(chromium, site, show) as new_window:
        all_scenarios(new_window, site, tmp_path)
    assert sorted(seen) == sorted(TEXTS) == sorted(text.SLUGS)


def test_there_are_the_forty_screens_of_the_instruction() -> None:
    assert sorted(slug[:2] for slug in text.SLUGS) == [f"{number:02}" for number in range(1, 41)]
    assert list(TEXTS) == list(text.SLUGS)


def test_the_committed_guide_is_the_one_that_would_be_written() -> None:
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == text.guide()


@pytest.mark.parametrize("slug", text.SLUGS)
def test_the_picture_is_there_and_mentioned(slug: str) -> None:
    assert (FOLDER / f"{slug}.png").read_bytes().startswith(b"\x89PNG")
    assert f'src="{slug}.png"' in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_what_else_can_be_done_is_called_as_pages_call_it() -> None:
    said = {message.id for message in catalogues.read("en") if isinstance(message.id, str)}
    quoted = {name for sentence in text.FURTHER for name in re.findall("«([^«»]+)»", sentence)}
    assert quoted - {"Моих данных"} <= said and len(quoted) > 8
