"""The first screen in a browser without motion, and a keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.keyboard.person import Keyboard, browse
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """The first screen."""
    page = browse(chromium, site, reduced_motion="reduce")
    yield page
    page.context.close()


@pytest.fixture
def keyboard(page: Page) -> Keyboard:
    """The only device."""
    return Keyboard(page)
