"""From the password on: axe finds nothing, everything fits however enlarged."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.accessibility.steps import FIRST, HOUSE, fill, fill_receipt, refused, wrong
from tests.browser.expect import expect
from tests.browser.inspector import Inspector
from tests.browser.people import NEW_PASSWORD, OTHER, OWN, PASSWORD, WRONG, Seeded, letter, new_phone, report
from tests.browser.screens import follow, heading, press, sign_in, to_password
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Look = Callable[[str], None]


def test_login_has_no_barriers(
    page: Page, inspector: Inspector, resident: Seeded, sms_code: Callable[..., str], site: Site
) -> None:
    look = inspector.look
    to_password(page, resident.phone)
    look("password")
    press(page, "Войти в личный кабинет")
    refused(page, "Не заполнено поле пароля", "password")
    look("password, empty")
    for number in range(5):
        fill(page, password=f"{WRONG}{number}")
        press(page, "Войти в личный кабинет")
        refused(page, "Ошибка в логине или пароле", "password")
        expect(page.locator("#password")).to_have_value("")
    look("password, wrong")
    fill(page, password=PASSWORD)
    press(page, "Войти в личный кабинет")
    refused(page, "Превышено число попыток входа", "password")
    look("password, locked out")
    press(page, "Я забыл пароль")
    heading(page, "Подтвердите номер")
    look("recovery, code")
    for status, words in (("delivered", "СМС доставлено"), ("failed", "СМС не доставлено.")):
        sms_code(resident.phone)
        report(site, resident.phone, status)
        page.reload()
        expect(page.locator("#delivery")).to_contain_text(words)
        look(f"recovery, SMS {status}")
    fill(page, code=sms_code(resident.phone))
    heading(page, "Создайте новый пароль")
    look("recovery, new password")
    fill(page, password="калитка")
    press(page, "Сохранить и перейти ко входу")
    refused(page, "Не соблюдены все условия при создании пароля", "password")
    look("recovery, weak password")
    fill(page, password=NEW_PASSWORD)
    press(page, "Сохранить и перейти ко входу")
    expect(page.get_by_text("Пароль сохранён. Войдите с новым паролем.")).to_be_visible()
    look("password, saved")


def test_addresses_have_no_barriers(page: Page, inspector: Inspector, resident: Seeded) -> None:
    look = inspector.look
    sign_in(page, resident.phone)
    look("cabinet, e-mail not confirmed")
    press(page, "Отправить ещё раз")
    expect(page.get_by_text(f"Отправили письмо на {resident.email}")).to_be_visible()
    look("cabinet, letter sent")
    follow(page, "Добавить адрес")
    heading(page, "Новый адрес")
    look("new address")
    press(page, "Добавить")
    refused(page, "Не заполнены обязательные поля")
    look("new address, empty")
    fill_receipt(page, OWN[0], "1,00")
    press(page, "Добавить")
    refused(page, "уже есть в вашем списке", "account")
    look("new address, linked already")
    fill_receipt(page, amount="1,00")
    press(page, "Добавить")
    expect(page.get_by_text("Данного абонента нет в системе")).to_be_visible()
    look("new address, not found")
    follow(page, "Отправить заявку на подключение")
    heading(page, "Заявка на подключение")
    look("request of a resident")
    fill(page, **HOUSE)
    press(page, "Отправить заявку")
    expect(page.get_by_text("Заявка отправлена.")).to_be_visible()
    look("request of a resident, sent")
    follow(page, "Назад")
    follow(page, "Добавить адрес")
    fill_receipt(page)
    press(page, "Добавить")
    expect(page.get_by_text("Адрес добавлен")).to_be_visible()
    look("cabinet, address added")
    follow(page, f"Убрать г. Москва, ул. {OTHER[1]}")
    heading(page, "Убрать адрес из списка?")
    look("removing an address")
    press(page, "Убрать адрес")
    expect(page.get_by_text("Адрес убран")).to_be_visible()
    look("cabinet, address removed")


def test_the_profile_has_no_barriers(
    page: Page, inspector: Inspector, resident: Seeded, sms_code: Callable[..., str], site: Site
) -> None:
    look = inspector.look
    sign_in(page, resident.phone)
    follow(page, "Мои данные")
    heading(page, "Мои данные")
    look("profile")
    page.goto(f"{site.url}/home/profile/delete")
    press(page, "Отозвать согласие и удалить кабинет")
    refused(page, "Введите ваш нынешний пароль", "current_password")
    look("deletion, no password")
    page.goto(f"{site.url}/home/profile/passkeys")
    look("passkeys")
    page.goto(f"{site.url}/home/profile")
    _changes_name_and_email(page, look, site)
    _changes_the_password(page, look, site)
    _changes_the_phone(page, look, sms_code)
    page.goto(f"{site.url}/home/profile/data")
    look("what is stored")
    page.goto(f"{site.url}/home/profile/delete")
    look("deletion")
    press(page, "Отозвать согласие и удалить кабинет")
    expect(page.get_by_text("Кабинет будет удалён")).to_be_visible()
    look("cabinet, to be deleted")


def _changes_name_and_email(page: Page, look: Look, site: Site) -> None:
    follow(page, "Изменить имя")
    look("name")
    fill(page, last_name="", first_name="")
    press(page, "Сохранить")
    refused(page, "Не заполнены обязательные поля")
    look("name, empty")
    page.goto(f"{site.url}/home/profile/email")
    look("e-mail")
    fill(page, email="anna.example.com")
    press(page, "Сохранить")
    refused(page, "Некорректно", "email")
    look("e-mail, bad")


def _changes_the_password(page: Page, look: Look, site: Site) -> None:
    page.goto(f"{site.url}/home/profile/password")
    look("password")
    press(page, "Сохранить")
    refused(page, "Не заполнено поле пароля", "password")
    look("password, empty")
    fill(page, current_password=PASSWORD, password="калитка")
    press(page, "Сохранить")
    refused(page, "Не соблюдены", "password")
    look("password, weak")
    fill(page, current_password=PASSWORD, password=NEW_PASSWORD)
    press(page, "Сохранить")
    expect(page.get_by_text("Пароль изменён.")).to_be_visible()
    look("profile, password changed")


def _changes_the_phone(page: Page, look: Look, sms_code: Callable[..., str]) -> None:
    follow(page, "Изменить телефон")
    look("phone")
    press(page, "Получить код")
    refused(page, "", "phone")
    look("phone, empty")
    phone = new_phone()
    fill(page, phone=phone)
    press(page, "Получить код")
    heading(page, "Подтвердите номер")
    look("phone, code")
    fill(page, code=wrong(sms_code(phone)))
    refused(page, "не соответствует", "code")
    look("phone, wrong code")


def test_devices_have_no_barriers(
    page: Page, inspector: Inspector, resident: Seeded, chromium: Browser, site: Site
) -> None:
    other = chromium.new_context(locale="ru-RU")
    there = other.new_page()
    there.goto(site.url)
    sign_in(there, resident.phone)
    sign_in(page, resident.phone)
    page.goto(f"{site.url}/home/profile/devices")
    heading(page, "Где вы вошли")
    inspector.look("devices")
    press(page, "Выйти на этом устройстве")
    expect(page.get_by_text("На том устройстве вы вышли.")).to_be_visible()
    inspector.look("devices, one signed out")
    page.goto(f"{site.url}/home/profile/history")
    heading(page, "Когда и откуда входили")
    inspector.look("history of sign-ins")
    page.goto(f"{site.url}/home/profile/devices")
    other.close()
    page.context.clear_cookies()
    follow(page, "Назад")
    heading(page, FIRST)
    inspector.look("first screen, signed out elsewhere")


def test_a_link_in_a_letter_has_no_barriers(
    page: Page, inspector: Inspector, resident: Seeded, site: Site
) -> None:
    sign_in(page, resident.phone)
    press(page, "Отправить ещё раз")
    link = re.search(re.escape(site.url) + r"/email/\S+", letter(site, resident.email, "почт"))
    assert link
    page.goto(link[0])
    inspector.look("confirming the e-mail")
    press(page, "Подтвердить почту")
    expect(page.get_by_text("Почта подтверждена. Спасибо!")).to_be_visible()
    inspector.look("e-mail confirmed")
    page.goto(link[0])
    inspector.look("e-mail confirmed before")
    page.goto(f"{site.url}/email/nonsense")
    inspector.look("no such link")
