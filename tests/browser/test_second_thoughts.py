"""People change their minds: mistakes are mended, pages reloaded, steps taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.expect import expect
from tests.browser.on_a_phone import javascript, width  # noqa: F401
from tests.browser.people import Seeded, new_phone
from tests.browser.screens import follow, press, sign_in
from tests.browser.site import Site
from tests.browser.test_network import to_address, to_code
from tests.browser.test_typing import to_password

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


@pytest.mark.walk
def test_what_was_wrong_is_said_no_longer_than_it_is_wrong(page: Page, site: Site) -> None:
    page.goto(site.url)
    page.get_by_role("button", name="Далее").click()
    expect(page.locator(".summary li")).to_have_count(2)
    page.get_by_label("Номер телефона").press_sequentially("8")
    expect(page.locator(".error:visible")).to_have_count(1)
    expect(page.locator(".summary li")).to_have_text(
        ["Поставьте отметку: без согласия мы не можем создать кабинет."]
    )
    expect(page.get_by_label("Номер телефона")).not_to_have_attribute("aria-invalid", "true")
    expect(page).to_have_title("Ошибка: Вход или регистрация — Домопульт")
    page.get_by_role("checkbox").check()
    expect(page.locator(".error:visible, .summary, .field--error, [aria-invalid]")).to_have_count(0)
    expect(page).to_have_title("Вход или регистрация — Домопульт")


def test_a_password_that_became_good_looks_good(
    page: Page, site: Site, sms_code: Callable[[str], str]
) -> None:
    to_password(page, site, sms_code)
    page.locator("#password").fill("мало")
    page.get_by_role("button", name="Создать кабинет").click()
    expect(page.locator(".error")).to_be_visible()
    page.locator("#password").fill("Тихий-двор-58")
    expect(page.locator(".error:visible, .field--error, .summary")).to_have_count(0)
    expect(page.locator(".rule:not(.is-met)")).to_have_count(0)


def test_what_is_typed_survives_a_reload_but_no_secret(
    page: Page, site: Site, sms_code: Callable[[str], str]
) -> None:
    to_address(page, site, sms_code)
    page.get_by_role("button", name="Да", exact=True).click()
    page.get_by_label("Фамилия").fill("Петрова")
    page.get_by_label("Дата рождения").press_sequentially("01021960")
    page.get_by_label("Дата рождения").blur()
    expect(page.get_by_label("Дата рождения")).to_have_value("01.02.1960")
    page.reload()
    expect(page.get_by_label("Фамилия")).to_have_value("Петрова")
    expect(page.get_by_label("Дата рождения")).to_have_value("01021960")
    page.get_by_label("Имя", exact=False).first.fill("Анна")
    page.locator("#email").fill("anna@example.com")
    page.get_by_role("button", name="Далее").click()
    page.get_by_role("button", name="Показать пароль").click()
    page.locator("#password").press_sequentially("Тихий-двор-58")
    assert page.evaluate("() => sessionStorage.getItem('cabinet-draft')") is None
    page.reload()
    expect(page.locator("#password")).to_have_value("")


def test_back_never_leads_forward(page: Page, site: Site, sms_code: Callable[[str], str]) -> None:
    to_password(page, site, sms_code)
    page.get_by_role("link", name="Назад").click()
    expect(page.get_by_role("heading", name="Расскажите о себе")).to_be_visible()
    for title in ("Расскажите о себе", "Это ваш адрес?", "Найдём ваш адрес", "Вход или регистрация"):
        with page.expect_response(lambda answer: "hx-history-restore-request" in answer.request.headers):
            page.evaluate("history.back()")
        expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_back_pressed_twice_at_once_goes_two_steps_back(
    page: Page, site: Site, sms_code: Callable[[str], str]
) -> None:
    to_password(page, site, sms_code)
    follow(page, "Назад")
    expect(page.get_by_role("heading", level=1)).to_have_text("Расскажите о себе")
    late: list[Route] = []
    page.route("**/register/profile", lambda route: late.append(route))
    with page.expect_request("**/register/profile"):
        page.evaluate("history.back()")
    page.evaluate("history.back()")
    expect(page.get_by_role("heading", level=1)).to_have_text("Это ваш адрес?")
    for route in late:
        route.abort()
    expect(page.locator(".notice")).to_have_count(0)
    assert page.url.endswith("/register/address")


def test_nothing_moves_when_the_sms_has_arrived(page: Page, site: Site) -> None:
    to_code(page, site, new_phone())
    places = """() => [...document.querySelectorAll('#code, .button, .resend')]
        .map(element => element.getBoundingClientRect().y)"""
    before = page.evaluate(places)
    expect(page.locator("#delivery")).to_have_text("СМС доставлено")
    assert page.evaluate(places) == before


BROKEN = """size => {
    document.documentElement.style.fontSize = size
    const range = document.createRange(), found = []
    for (const element of document.querySelectorAll('h1, .account__due strong, .person a')) {
        const words = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
        while (words.nextNode()) for (const word of words.currentNode.data.matchAll(/[\\p{L}]+/gu)) {
            range.setStart(words.currentNode, word.index)
            range.setEnd(words.currentNode, word.index + word[0].length)
            if (new Set([...range.getClientRects()].map(line => line.top)).size > 1) found.push(word[0])
        }
    }
    return found
}"""


@pytest.mark.parametrize(("wide", "text"), [(280, "100%"), (360, "200%"), (280, "200%")])
def test_no_title_breaks_inside_a_word(
    page: Page, site: Site, resident: Seeded, wide: int, text: str
) -> None:
    page.set_viewport_size({"width": wide, "height": 700})
    for path in ("/", "/help", "/terms", "/consent", "/requests/new", "/demo"):
        page.goto(site.url + path)
        assert page.evaluate(BROKEN, text) == [], path
    page.goto(site.url)
    sign_in(page, resident.phone)
    follow(page, "Добавить адрес")
    page.get_by_label("Номер лицевого счёта").fill("5510044324")
    page.get_by_label("Сумма к оплате").fill("150,30")
    press(page, "Добавить")
    expect(page.get_by_text("Переплата").first).to_be_visible()
    assert page.evaluate(BROKEN, text) == []
