"""A day of two clerks and an admin at once, on either database; seen at three widths, light and dark."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pyotp
import pytest

from tests.browser.accessibility.steps import fill
from tests.browser.clerks import REQUEST, add_clerk
from tests.browser.expect import expect
from tests.browser.inspector import Inspector
from tests.browser.people import insert, resident_of
from tests.browser.screens import heading, press
from tests.browser.site import FLASK, Site, running
from tests.databases import DATABASES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ADMIN, PASSWORD = "admin@example.org", "Спокойный-стол-12"
WAITING = ("81000001", "81000002", "81000003", "81000004")  # the last two are of one person
ROWS = "period;account;address;amount_due\n2026-10;77001;г. Клин, ул. Дачная, д. 3;100,00\n"


@pytest.fixture(params=DATABASES)
def office(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_url_of: Callable[[str], str]
) -> Iterator[Site]:
    """The running system on a database that is nobody else's."""
    if request.param == "sqlite":
        with running(tmp_path) as site:
            yield site
        return
    with psycopg.connect(postgres_url_of("postgres"), autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS cabinet_office WITH (FORCE)")
        server.execute("CREATE DATABASE cabinet_office")
        with running(tmp_path, postgres_url_of("cabinet_office")) as site:
            yield site
        server.execute("DROP DATABASE cabinet_office WITH (FORCE)")


class Colleague:
    """A member of staff at a computer of their own."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.site = site
        self.context = browser.new_context(locale="ru-RU")
        self.page: Page = self.context.new_page()
        self.inspector = Inspector(self.page)
        self.page.set_viewport_size({"width": 1280, "height": 800})

    def at(self, path: str) -> Page:
        """Open a page, and look whether everybody can use it."""
        self.page.goto(f"{self.site.url}/staff/{path}")
        self.look(path)
        return self.page

    def look(self, screen: str) -> None:
        """Look at what is on the screen."""
        self.inspector.look_at_desks(screen)

    def says(self, words: str) -> None:
        """Wait for these words."""
        expect(self.page.locator("main")).to_contain_text(words)

    def prove(self) -> None:
        """Show who is here, where that is asked for."""
        if self.page.locator("#proof").count():
            fill(self.page, proof=PASSWORD)


def test_two_clerks_and_an_admin_share_a_day(chromium: Browser, office: Site) -> None:
    admin, anna, boris = (Colleague(chromium, office) for _ in range(3))
    resident = resident_of(office)
    for at, number in enumerate(WAITING):
        person = {"phone": "+79161234500" if at > 1 else f"+7916123460{at}", "email": f"{number}@example.org"}
        insert(
            office, "connection_request", {**REQUEST, **person, "number": number, "idempotency_key": number}
        )
    _open_the_office(admin, anna, boris)
    _answer_the_same(anna, boris)
    _merge(boris)
    _change_a_number(anna, boris, resident.phone)
    _forget_somebody(anna, admin)
    _load_and_take_back(boris)
    _read_the_journal(admin, office)
    _leave(admin, boris)
    for one in (admin, anna, boris):
        one.inspector.assert_nothing_wrong()
        one.context.close()


def _open_the_office(admin: Colleague, *clerks: Colleague) -> None:
    password, codes = add_clerk(admin.site, ADMIN, "--role", "admin", "--name", "Наталья Белова")
    page = admin.at("sign-in")
    fill(page, email=ADMIN, password=password, code=codes.now())
    press(page, "Войти")
    heading(page, "Сегодня")
    admin.look("day")
    for clerk, name in zip(clerks, ("Анна Крылова", "Борис Носов"), strict=True):
        page = admin.at("people")
        fill(page, full_name=name, email=f"{len(name)}@example.org")
        if page.locator("#proof").count():
            fill(page, proof=password)
        press(page, "Добавить")
        heading(page, "Ссылка для сотрудника")
        clerk.page.goto(page.locator("#link").input_value())
        clerk.look("join")
        key = clerk.page.locator(".staff__qr + .hint").inner_text().partition(":")[2].replace(" ", "")
        fill(clerk.page, password=PASSWORD, code=pyotp.TOTP(key).now())
        press(clerk.page, "Войти")
        heading(clerk.page, "Мой вход")


def _answer_the_same(anna: Colleague, boris: Colleague) -> None:
    first, second = anna.at(f"request/{WAITING[0]}"), boris.at(f"request/{WAITING[0]}")
    boris.says("Сейчас открыта у коллеги: Анна Крылова")
    press(first, "Взять в работу")
    anna.says("В работе")
    fill(first, reply="Подключим завтра.")
    press(second, "Взять в работу")
    boris.says("Состояние заявки уже изменили")
    fill(second, reply="Уже подключили.")
    press(second, "Отправить ответ")
    boris.says("Ответ отправлен.")
    press(first, "Отправить ответ")
    anna.says("Ответить всё равно?")
    anna.look("held")
    press(first, "Ответить и выполнить")
    anna.says("Выполнена")
    second = boris.at(f"request/{WAITING[1]}")
    press(second, "Взять в работу")
    boris.says("В работе")
    press(second, "Отказать с этим ответом")
    boris.says("Напишите ответ.")
    fill(second, reply="Дом обслуживает другая компания.")
    press(second, "Отказать с этим ответом")
    boris.says("Отклонена")


def _merge(boris: Colleague) -> None:
    page = boris.at(f"request/{WAITING[2]}")
    page.get_by_role("link", name="Объединить").click()
    heading(page, "Объединить заявки?")
    boris.look("merge")
    press(page, "Объединить")
    boris.says(f"Заявка № {WAITING[3]} теперь часть этой.")


def _change_a_number(anna: Colleague, boris: Colleague, phone: str) -> None:
    page = anna.at("residents")
    page.get_by_role("row", name=f"{phone[-2:]} ").get_by_role("link").first.click()
    page.get_by_role("link", name="Сменить номер телефона").click()
    fill(page, phone="+79990001122", reason="Телефон потерян.", identified="Паспорт в офисе.")
    anna.prove()
    press(page, "Попросить сменить номер")
    anna.says("Решить должен другой сотрудник.")
    page = boris.at("day")
    page.get_by_role("link", name="Смена номера").click()
    heading(page, "Смена номера")
    boris.look("phone change")
    boris.prove()
    press(page, "Подтвердить и сменить номер")
    boris.says("Подтверждено, номер сменён.")


def _forget_somebody(anna: Colleague, admin: Colleague) -> None:
    page = anna.at("data-requests")
    fill(page, phone="+79161234500", words="Вх. № 17")
    page.get_by_label("Удалить данные").check()
    page.get_by_label("В офисе").check()
    press(page, "Записать запрос")
    anna.says("Удаление подтверждает администратор")
    page = admin.at("data-requests")
    page.locator("main .card a").first.click()
    heading(page, "Запрос о данных")
    admin.look("data request")
    fill(page, last_four="4500")
    press(page, "Удалить данные")
    admin.says("Данные удалим")
    press(page, "Не удалять данные")
    admin.says("данные остаются")


def _load_and_take_back(boris: Colleague) -> None:
    page = boris.at("imports")
    page.locator("#file").set_input_files(
        {"name": "october.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}
    )
    press(page, "Проверить файл")
    boris.says("Проверен")
    boris.look("checked")
    for tick in page.get_by_role("checkbox").all():
        tick.check()
    press(page, "Загрузить")
    boris.says("Отменить загрузку…")
    page.get_by_text("Отменить загрузку…").click()
    boris.look("undo")
    press(page, "Отменить загрузку")
    boris.says("Загрузка отменена")


def _read_the_journal(admin: Colleague, office: Site) -> None:
    page = admin.at("audit")
    for words in ("Борис Носов отклонил заявку", "Анна Крылова выполнила заявку", "Наталья Белова"):
        admin.says(words)
    with page.expect_download() as file:
        page.get_by_role("link", name="Выгрузить в CSV").click()
    assert "Борис Носов отклонил заявку" in file.value.path().read_text("utf-8-sig")
    checked = subprocess.run([*FLASK, "audit", "verify"], env=office.environment, check=False)
    assert checked.returncode == 0


def _leave(admin: Colleague, boris: Colleague) -> None:
    page = admin.at("people")
    page.get_by_role("link", name="Борис Носов").click()
    heading(page, "Борис Носов")
    admin.look("person")
    press(page, "Закрыть вход")
    admin.says("Вход закрыт.")
    boris.page.goto(f"{boris.site.url}/staff/requests")
    heading(boris.page, "Вход для сотрудников")
