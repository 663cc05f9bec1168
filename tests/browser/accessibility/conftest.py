"""A phone's browser, and an inspector who looks over its shoulder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.inspector import HEIGHT, PHONE, Inspector
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """A phone's browser on the first screen."""
    context = chromium.new_context(viewport={"width": PHONE, "height": HEIGHT}, locale="ru-RU")
    page = context.new_page()
    page.goto(site.url)
    yield page
    context.close()


@pytest.fixture
def inspector(page: Page) -> Iterator[Inspector]:
    """Inspects the page; what it has found fails the test in the end."""
    inspector = Inspector(page)
    yield inspector
    inspector.assert_nothing_wrong()
