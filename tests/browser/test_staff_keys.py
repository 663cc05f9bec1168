"""The staff's keys: a clerk goes through a list, opens, answers and searches without the mouse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.clerks import REQUEST, add_clerk
from tests.browser.expect import expect
from tests.browser.people import insert
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

NUMBERS = ("70000003", "70000002", "70000001")  # newest first
CYRILLIC = """key => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { ...key, bubbles: true, cancelable: true }))"""

# a browser that has more to do than its timers, as on an old computer
HELD_TIMERS = """const held = [];
const soon = window.setTimeout;
window.setTimeout = (act, wait = 0, ...rest) =>
    wait > 0 && wait < 100 ? held.push(() => act(...rest)) : soon(act, wait, ...rest);
window.letTimersGo = () => held.splice(0).forEach(act => act());"""

pytestmark = [
    pytest.mark.parametrize("width", [1280], indirect=True),
    pytest.mark.parametrize("javascript", [True], indirect=True),
]


def sign_in(page: Page, site: Site, email: str, address: str = "/staff/", title: str = "Сегодня") -> None:
    """A new clerk asks for a page and comes in."""
    password, totp = add_clerk(site, email)
    page.goto(site.url + address)
    page.get_by_label("Почта").fill(email)
    page.locator("#password").fill(password)
    page.get_by_label("Код из приложения").fill(totp.now())
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def at_list(page: Page, site: Site, email: str) -> None:
    """A clerk before a list that begins with three."""
    for day, number in enumerate(reversed(NUMBERS), 1):
        asked(site, number, f"2099-10-0{day} 10:00:00")
    sign_in(page, site, email)
    page.goto(site.url + "/staff/requests")


def asked(site: Site, number: str, at: str) -> None:
    """A request of that number and time."""
    row = {**REQUEST, "number": number, "created_at": at, "idempotency_key": number}
    insert(site, "connection_request", row)


def test_a_list_is_worked_through_by_keys(page: Page, site: Site) -> None:
    at_list(page, site, "keys@example.org")

    def row(place: int) -> Locator:
        return page.get_by_role("link", name=NUMBERS[place], exact=True)

    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(row(place)).to_be_focused()
    page.keyboard.press("Control+j")
    page.keyboard.press("Shift+K")
    expect(row(1)).to_be_focused()
    page.evaluate(CYRILLIC, {"key": "о", "code": "KeyJ"})
    expect(row(2)).to_be_focused()
    page.keyboard.press("x")
    tick = page.get_by_label(f"Отметить заявку № {NUMBERS[2]}")
    expect(tick).to_be_checked()
    tick.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Заявка № {NUMBERS[2]}")
    page.keyboard.press("e")
    reply = page.get_by_label("Ответ жителю")
    expect(reply).to_be_focused()
    page.keyboard.type("j/?e")
    expect(reply).to_have_value("j/?e")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("heading", level=1).focus()
    following = page.get_by_role("link", name="Следующая заявка").get_attribute("href") or "none"
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile(following))


def test_a_browser_that_is_late_takes_nobody_out_of_a_field(page: Page, site: Site) -> None:
    page.add_init_script(HELD_TIMERS)
    asked(site, "70000000", "2099-09-01 10:00:00")
    sign_in(page, site, "late-keys@example.org")
    page.goto(site.url + "/staff/requests")
    page.get_by_role("link", name="70000000", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Заявка № 70000000")
    page.keyboard.press("e")
    reply = page.get_by_label("Ответ жителю")
    expect(reply).to_be_focused()
    page.evaluate("letTimersGo()")
    page.keyboard.type("ja?")
    expect(reply).to_have_value("ja?")


def test_search_and_help_are_a_key_away(page: Page, site: Site) -> None:
    page.goto(site.url + "/staff/sign-in")
    page.get_by_role("heading", level=1).focus()
    for key in ("j", "k", "x", "e", "n", "?", "/"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_have_text("Вход для сотрудников")
    sign_in(page, site, "keys-help@example.org")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Клавиши")
    expect(keys).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    expect(page.locator("#find")).to_have_value("")
    page.keyboard.press("?")
    expect(page.locator("#find")).to_have_value("?")
    expect(keys).to_be_hidden()


def test_a_sign_in_leads_on_to_the_list_that_was_asked_for(page: Page, site: Site) -> None:
    address = "/staff/requests/in_work?sort=oldest"
    sign_in(page, site, "deep@example.org", address, "Заявки")
    expect(page).to_have_url(site.url + address)
