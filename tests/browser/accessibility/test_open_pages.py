"""Pages for everybody: axe finds nothing, everything fits however enlarged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility.steps import FIRST
from tests.browser.expect import expect
from tests.browser.inspector import Inspector, examined
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.parametrize(
    "path",
    [
        "/consent",
        "/terms",
        "/privacy",
        "/help",
        "/requests",
        "/no-such-page",
        "/?lang=en",
        "/consent?lang=en",
        "/demo",
        "/demo/inbox",
    ],
)
def test_open_pages_have_no_barriers(page: Page, inspector: Inspector, site: Site, path: str) -> None:
    page.goto(site.url + path)
    if "consent?" in path:
        page.locator("summary").click()
    inspector.look(path)
    if path == "/demo":
        expect(page.frame_locator("iframe").get_by_role("heading", name=FIRST)).to_be_visible()
        inspector.faults += [f"in a frame: {fault}" for fault in examined(page.frames[1])]
