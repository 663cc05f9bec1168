"""Playwright's `expect`, which waits until a thing is so, as patiently as all tests.

Playwright is imported when something is expected, not before: most runs collect these tests and take none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page
    from playwright.sync_api._generated import LocatorAssertions, PageAssertions


@overload
def expect(actual: Locator) -> LocatorAssertions: ...
@overload
def expect(actual: Page) -> PageAssertions: ...
def expect(actual: Locator | Page) -> LocatorAssertions | PageAssertions:
    """What may be said of this thing or page."""
    from playwright.sync_api import expect as playwright_expect

    playwright_expect.set_options(timeout=PATIENCE * 1000)
    return playwright_expect(actual)
