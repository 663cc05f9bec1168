"""A day of a member of staff in a real browser."""

import re
import sqlite3
import subprocess
import sys
import time

import pyotp
import pytest
from playwright.sync_api import Page, expect

from config import ROOT
from tests.browser.site import Site
from tests.waiting import PATIENCE

REQUEST = {
    "number": "12345678",
    "created_at": "2026-10-01 10:00:00",
    "state": "new",
    "phone": "+79161234567",
    "last_name": "Ежова",
    "first_name": "Анна",
    "middle_name": "",
    "email": "anna@example.org",
    "city": "Клин",
    "street": "Дачная",
    "house": "3",
}


def insert(database: str, table: str, row: dict[str, object]) -> None:
    """Put a row there while the site runs."""
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    with sqlite3.connect(database, timeout=PATIENCE) as connection:
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


@pytest.mark.walk("js-1280")
@pytest.mark.parametrize("width", [1280], indirect=True)
def test_a_day_of_a_clerk(page: Page, site: Site, javascript: bool) -> None:
    name = "js" if javascript else "nojs"
    number = f"1234567{int(javascript)}"
    database = site.environment["DATABASE_URL"].removeprefix("sqlite:///")
    email = f"{name}@example.org"
    made = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "staff", "add", email, "--generate"],
        cwd=ROOT,
        env=site.environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    password = re.search(r"password: (\S+)", made)
    uri = re.search(r"otpauth://\S+", made)
    assert password and uri
    insert(database, "connection_request", {**REQUEST, "number": number, "idempotency_key": number})
    message = {
        "id": f"dead-{name}",
        "lane": "mail",
        "to": "anna@example.org",
        "template": "deletion_requested",
    }
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    data = {"created_at": stamp, "dead_at": stamp, "error": "550 no such box", "tries": 12}
    insert(database, "message", {**message, **data, "data": '{"name": "Анна", "date": "2026-12-01"}'})

    page.goto(site.url + "/staff/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Вход для сотрудников")
    page.get_by_label("E-mail").fill(email)
    page.locator("#password").fill(password[1])
    totp = pyotp.parse_uri(uri[0])
    assert isinstance(totp, pyotp.TOTP)
    page.get_by_label("Код из приложения").fill(totp.now())
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Заявки")

    page.get_by_role("link", name=number).click()
    page.get_by_role("button", name="Взять в работу").click()
    expect(page.get_by_text("В работе").first).to_be_visible()
    page.get_by_label("Ответ жителю").fill("Подключим завтра.")
    page.get_by_role("button", name="Отправить ответ").click()
    expect(page.get_by_text("Ответ отправлен.")).to_be_visible()

    page.get_by_role("link", name="Сообщения").click()
    page.locator("td a").first.click()
    page.get_by_role("button", name="Отправить ещё раз").click()
    expect(page.get_by_text("Сообщение отправим ещё раз.")).to_be_visible()

    page.get_by_role("link", name="Заявки").click()
    page.get_by_role("link", name="В работе").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Выгрузить всё в CSV").click()
    assert number in download.value.path().read_text("utf-8-sig")
    page.get_by_role("button", name="Выйти").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Вход для сотрудников")
    page.goto(site.url + "/staff/requests")
    expect(page.get_by_role("heading", level=1)).to_have_text("Вход для сотрудников")
