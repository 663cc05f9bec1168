"""One width, for these tests are of what happens and not of how it looks; another browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.screens import Embedded
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def width() -> int:
    """One width: these tests are of what happens, not of how it looks."""
    return 390


@pytest.fixture(params=[True, False], ids=["js", "no-js"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs JavaScript; that forms work without it is tested quickly over HTTP."""
    return bool(request.param)


@pytest.fixture
def elsewhere(chromium: Browser, site: Site, javascript: bool) -> Iterator[Embedded]:
    """The cabinet in the frame, in another browser."""
    context = chromium.new_context(java_script_enabled=javascript, locale="ru-RU")
    page = context.new_page()
    page.goto(site.embedding)
    yield Embedded(page, page.frame_locator("iframe[name=cabinet]"))
    context.close()
