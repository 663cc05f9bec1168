"""A day of a member of staff in a real browser."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.browser.clerks import REQUEST, add_clerk, insert_dead_letter
from tests.browser.expect import expect
from tests.browser.people import insert
from tests.browser.site import Site
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.walk("js-1280")
@pytest.mark.parametrize("width", [1280], indirect=True)
def test_a_day_of_a_clerk(page: Page, site: Site, javascript: bool) -> None:
    name = "js" if javascript else "nojs"
    number = f"1234567{int(javascript)}"
    password, totp = add_clerk(site, f"{name}@example.org")
    insert(site, "connection_request", {**REQUEST, "number": number, "idempotency_key": number})
    insert_dead_letter(site, f"dead-{name}", "anna@example.org")

    _sign_in(page, site, f"{name}@example.org", password, totp.now())

    page.get_by_role("link", name="Новые заявки").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Заявки")
    page.get_by_role("link", name=number).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Заявка № {number}")
    page.get_by_role("button", name="Взять в работу").click()
    expect(page.get_by_text("В работе").first).to_be_visible()
    page.get_by_label("Ответ жителю").fill("Подключим завтра.")
    page.get_by_role("button", name="Отправить ответ").click()
    expect(page.get_by_text("Ответ отправлен.")).to_be_visible()

    page.get_by_role("link", name="Сообщения").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Сообщения")
    page.locator("td a").first.click()
    page.get_by_role("button", name="Отправить ещё раз").click()
    expect(page.get_by_text("Сообщение отправим ещё раз.")).to_be_visible()

    page.get_by_role("link", name="Заявки").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Заявки")
    page.get_by_role("link", name="В работе").click()
    expect(page.get_by_role("link", name=number)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Выгрузить этот список в CSV").click()
    assert number in download.value.path().read_text("utf-8-sig")
    page.get_by_role("button", name="Выйти").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Вход для сотрудников")
    page.goto(site.url + "/staff/requests")
    expect(page.get_by_role("heading", level=1)).to_have_text("Вход для сотрудников")


def _sign_in(page: Page, site: Site, email: str, password: str, code: str) -> None:
    page.goto(site.url + "/staff/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Вход для сотрудников")
    page.get_by_label("Почта").fill(email)
    page.locator("#password").fill(password)
    page.get_by_label("Код из приложения").fill(code)
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Сегодня")


@pytest.mark.parametrize("width", [1280], indirect=True)
@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_what_is_wrong_with_a_field_leaves_its_button_beside_it(page: Page, site: Site) -> None:
    password, totp = add_clerk(site, "beside@example.org")
    insert(site, "connection_request", {**REQUEST, "number": "12345699", "idempotency_key": "12345699"})
    _sign_in(page, site, "beside@example.org", password, totp.now())
    page.goto(site.url + "/staff/requests")
    page.get_by_label("Отметить заявку № 12345699").check()
    page.get_by_role("button", name="Передать").click()
    expect(page.locator("#colleague-error")).to_have_text("Ошибка: Выберите, кому передать.")
    tops = [
        one.evaluate("one => Math.round(one.getBoundingClientRect().top)")
        for one in (
            page.get_by_label("Передать коллеге"),
            page.get_by_role("button", name="Передать"),
            page.get_by_role("button", name="Взять в работу"),
        )
    ]
    assert len(set(tops)) == 1


@pytest.mark.parametrize("width", [1280], indirect=True)
@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_a_file_that_asks_who_is_here_is_no_download_of_the_question(page: Page, site: Site) -> None:
    password, totp = add_clerk(site, "files@example.org")
    insert(site, "connection_request", {**REQUEST, "number": "12345601", "idempotency_key": "12345601"})
    _sign_in(page, site, "files@example.org", password, totp.now())
    database = site.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(database, timeout=PATIENCE) as connection:
        connection.execute("UPDATE web_session SET data = json_set(data, '$.staff_confirmed', 0)")
    page.goto(site.url + "/staff/requests")
    page.get_by_role("link", name="Выгрузить этот список в CSV").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Подтвердите, что это вы")
    page.locator("#proof").fill(password)
    page.get_by_role("button", name="Подтвердить").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Скачать файл").click()
    assert "12345601" in download.value.path().read_text("utf-8-sig")
