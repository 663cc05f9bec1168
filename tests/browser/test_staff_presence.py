"""Two clerks at one request see each other, as they come, begin to write and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.clerks import REQUEST
from tests.browser.expect import expect
from tests.browser.people import insert
from tests.browser.site import Site
from tests.browser.test_staff_keys import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

EVERY = 20_001  # milliseconds until a page asks again
CARD = "/staff/request/71000001"

pytestmark = [
    pytest.mark.parametrize("width", [1280], indirect=True),
    pytest.mark.parametrize("javascript", [True], indirect=True),
]


def test_two_clerks_at_one_request_see_each_other(page: Page, site: Site) -> None:
    insert(site, "connection_request", {**REQUEST, "number": "71000001", "idempotency_key": "71000001"})
    context = page.context.browser.new_context(locale="ru-RU") if page.context.browser else None
    assert context
    other = context.new_page()
    for one, name in ((page, "one@example.org"), (other, "two@example.org")):
        one.clock.install()
        sign_in(one, site, name)
    page.goto(site.url + "/staff/requests")
    other.goto(site.url + CARD)
    seen = page.locator("[data-others='71000001']")
    expect(seen).to_be_hidden()
    page.clock.run_for(EVERY)
    expect(seen).to_contain_text("Открыта: two@example.org")
    page.get_by_role("link", name="71000001").click()
    expect(seen).to_contain_text("Сейчас открыта у коллеги: two@example.org")
    other.get_by_label("Ответ жителю").fill("Подключим")
    expect(other.locator("[data-others='71000001']")).to_contain_text("one@example.org")
    page.clock.run_for(EVERY)
    expect(seen).to_contain_text("пишет ответ")
    other.get_by_role("link", name="Сегодня").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Сегодня")
    page.clock.run_for(EVERY)
    expect(seen).to_be_hidden()
    context.close()
