"""Pages on which staff do something for a resident, as `test_staff` looks at them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.accessibility.steps import fill, refused
from tests.browser.expect import expect
from tests.browser.people import OTHER, insert, new_phone
from tests.browser.screens import heading, press
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page


def closes(page: Page, look: Callable[[str], None]) -> None:
    """Blocks the resident, from the card."""
    page.get_by_role("link", name="Закрыть вход").click()
    heading(page, "Закрыть вход?")
    look("staff: to block a resident")
    press(page, "Закрыть вход")
    refused(page, "Выберите, почему", "reason")
    look("staff: to block a resident, refused")
    page.get_by_label("Попросил сам житель").check()
    press(page, "Закрыть вход")
    expect(page.get_by_role("button", name="Открыть вход")).to_be_visible()


def changes_number(page: Page, look: Callable[[str], None], site: Site, proof: str) -> None:
    """Asks for another number, from the resident's card."""
    card = page.url
    page.get_by_role("link", name="Сменить номер телефона").click()
    heading(page, "Сменить номер телефона")
    look("staff: number of a resident")
    press(page, "Попросить сменить номер")
    refused(page, "Не заполнены обязательные поля")
    look("staff: number of a resident, refused")
    fill(page, phone=new_phone(), reason="Телефон утонул", identified="Паспорт в офисе", proof=proof)
    press(page, "Попросить сменить номер")
    heading(page, "Смена номера")
    look("staff: change of a number, one's own")
    change = page.url
    page.goto(f"{site.url}/staff/day")
    look("staff: today, a change of a number waits")
    page.goto(change)
    press(page, "Больше не просить")
    expect(page.get_by_text("Больше не просят")).to_be_visible()
    _decides(page, look, site, card)
    page.goto(card)


def _decides(page: Page, look: Callable[[str], None], site: Site, card: str) -> None:
    """On what a colleague asked for."""
    times = {"asked_at": "2026-11-01 10:00:00", "until": "2126-11-01 10:00:00"}
    texts = {"phone": new_phone(), "reason": "r", "identified": "i", "asked_by": "s", "seen": "", "words": ""}
    row = {"id": secrets.token_hex(8), "user_id": card.rpartition("/")[2], "outcome": "", **times, **texts}
    insert(site, "phone_change", row)
    page.goto(f"{site.url}/staff/phone-change/{row['id']}")
    look("staff: change of a number")
    press(page, "Отказать")
    refused(page, "Напишите коллеге", "words")
    look("staff: change of a number, refused")
    fill(page, words="Нет")
    press(page, "Отказать")
    expect(page.get_by_text("Отказали")).to_be_visible()
    look("staff: change of a number, decided")


def sees_cabinet(page: Page, look: Callable[[str], None]) -> None:
    """As the resident sees it, from the resident's card, and back to it."""
    page.get_by_role("link", name="Посмотреть кабинет как житель").click()
    heading(page, "Кабинет жителя")
    look("staff: a resident's cabinet")
    if page.get_by_role("link", name="Заявка №").count():
        page.get_by_role("link", name="Заявка №").first.click()
        expect(page.get_by_text("Так заявку видит житель")).to_be_visible()
        look("staff: a request in a resident's cabinet")
        page.get_by_role("link", name="Назад").click()
        heading(page, "Кабинет жителя")
    page.get_by_role("link", name="Назад").click()
    expect(page.get_by_role("link", name="Посмотреть кабинет как житель")).to_be_visible()


def asks_about_data(page: Page, look: Callable[[str], None]) -> None:
    """Puts a request on record from the resident's card, decides on it, and goes back to the card."""
    card = page.url
    page.get_by_role("link", name="Записать запрос о данных").click()
    heading(page, "Запрос о данных")
    look("staff: a request about data")
    press(page, "Записать запрос")
    refused(page, "Выберите, о чём просят", "kind")
    look("staff: a request about data, refused")
    page.get_by_label("Отозвать согласие").check()
    page.get_by_label("В офисе").check()
    fill(page, words="вх. № 17")
    press(page, "Записать запрос")
    expect(page.get_by_text("Запрос записан")).to_be_visible()
    look("staff: a request about data, recorded")
    asked = page.url
    page.goto(f"{asked}/data")
    heading(page, "Сведения о данных")
    look("staff: what is kept, to hand out")
    page.goto(asked)
    page.get_by_role("link", name="Назад").click()
    heading(page, "Запросы о данных")
    look("staff: requests about data")
    page.goto(asked)
    fill(page, last_four="0")
    press(page, "Удалить данные")
    refused(page, "Это не последние четыре цифры", "last_four")
    look("staff: a request about data, wrong digits")
    fill(page, answer="Передумали")
    press(page, "Закрыть без удаления")
    expect(page.get_by_text("Запрос закрыт. Передумали")).to_be_visible()
    look("staff: a request about data, closed")
    page.goto(card)


def helps_resident(page: Page, look: Callable[[str], None]) -> None:
    """From the resident's card, and back to it."""
    card = page.url
    page.get_by_role("link", name="Исправить имя").click()
    heading(page, "Исправить имя")
    look("staff: name of a resident")
    fill(page, last_name="1")
    press(page, "Исправить")
    refused(page, "Напишите буквами", "last_name")
    look("staff: name of a resident, refused")
    page.goto(f"{card}/accounts")
    look("staff: accounts for a resident")
    page.locator("#query").fill(OTHER[0])
    press(page, "Найти")
    page.locator(f".card__title a[href$='/{OTHER[0]}']").click()  # not one that was found before
    heading(page, "Добавить счёт жителю?")
    look("staff: an account of a resident")
    page.goto(card)
    page.get_by_role("link", name="Убрать").first.click()
    heading(page, "Убрать счёт у жителя?")
    press(page, "Убрать счёт")
    expect(page.get_by_text("Счёт убран")).to_be_visible()
    look("staff: resident, account unlinked")
    press(page, "Не убирать счёт: вернуть")
    expect(page.get_by_text("Вернули как было")).to_be_visible()
