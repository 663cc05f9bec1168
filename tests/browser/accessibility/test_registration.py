"""From the first screen to the cabinet or to a request: axe finds nothing, everything fits however large."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility.steps import (
    FIRST,
    HOUSE,
    PERSON,
    fill,
    fill_receipt,
    refused,
    to_account,
    wrong,
)
from tests.browser.expect import expect
from tests.browser.inspector import Inspector
from tests.browser.people import PASSWORD, new_phone
from tests.browser.screens import answered, follow, heading, press
from tests.browser.site import Site
from tests.receipts import paper
from tests.requests import files

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page


Look = Callable[[str], None]


@pytest.mark.walk
def test_registration_has_no_barriers(page: Page, inspector: Inspector, sms_code: Callable[..., str]) -> None:
    look = inspector.look
    _proves_a_phone(page, look, sms_code)
    _finds_the_account(page, look)
    _fills_the_profile(page, look)
    _chooses_a_password(page, look)
    heading(page, "Здравствуйте, Анна!")
    look("cabinet, new")


def _proves_a_phone(page: Page, look: Look, sms_code: Callable[..., str]) -> None:
    phone = new_phone()
    heading(page, FIRST)
    look("first screen")
    press(page, "Далее")
    refused(page, "", "phone")
    look("first screen, empty")
    fill(page, phone=phone)
    press(page, "Далее")
    refused(page, "", "consent")
    look("first screen, no consent")
    fill(page, phone="+7 916 123-45")
    page.locator("#consent").check()
    press(page, "Далее")
    refused(page, "некорректный", "phone")
    look("first screen, bad phone")
    fill(page, phone=phone)
    press(page, "Далее")
    heading(page, "Подтвердите номер")
    look("code")
    page.locator("details summary").click()
    look("code, what helps where it does not come")
    press(page, "Подтвердить номер")
    refused(page, "Введите код", "code")
    look("code, empty")
    code = sms_code(phone)
    fill(page, code=wrong(code))
    refused(page, "не соответствует", "code")
    look("code, wrong")
    fill(page, code=code)


def _finds_the_account(page: Page, look: Look) -> None:
    heading(page, "Найдём ваш адрес")
    look("account")
    photo: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": files.image("PNG")}
    page.locator("#photo").set_input_files(photo)
    refused(page, "Подойдите ближе", "photo")
    look("account, photo without a code")
    photo["buffer"] = paper.saved(paper.sheet(paper.payload("7012345678")), "PNG")
    page.locator("#photo").set_input_files(photo)
    expect(page.locator(".taken").last).to_be_visible()
    page.locator("details summary").first.click()
    look("account, filled by a photo, where it is on the receipt")
    fill_receipt(page, "", "")
    press(page, "Далее")
    refused(page, "Не заполнены обязательные поля")
    look("account, empty")
    fill_receipt(page, "№ ?", "сто")
    press(page, "Далее")
    refused(page, "некорректные")
    look("account, nonsense")
    fill_receipt(page, amount="1,00")
    press(page, "Далее")
    expect(page.get_by_text("Данного абонента нет в системе")).to_be_visible()
    look("account, not found")
    fill_receipt(page)
    press(page, "Проверить ещё раз")


def _fills_the_profile(page: Page, look: Look) -> None:
    heading(page, "Это ваш адрес?")
    look("address")
    press(page, "Да")
    heading(page, "Расскажите о себе")
    look("profile")
    press(page, "Далее")
    refused(page, "Не заполнены обязательные поля")
    look("profile, empty")
    fill(page, **{**PERSON, "email": "anna.example.com"})
    press(page, "Далее")
    refused(page, "Некорректно введена почта", "email")
    page.locator(".terms summary").click()
    look("profile, bad e-mail, terms open")
    fill(page, **PERSON)
    press(page, "Далее")


def _chooses_a_password(page: Page, look: Look) -> None:
    heading(page, "Придумайте пароль")
    look("new password")
    fill(page, password="калитка")
    press(page, "Показать пароль")
    expect(page.locator("[data-rule=letters]")).to_have_class(re.compile("is-met"))
    look("new password, shown, rules met and not")
    press(page, "Создать кабинет")
    refused(page, "Не соблюдены все условия", "password")
    look("new password, weak")
    fill(page, password=PASSWORD)
    expect(page.locator(".rule:not(.is-met)")).to_have_count(0)
    look("new password, all rules met")
    press(page, "Создать кабинет")


def test_dead_ends_have_no_barriers(
    page: Page, inspector: Inspector, sms_code: Callable[..., str], site: Site
) -> None:
    phone, look = new_phone(), inspector.look
    fill(page, phone=phone)
    page.locator("#consent").check()
    press(page, "Далее")
    code = sms_code(phone)
    for number in range(1, 6):
        with answered(page):
            fill(page, code=f"{(int(code) + number) % 10**6:06d}")
        refused(page, "", "code")
    expect(page.locator("#code")).to_be_focused()
    look("code, no guesses left")
    page.goto(f"{site.url}/register/profile")
    heading(page, "Подтвердите номер")
    page.context.clear_cookies()
    page.goto(f"{site.url}/home")
    heading(page, FIRST)
    look("first screen, come from a page of the cabinet")


def test_too_many_lookups_have_no_barriers(
    page: Page, inspector: Inspector, sms_code: Callable[..., str]
) -> None:
    to_account(page, new_phone(), sms_code)
    for number in range(6):
        fill_receipt(page, f"99{number}", "1,00")
        with answered(page):
            page.locator("#amount").press("Enter")
        expect(page.locator("#errors")).to_be_focused()
    expect(page.get_by_role("alert")).not_to_contain_text("Данного абонента нет в системе")
    inspector.look("account, too many look-ups")


def test_a_connection_request_has_no_barriers(
    page: Page, inspector: Inspector, sms_code: Callable[..., str], site: Site
) -> None:
    phone, look = new_phone(), inspector.look
    to_account(page, phone, sms_code)
    fill_receipt(page, "77 88-99", "1,00")
    press(page, "Далее")
    follow(page, "Отправить заявку на подключение")
    heading(page, "Заявка на подключение")
    look("request")
    press(page, "Отправить заявку")
    refused(page, "Не заполнены обязательные поля")
    look("request, empty")
    _sends_a_bad_file(page, look)
    fill(page, **{k: v for k, v in PERSON.items() if k != "birth_date"}, **HOUSE)
    press(page, "Отправить заявку")
    expect(page.get_by_text("Заявка отправлена.")).to_be_visible()
    look("request, sent")
    number = page.url.rpartition("/")[2]
    page.context.clear_cookies()
    page.goto(f"{site.url}/requests/{number}")
    heading(page, "Узнать о заявке")
    look("state of a request")
    press(page, "Показать")
    refused(page, "", "phone")
    look("state of a request, no phone")
    fill(page, phone=new_phone())
    press(page, "Показать")
    refused(page, "Заявки с таким номером и телефоном нет")
    look("state of a request, not found")
    fill(page, phone=phone)
    press(page, "Показать")
    heading(page, f"Заявка № {number}")
    look("state of a request, found")


def _sends_a_bad_file(page: Page, look: Look) -> None:
    receipt: FilePayload = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": bytes(11 * 1024**2)}
    page.get_by_text("Добавить квитанцию").click()
    page.locator("#receipt").set_input_files(receipt)
    expect(page.get_by_text("Файл больше 10 МБ").first).to_be_visible()
    page.locator("#receipt").set_input_files({**receipt, "buffer": b"no picture"})
    press(page, "Отправить заявку")
    expect(page.locator("#receipt-error")).to_be_visible()
    look("request, bad file")
