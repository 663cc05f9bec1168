"""The staff's guide still tells the truth: its scenario goes through, past all of its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.site import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tools.guide.window import Window


def test_every_screen_shows_what_its_picture_shows(chromium: Browser, tmp_path: Path) -> None:
    from tools.guide import staff
    from tools.guide.window import windows

    seen = []

    def show(_window: Window, slug: str, _texts: Sequence[str]) -> None:
        seen.append(slug)

    with running(tmp_path) as site, windows(chromium, site, show, staff.SIZE, scale=1) as new_window:
        staff.all_tasks(new_window, site)
    assert sorted(seen) == sorted(path.stem for path in staff.FOLDER.iterdir())
