"""Residents live in the cabinet: addresses, the e-mail, what is stored; with and without scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.engines import Engine, tab
from tests.browser.expect import expect
from tests.browser.people import (
    ACCOUNT,
    AMOUNT,
    NEW_PASSWORD,
    OTHER,
    OWN,
    PASSWORD,
    WRONG,
    Seeded,
    letter,
    new_phone,
)
from tests.browser.playwright_tab import PlaywrightTab
from tests.browser.screens import (
    HOME,
    Embedded,
    Screen,
    first_screen,
    follow,
    heading,
    press,
    press_unless_sent,
    refused,
    sign_in,
    title,
)
from tests.browser.site import Site
from tests.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


@pytest.mark.walk("js")
def test_addresses_are_added_and_removed(embedded: Embedded, resident: Seeded, javascript: bool) -> None:
    frame = embedded.frame
    sign_in(frame, resident.phone)
    cards, html = frame.locator("#addresses .account"), frame.locator("html")
    html.evaluate("() => { window.sameDocument = true }")
    follow(frame, "Добавить адрес")
    heading(frame, "Новый адрес")
    press(frame, "Добавить")
    expect(frame.locator("#errors")).to_contain_text("Не заполнены обязательные поля")
    if javascript:
        expect(frame.locator("#errors")).to_be_focused()

    _gives_a_receipt(frame, ACCOUNT, "1,00")
    expect(frame.get_by_text("Данного абонента нет в системе")).to_be_visible()
    expect(frame.get_by_label("Номер лицевого счёта")).to_have_value(ACCOUNT)
    assert title(frame).startswith("Ошибка: ")
    _gives_a_receipt(frame, OWN[0], "1,00")
    refused(frame, "#account", "уже есть в вашем списке", javascript)
    _gives_a_receipt(frame, ACCOUNT, AMOUNT)
    heading(frame, HOME)
    expect(cards).to_have_count(2)
    expect(cards.nth(1)).to_contain_text(OTHER[1])
    expect(cards.nth(1)).to_contain_text(re.compile("4.218,67"))
    assert html.evaluate("() => window.sameDocument === true") == javascript, (
        "with scripts no page was loaded"
    )
    _removes_the_other(frame)


def _gives_a_receipt(frame: Screen, account: str, amount: str) -> None:
    frame.locator(".choice").first.click()
    frame.get_by_label("Номер лицевого счёта").fill(account)
    frame.get_by_label("Сумма к оплате").fill(amount)
    press(frame, "Добавить")


def _removes_the_other(frame: Screen) -> None:
    cards = frame.locator("#addresses .account")
    follow(frame, f"Убрать г. Москва, ул. {OTHER[1]}")
    heading(frame, "Убрать адрес из списка?")
    follow(frame, "Оставить")
    expect(cards).to_have_count(2)
    follow(frame, f"Убрать г. Москва, ул. {OTHER[1]}")
    press(frame, "Убрать адрес")
    expect(frame.get_by_text("Адрес убран")).to_be_visible()
    expect(cards).to_have_count(1)
    expect(cards).to_contain_text(OWN[1])


def test_the_letter_confirms_the_email(
    embedded: Embedded, resident: Seeded, site: Site, chromium: Browser, javascript: bool
) -> None:
    frame = embedded.frame
    sign_in(frame, resident.phone)
    reminder = frame.get_by_text("Подтвердите почту.")
    expect(reminder).to_be_visible()
    press(frame, "Отправить ещё раз")
    expect(frame.get_by_text(f"Отправили письмо на {resident.email}")).to_be_visible()
    link = re.search(re.escape(site.url) + r"/email/\S+", letter(site, resident.email, "почт"))
    assert link
    fresh: BrowserContext = chromium.new_context(java_script_enabled=javascript, locale="ru-RU")
    try:
        page = fresh.new_page()
        for _ in range(2):
            page.goto(link[0])
            expect(page.get_by_text(f"Это ваш адрес: {resident.email}?")).to_be_visible()
        follow(frame, "Мои данные")
        heading(frame, "Мои данные")
        follow(frame, "Назад")
        expect(reminder).to_be_visible()
        page.get_by_role("button", name="Подтвердить почту").click()
        expect(page.get_by_text("Почта подтверждена. Спасибо!")).to_be_visible()
        page.goto(link[0])
        expect(page.get_by_text("Эта ссылка уже сработала")).to_be_visible()
    finally:
        fresh.close()
    follow(frame, "Мои данные")
    heading(frame, "Мои данные")
    expect(frame.get_by_text("не подтверждена")).to_have_count(0)
    follow(frame, "Назад")
    heading(frame, HOME)
    expect(reminder).to_have_count(0)


def test_my_data_is_changed(
    embedded: Embedded, resident: Seeded, site: Site, javascript: bool, sms_code: Callable[..., str]
) -> None:
    frame = embedded.frame
    sign_in(frame, resident.phone)
    follow(frame, "Мои данные")
    _changes_the_name(frame, javascript)
    _changes_the_email(frame, resident, site, javascript)
    _changes_the_password(frame)
    phone = _changes_the_phone(frame, resident, site, sms_code)
    follow(frame, "Назад")
    press(frame, "Выйти")
    first_screen(frame)
    sign_in(frame, phone, NEW_PASSWORD)


def _changes_the_name(frame: Screen, javascript: bool) -> None:
    follow(frame, "Изменить имя")
    frame.get_by_label("Фамилия").fill("")
    press(frame, "Сохранить")
    refused(frame, "#last_name", "Введите фамилию", javascript)
    frame.get_by_label("Фамилия").fill("Синицына")
    press(frame, "Сохранить")
    expect(frame.locator(".facts")).to_contain_text("Синицына Анна")


def _changes_the_email(frame: Screen, resident: Seeded, site: Site, javascript: bool) -> None:
    follow(frame, "Изменить почту")
    fresh = f"new{resident.email}"
    frame.get_by_label("Почта").fill(fresh)
    frame.locator("#current_password").fill(WRONG)
    press(frame, "Сохранить")
    refused(frame, "#current_password", "Пароль не подходит", javascript)
    frame.locator("#current_password").fill(PASSWORD)
    press(frame, "Сохранить")
    expect(frame.locator(".facts")).to_contain_text(fresh)
    assert "/email/" in letter(site, fresh, "почт")
    assert "/email/" not in letter(site, resident.email, "почт"), (
        "the old address is told, and confirms nothing"
    )


def _changes_the_password(frame: Screen) -> None:
    follow(frame, "Изменить пароль")
    frame.locator("#current_password").fill(PASSWORD)
    frame.locator("#password").fill(NEW_PASSWORD)
    press(frame, "Сохранить")
    expect(frame.get_by_text("Пароль изменён.")).to_be_visible()


def _changes_the_phone(frame: Screen, resident: Seeded, site: Site, sms_code: Callable[..., str]) -> str:
    """The new phone."""
    follow(frame, "Изменить телефон")
    phone = new_phone()
    frame.get_by_label("Новый номер телефона").fill(phone)
    press(frame, "Получить код")
    heading(frame, "Подтвердите номер")
    frame.get_by_label("Код из СМС").fill(sms_code(phone))
    press_unless_sent(frame, "Подтвердить номер", frame.get_by_text("Номер изменён."))
    expect(frame.locator(".facts")).to_contain_text(phone[-2:])
    until(
        lambda: [
            m for m in site.get_json("/demo/inbox.json") if m["to"] == resident.phone and "номер" in m["text"]
        ],
        "the old number was not told",
    )
    return phone


def test_download_and_deletion(embedded: Embedded, resident: Seeded, javascript: bool) -> None:
    frame = embedded.frame
    sign_in(frame, resident.phone)
    follow(frame, "Мои данные")
    follow(frame, "Что о вас хранится")
    expect(frame.get_by_text(OWN[1])).to_be_visible()
    with embedded.page.expect_download() as download:
        follow(frame, "Скачать для программ (JSON)")
    assert download.value.suggested_filename == "cabinet.json"
    data = json.loads(download.value.path().read_text())
    assert data["phone"] == resident.phone and data["accounts"][0]["address"]

    follow(frame, "Назад")
    follow(frame, "Отозвать согласие")
    heading(frame, "Удалить кабинет")
    press(frame, "Отозвать согласие и удалить кабинет")
    refused(frame, "#current_password", "Введите ваш нынешний пароль", javascript)
    frame.locator("#current_password").fill(PASSWORD)
    press(frame, "Отозвать согласие и удалить кабинет")
    heading(frame, HOME)
    doomed = frame.get_by_text("Кабинет будет удалён")
    expect(doomed).to_be_visible()
    press(frame, "Не удалять кабинет")
    expect(frame.get_by_text("Кабинет остаётся.")).to_be_visible()
    expect(doomed).to_have_count(0)


def test_download_where_all_cookies_are_blocked(resident: Seeded, site: Site) -> None:
    with tab(Engine("chromium", "all-blocked")) as blocked:
        assert isinstance(blocked, PlaywrightTab)
        page = blocked.page
        page.goto(site.embedding)
        frame = page.frame_locator("iframe[name=cabinet]")
        sign_in(frame, resident.phone)
        follow(frame, "Мои данные")
        follow(frame, "Что о вас хранится")
        with page.expect_download() as download:
            follow(frame, "Скачать для программ (JSON)")
        assert download.value.suggested_filename == "cabinet.json"
        assert json.loads(download.value.path().read_text())["phone"] == resident.phone
        follow(frame, "Назад")
        heading(frame, "Мои данные")
        follow(frame, "Назад")
        heading(frame, HOME)
        press(frame, "Выйти")
        first_screen(frame)
