"""Where the focus is and what is read aloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.expect import expect
from tests.browser.people import Seeded, report
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_a_page_loaded_whole_focuses_what_is_wrong(chromium: Browser, site: Site, javascript: bool) -> None:
    """Nothing where nothing is wrong."""
    with chromium.new_context(java_script_enabled=javascript, locale="ru-RU") as context:
        context.route("**/htmx*", lambda route: route.abort())  # as if it had not arrived
        page = context.new_page()
        page.goto(site.url)
        expect(page.locator("body")).to_be_focused()
        page.locator("#phone").fill("12345")
        page.locator("#consent").check()
        page.get_by_role("button", name="Далее").click()
        expect(page.locator("#phone")).to_be_focused()


def test_the_countdown_is_not_read_aloud(page: Page, resident: Seeded) -> None:
    page.clock.install()
    page.reload()
    page.route("**/code/delivery", lambda route: route.fulfill(status=204))  # of which is told once
    page.locator("#phone").fill(resident.phone)
    page.get_by_role("button", name="Далее").click()
    page.get_by_role("button", name="Я забыл пароль").click()
    clock = page.locator("[data-clock]")
    expect(clock).to_be_visible()
    page.evaluate(
        """() => {
            window.said = [];
            const live = "[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], output";
            new MutationObserver(changes => changes.forEach(({ target }) => {
                const region = (target.nodeType === 1 ? target : target.parentElement)?.closest(live);
                if (region) said.push(region.textContent.trim());
            })).observe(document.body, { childList: true, subtree: true, characterData: true });
        }"""
    )
    before = clock.text_content()
    page.clock.run_for(5_000)
    assert clock.text_content() != before
    assert page.evaluate("() => said.filter(Boolean)") == []
    page.clock.run_for(60_000)
    expect(page.get_by_role("button", name="Отправить код ещё раз")).to_be_visible()
    page.clock.run_for(1_000)
    assert set(page.evaluate("() => said.filter(Boolean)")) == {"Отправить код ещё раз"}


@pytest.mark.parametrize(
    ("status", "words"), [("delivered", "СМС доставлено"), ("failed", "СМС не доставлено.")]
)
def test_the_fate_of_the_sms_is_told(
    page: Page, resident: Seeded, site: Site, sms_code: Callable[..., str], status: str, words: str
) -> None:
    page.locator("#phone").fill(resident.phone)
    page.get_by_role("button", name="Далее").click()
    page.route("**/code/delivery", lambda route: route.fulfill(status=204))  # not told yet
    page.get_by_role("button", name="Я забыл пароль").click()
    sms_code(resident.phone)
    report(site, resident.phone, status)
    page.unroute("**/code/delivery")
    expect(page.get_by_role("status")).to_contain_text(words)
    expect(page.locator("#delivery")).to_contain_text(words)
    expect(page.get_by_label("Код из СМС")).to_be_focused()
