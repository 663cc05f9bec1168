"""Lists of the staff in windows of a tablet, a notebook and a large screen: dense, whole, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility.steps import fill
from tests.browser.clerks import REQUEST, add_clerk, insert_dead_letter
from tests.browser.expect import expect
from tests.browser.inspector import OVERFLOW
from tests.browser.people import Seeded, insert
from tests.browser.screens import heading, press
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

LISTS = (
    *("requests", "requests/all", "residents", "registrations", "registrations/invitations"),
    *("messages/dead", "messages/sent", "imports", "audit", "people", "data-requests", "day"),
)
ROW = 36  # pixels of a row of one line
SEEN = """() => {
    const tops = selector => new Set([...document.querySelectorAll(selector)].map(
        one => Math.round(one.getBoundingClientRect().top))).size;
    const broken = [], main = document.querySelector("main");
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.parentElement.checkVisibility()) continue;
        for (const found of node.data.matchAll(/[+\\d][\\d\\u00a0 ()-]{4,}\\d/g)) {
            const range = document.createRange();
            range.setStart(node, found.index);
            range.setEnd(node, found.index + found[0].length);
            const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
            if (lines.size > 1) broken.push(found[0]);
        }
    }
    const rows = [...document.querySelectorAll(".staff__table tbody tr")].map(row => row.offsetHeight);
    return { lines: tops(".staff__nav a"), broken, lowest: rows.length ? Math.min(...rows) : null };
}"""


@pytest.mark.parametrize("javascript", [True], indirect=True)
@pytest.mark.parametrize("width", [768, 1280, 1920], indirect=True)
def test_lists_are_dense_and_break_no_number(page: Page, site: Site, resident: Seeded, width: int) -> None:
    email, number = f"wide{width}@example.org", f"7700{width:04}"
    who = {"last_name": "Константинопольская-Преображенская", "middle_name": "Константиновна"}
    insert(site, "connection_request", {**REQUEST, **who, "number": number, "idempotency_key": number})
    short = {"last_name": "Ли", "first_name": "Ия", "city": "Клин", "street": "Луч", "house": "1"}
    other = f"7701{width:04}"
    insert(site, "connection_request", {**REQUEST, **short, "number": other, "idempotency_key": other})
    insert_dead_letter(site, f"wide-{width}", resident.email)
    password, totp = add_clerk(site, email, "--role", "admin")
    page.goto(f"{site.url}/staff/")
    fill(page, email=email, password=password, code=totp.now())
    press(page, "Войти")
    heading(page, "Сегодня")
    for name in LISTS:
        page.goto(f"{site.url}/staff/{name}")
        expect(page.locator(".staff__nav")).to_be_visible()
        seen = page.evaluate(SEEN)
        assert seen["lines"] == 1, (name, "the sections stand in one line")
        assert seen["broken"] == [], (name, "a number is broken in two")
        assert page.evaluate(OVERFLOW) == [], name
        if name == "requests" or (width > 768 and name in ("residents", "messages/dead", "audit")):
            assert seen["lowest"] <= ROW + 1, (name, seen["lowest"])
