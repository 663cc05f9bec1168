"""The pages of connection requests, as a clerk sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.accessibility.steps import fill, refused
from tests.browser.clerks import REQUEST
from tests.browser.expect import expect
from tests.browser.people import insert
from tests.browser.screens import heading, press
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

Look = Callable[[str], None]


def sees_requests(page: Page, look: Look, site: Site, number: str) -> None:
    """The list, its keys, many refused at once, one request, templates of replies."""
    press(page, "Клавиши")
    expect(page.get_by_role("dialog", name="Клавиши")).to_be_visible()
    look("staff: keys")
    press(page, "Закрыть")
    expect(page.get_by_role("dialog")).to_have_count(0)
    _filters(page, look, site)
    _refuses_many(page, look, site, number)
    page.goto(f"{site.url}/staff/requests/refused")
    look("staff: no requests")
    page.goto(f"{site.url}/staff/request/{number}")
    look("staff: request")
    press(page, "Взять в работу")
    expect(page.get_by_text("В работе").first).to_be_visible()
    press(page, "Отправить ответ")
    refused(page, "Напишите ответ", "reply")
    look("staff: request, no reply")
    press(page, "Сохранить заметку")
    refused(page, "Напишите заметку", "text")
    look("staff: request, no note")
    fill(page, reply="Подключим завтра.")
    press(page, "Отправить ответ")
    expect(page.get_by_text("Ответ отправлен.")).to_be_visible()
    look("staff: request, replied")
    _merges(page, look, site, number)
    _finds_accounts(page, look, site, number)
    _writes_templates(page, look, site, number)


def _filters(page: Page, look: Look, site: Site) -> None:
    page.get_by_label("С какого дня").fill("2026-09-30")
    press(page, "Показать")
    expect(page.get_by_text("Созданы с 30 сентября 2026.")).to_be_visible()
    look("staff: requests of days")
    page.goto(f"{site.url}/staff/requests/overdue")
    look("staff: overdue requests")


def _refuses_many(page: Page, look: Look, site: Site, number: str) -> None:
    page.goto(f"{site.url}/staff/requests")
    page.locator("summary").click()
    press(page, "Отказать с этой причиной")
    refused(page, "Отметьте заявки.")
    page.get_by_label(f"Отметить заявку № {number}").check()
    press(page, "Отказать с этой причиной")
    refused(page, "Напишите причину отказа", "reason")
    expect(page.get_by_label(f"Отметить заявку № {number}")).to_be_checked()
    look("staff: requests, refused without a reason")


def _merges(page: Page, look: Look, site: Site, number: str) -> None:
    other = f"9{number[1:]}"
    page.goto(f"{site.url}/staff/request/{number}")
    phone = page.locator("dt:has-text('Телефон') + dd").inner_text()
    phone = "+" + re.sub(r"\D", "", phone)
    insert(site, "connection_request", {**REQUEST, "number": other, "idempotency_key": other, "phone": phone})
    page.reload()
    look("staff: request, another of the same person")
    page.get_by_role("link", name="Объединить").click()
    heading(page, "Объединить заявки?")
    look("staff: merge requests")
    press(page, "Объединить")
    expect(page.get_by_text(f"Заявка № {other} теперь часть этой.")).to_be_visible()
    look("staff: request, merged with another")
    page.goto(f"{site.url}/staff/request/{other}")
    look("staff: request, part of another")


def _finds_accounts(page: Page, look: Look, site: Site, number: str) -> None:
    billed = f"7{number}"
    empty = ("els", "zhku_id", "last_name", "first_name", "middle_name", "fias_house_guid", "premises")
    row = {"number": billed, "printed": billed, "address": "г. Клин, ул. Полевая, д. 3"}
    insert(site, "account", {**row, **dict.fromkeys(empty, "")})
    page.goto(f"{site.url}/staff/request/{number}")
    press(page, "Найти счёт в расчётах")
    heading(page, "Найти счёт для заявки")
    look("staff: accounts for a request")
    page.get_by_label("Лицевой счёт или адрес").fill(billed)
    page.locator("main").get_by_role("button", name="Найти").click()
    expect(page.get_by_role("link", name=billed)).to_be_visible()
    look("staff: accounts for a request, found")
    page.get_by_role("link", name=billed).click()
    heading(page, "Пригласить жителя?")
    look("staff: account for a request")


def _writes_templates(page: Page, look: Look, site: Site, number: str) -> None:
    page.goto(f"{site.url}/staff/templates")
    look("staff: no templates")
    press(page, "Начать с готовых")
    expect(page.get_by_text("Дом не обслуживаем")).to_be_visible()
    look("staff: templates")
    page.get_by_role("link", name="Дом не обслуживаем").click()
    heading(page, "Шаблон ответа")
    look("staff: template")
    fill(page, text="{дом}")
    press(page, "Сохранить шаблон")
    refused(page, "Не знаем, что подставить", "text")
    look("staff: template, wrong")
    page.goto(f"{site.url}/staff/request/{number}")
    page.get_by_label("Шаблон ответа").select_option(label="Дом не обслуживаем")
    press(page, "Вставить")
    expect(page.get_by_label("Ответ жителю")).to_have_value(re.compile("ваш дом мы не обслуживаем"))
    press(page, "Посмотреть")
    expect(page.get_by_text("Так ответ увидит житель")).to_be_visible()
    look("staff: request, preview")
