"""Pages of staff: axe finds nothing, everything fits however enlarged."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import zxingcpp
from PIL import Image

from tests.browser.accessibility.desk import sees_requests
from tests.browser.accessibility.helping import (
    asks_about_data,
    changes_number,
    closes,
    helps_resident,
    sees_cabinet,
)
from tests.browser.accessibility.inviting import invites
from tests.browser.accessibility.steps import fill, refused
from tests.browser.clerks import REQUEST, add_clerk, insert_dead_letter
from tests.browser.expect import expect
from tests.browser.inspector import Inspector
from tests.browser.people import Seeded, insert
from tests.browser.screens import heading, press
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

Look = Callable[[str], None]
PASSWORDS: dict[str, str] = {}  # by address


def test_pages_of_staff_have_no_barriers(
    page: Page, inspector: Inspector, resident: Seeded, site: Site
) -> None:
    look, email, number = inspector.look, f"axe{resident.phone[1:]}@example.org", resident.phone[-8:]
    insert(
        site,
        "connection_request",
        {**REQUEST, "number": number, "idempotency_key": number, "phone": resident.phone},
    )
    insert_dead_letter(site, f"dead-{number}", resident.email)
    _signs_in(page, look, site, email)
    sees_requests(page, look, site, number)
    _sees_residents(page, look, site, resident, email)
    _sees_messages(page, look, site, resident, number)
    _sees_imports(page, look, site)
    _names_columns(page, look, site)
    page.goto(f"{site.url}/staff/registrations")
    look("staff: registrations")
    fill(page, query="+79990000000")
    press(page, "Найти")
    expect(page.get_by_text("Ничего не нашли.")).to_be_visible()
    look("staff: registrations, none")
    invites(page, look, site)
    page.goto(f"{site.url}/staff/audit")
    look("staff: audit")
    page.goto(f"{site.url}/staff/confirmation")
    look("staff: confirmation")
    _manages_staff(page, look, site, email)
    page.goto(f"{site.url}/staff/guide")
    look("staff: guide")
    page.goto(f"{site.url}/staff/no-such-page")
    look("staff: no such page")


def _manages_staff(page: Page, look: Look, site: Site, email: str) -> None:
    page.goto(f"{site.url}/staff/people")
    look("staff: people")
    press(page, "Добавить")
    refused(page, "Напишите имя и фамилию", "full_name")
    look("staff: people, empty")
    fill(page, full_name="Ольга Новикова", email=f"new{email}")
    if page.locator("#proof").count():  # not shown a moment ago
        fill(page, proof=PASSWORDS[email])
    press(page, "Добавить")
    heading(page, "Ссылка для сотрудника")
    look("staff: invitation")
    link = page.locator("#link").input_value()
    page.goto(f"{site.url}/staff/join/{link.rpartition('/')[2]}")
    assert _scanned(page.locator(".staff__qr").screenshot()).startswith("otpauth://totp/")
    look("staff: join")
    page.goto(f"{site.url}/staff/join/none")
    look("staff: no invitation")
    page.goto(f"{site.url}/staff/people")
    page.get_by_role("link", name="Ольга Новикова").first.click()
    heading(page, "Ольга Новикова")
    look("staff: person")
    page.goto(f"{site.url}/staff/embedding?site=")
    look("staff: embedding, empty")
    page.goto(f"{site.url}/staff/embedding?site=www.example.ru")
    page.locator("[data-check-results] li").evaluate_all("all => all.forEach(one => (one.hidden = false))")
    look("staff: embedding")
    page.goto(f"{site.url}/staff/me/passkeys")
    look("staff: passkeys")
    page.goto(f"{site.url}/staff/me")
    look("staff: me")
    press(page, "Сделать новые коды")
    heading(page, "Коды восстановления")
    look("staff: recovery codes")
    page.goto(f"{site.url}/staff/sign-in?by=recovery")
    look("staff: sign in by recovery")


def _scanned(picture: bytes) -> str:
    """What a camera reads in a picture of the screen."""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return str(code.text)


def _signs_in(page: Page, look: Look, site: Site, email: str) -> None:
    password, totp = add_clerk(site, email, "--role", "admin")
    PASSWORDS[email] = password
    page.goto(f"{site.url}/staff/")
    heading(page, "Вход для сотрудников")
    look("staff: sign in")
    press(page, "Войти")
    refused(page, "Не заполнены обязательные поля")
    look("staff: sign in, empty")
    fill(page, email=email, password="wrong", code="000000")
    press(page, "Войти")
    refused(page, "")
    look("staff: sign in, wrong")
    fill(page, email=email, password=password, code=totp.now())
    press(page, "Войти")
    heading(page, "Сегодня")
    look("staff: today")
    page.goto(f"{site.url}/staff/requests")
    look("staff: requests")


def _sees_residents(page: Page, look: Look, site: Site, resident: Seeded, email: str) -> None:
    page.goto(f"{site.url}/staff/residents")
    look("staff: residents")
    fill(page, find="Нетникого")
    press(page, "Найти заявку или жителя")
    expect(page.get_by_role("heading", name="Поиск")).to_contain_text("Нетникого")
    look("staff: search, none")
    page.locator("#find").fill(resident.phone)
    expect(page.locator("#suggested a").first).to_be_visible()
    look("staff: search, suggestions")
    press(page, "Найти заявку или жителя")
    expect(page.get_by_role("heading", name="Поиск")).to_contain_text(resident.phone)
    look("staff: search, found")
    page.locator("td a").first.click()
    expect(page.get_by_text(resident.email)).to_be_visible()
    look("staff: resident")
    sees_cabinet(page, look)
    asks_about_data(page, look)
    helps_resident(page, look)
    changes_number(page, look, site, PASSWORDS[email])
    closes(page, look)
    look("staff: resident, blocked")
    press(page, "Открыть вход")
    expect(page.get_by_role("link", name="Закрыть вход")).to_be_visible()


def _sees_messages(page: Page, look: Look, site: Site, resident: Seeded, number: str) -> None:
    for state in ("dead", "waiting", "sent"):
        page.goto(f"{site.url}/staff/messages/{state}")
        look(f"staff: messages, {state}")
    page.goto(f"{site.url}/staff/sms/figures")
    look("staff: delivery of SMS")
    page.goto(f"{site.url}/staff/messages/sent")
    fill(page, query=resident.email)
    press(page, "Найти")
    expect(page.get_by_text("550 no such box")).to_be_visible()
    look("staff: messages, found")
    page.goto(f"{site.url}/staff/message/dead-{number}")
    look("staff: message")
    press(page, "Отправить ещё раз")
    expect(page.get_by_text("Сообщение отправим ещё раз.")).to_be_visible()


def _sees_imports(page: Page, look: Look, site: Site) -> None:
    page.goto(f"{site.url}/staff/imports")
    look("staff: imports")
    press(page, "Проверить файл")
    page.wait_for_load_state("networkidle")
    look("staff: imports, no file")
    rows = "period;account;address;amount_due\n2026-10;77001;г. Клин, ул. Дачная, д. 3;100,00\n2026-10;;;x\n"
    _upload(page, site, "october.csv", rows)
    look("staff: import, waiting")
    expect(page.get_by_text("Проверен", exact=True)).to_be_visible()  # the page follows by itself
    look("staff: import, checked")
    press(page, "Загрузить")
    expect(page.get_by_text("Отметьте, если всё так.").last).to_be_visible()
    look("staff: import, unconfirmed")
    page.goto(f"{site.url}/staff/imports")
    look("staff: imports, one")


def _upload(page: Page, site: Site, name: str, rows: str) -> None:
    page.goto(f"{site.url}/staff/imports")
    page.locator("#file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": rows.encode()})
    press(page, "Проверить файл")
    heading(page, name)


def _names_columns(page: Page, look: Look, site: Site) -> None:
    titles = "Код плательщика;Отрезок;Куда;Паспорт;Сколько в итоге;Прочее"
    rows = [f"{n};2026-10;г. Клин, ул. Дачная, д. {n};4510 123456;{n},50;да" for n in range(100, 120)]
    _upload(page, site, "strange.csv", "\n".join([titles, *rows]))
    expect(page.get_by_text("Мы не узнали столбцы этого файла")).to_be_visible()
    look("staff: import, columns")
    page.get_by_label("Прочее").select_option("address")
    page.get_by_label("Код плательщика").select_option("")
    press(page, "Проверить файл")
    refused(page, "Не выбрано")
    look("staff: import, columns, wrong")
    page.get_by_label("Прочее").select_option("")
    page.get_by_label("Код плательщика").select_option("account")
    press(page, "Проверить файл")
    expect(page.get_by_text("Проверен", exact=True)).to_be_visible()
    look("staff: import, checked by named columns")
    for tick in page.get_by_role("checkbox").all():
        tick.check()
    press(page, "Загрузить")
    expect(page.get_by_text("Загружен", exact=True)).to_be_visible()
    page.goto(f"{site.url}/staff/imports")
    expect(page.get_by_text("Ваши раскладки")).to_be_visible()
    look("staff: imports, layouts")
