"""Forced colours and reduced motion, as people set them in their systems."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.expect import expect
from tests.browser.keyboard.person import CONSENT, PHONE, Keyboard, browse
from tests.browser.people import ACCOUNT, AMOUNT, Seeded, new_phone
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


# transparent borders are drawn by no forced colours that an audit may rely on
BORDERLESS = """() => [...document.querySelectorAll(
    ".button, .eye, .input:not(.code .input), .code__boxes i, .choice, input[type=checkbox]")]
    .filter(element => element.checkVisibility()).filter(element => {
        const { borderTopStyle, borderTopWidth, borderTopColor, appearance } = getComputedStyle(element);
        if (element.matches("[type=checkbox]") && appearance === "auto") return false;
        const clear = /^rgba\\(.*, 0\\)$|\\/ 0\\)$/.test(borderTopColor);
        return borderTopStyle === "none" || parseFloat(borderTopWidth) < 1 || clear;
    }).map(element => element.outerHTML.slice(0, 120))"""
MOVING = """() => {
    const long = text => text.split(",").some(part => parseFloat(part) > 0.00001);
    return [...document.querySelectorAll("*")].flatMap(element => ["", "::before", "::after"].filter(part => {
        const style = getComputedStyle(element, part || null);
        const animated = style.animationName !== "none" && long(style.animationDuration);
        return animated || long(style.transitionDuration);
    }).map(part => element.outerHTML.slice(0, 80) + part)).concat(
        document.getAnimations().map(animation => `${animation.animationName} is playing`));
}"""


def test_everything_is_seen_in_forced_colours(
    chromium: Browser, site: Site, sms_code: Callable[..., str]
) -> None:
    page = browse(chromium, site, forced_colors="active")
    keyboard, phone = Keyboard(page), new_phone()
    bordered(page)
    keyboard.type(PHONE, phone)
    keyboard.tick("checkbox", CONSENT)
    keyboard.press("button", "Далее")
    keyboard.arrive("Подтвердите номер", "Код из СМС")
    bordered(page)
    keyboard.type("Код из СМС", sms_code(phone))
    keyboard.arrive("Найдём ваш адрес")
    bordered(page)
    keyboard.receipt(0, ACCOUNT, AMOUNT)
    looks = [
        choice.evaluate("choice => { const s = getComputedStyle(choice); return [s.outline, s.border] }")
        for choice in page.locator(".choice").all()
    ]
    assert looks[0] != looks[1] == looks[2], "the chosen one differs by more than a background"
    keyboard.press("button", "Далее")
    keyboard.arrive("Это ваш адрес?")
    bordered(page)
    page.goto(f"{site.url}/no-such-page")
    bordered(page)
    page.context.close()


def bordered(page: Page) -> None:
    """Whatever is pressed or filled in has an edge where backgrounds are taken away."""
    assert page.evaluate(BORDERLESS) == []


def test_nothing_moves_for_whom_motion_is_reduced(page: Page, resident: Seeded) -> None:
    assert page.evaluate(MOVING) == []
    page.locator("#phone").fill(resident.phone)
    page.get_by_role("button", name="Далее").click()
    expect(page.get_by_role("heading", name="Введите пароль")).to_be_visible()
    page.get_by_role("button", name="Войти в личный кабинет").click()
    expect(page.get_by_role("alert")).to_have_count(1)
    page.locator(".button").first.evaluate("button => button.setAttribute('aria-busy', 'true')")
    assert page.evaluate(MOVING) == []


def test_motion_is_there_for_the_others(chromium: Browser, site: Site) -> None:
    page = browse(chromium, site, reduced_motion="no-preference")
    assert page.evaluate(MOVING)
    page.context.close()
