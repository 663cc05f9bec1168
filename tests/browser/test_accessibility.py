"""Every screen in every state: axe finds nothing, targets are large, zoomed and enlarged text fits."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from config import ROOT
from tests.browser.inspector import HEIGHT, PHONE, Inspector, examined
from tests.browser.site import FLASK, Site
from tests.browser.test_cabinet import (
    NEW_PASSWORD,
    OTHER,
    OWN,
    PASSWORD,
    WRONG,
    Seeded,
    follow,
    heading,
    insert,
    letter,
    press,
    report,
    resident,
    sign_in,
    to_password,
)
from tests.browser.test_registration import ACCOUNT, AMOUNT, new_phone
from tests.browser.test_staff import REQUEST

__all__ = ["resident"]  # a fixture

FIRST = "Вход или регистрация"
PERSON = {"last_name": "Петрова", "first_name": "Анна", "birth_date": "1.2.1960", "email": "anna@example.com"}
HOUSE = {"city": "Клин", "street": "Дачная", "house": "3"}


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """A phone's browser on the first screen."""
    context = chromium.new_context(viewport={"width": PHONE, "height": HEIGHT}, locale="ru-RU")
    page = context.new_page()
    page.goto(site.url)
    yield page
    context.close()


@pytest.fixture
def inspector(page: Page) -> Iterator[Inspector]:
    """Inspects the page; what it has found fails the test in the end."""
    inspector = Inspector(page)
    yield inspector
    inspector.assert_nothing_wrong()


def fill(page: Page, **values: str) -> None:
    """Fill fields by their names."""
    for name, value in values.items():
        page.locator(f"#{name}").fill(value)


def fill_receipt(page: Page, account: str = ACCOUNT, amount: str = AMOUNT) -> None:
    """Period, account, amount."""
    page.locator("input[name=period]").first.check()
    fill(page, account=account, amount=amount)


def refused(page: Page, words: str, field: str = "") -> None:
    """Wait until the page says what is wrong."""
    expect(page.locator(f"#{field}-error" if field else "#errors")).to_contain_text(words)


def to_account(page: Page, phone: str, sms_code: Callable[..., str]) -> None:
    """A fresh phone, proved."""
    fill(page, phone=phone)
    page.locator("#consent").check()
    press(page, "Далее")
    heading(page, "Подтвердите номер")
    fill(page, code=sms_code(phone))
    heading(page, "Найдём ваш адрес")


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.mark.walk
def test_registration_has_no_barriers(page: Page, inspector: Inspector, sms_code: Callable[..., str]) -> None:
    phone, look = new_phone(), inspector.look
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
    press(page, "Подтвердить номер")
    refused(page, "Введите код", "code")
    look("code, empty")
    code = sms_code(phone)
    fill(page, code=wrong(code))
    refused(page, "не соответствует", "code")
    look("code, wrong")
    fill(page, code=code)

    heading(page, "Найдём ваш адрес")
    look("account")
    press(page, "Далее")
    refused(page, "Не заполнены обязательные поля")
    look("account, empty")
    fill_receipt(page, "№ ?", "сто")
    press(page, "Далее")
    refused(page, "некорректные", "account")
    look("account, nonsense")
    fill_receipt(page, amount="1,00")
    press(page, "Далее")
    expect(page.get_by_text("Данного абонента нет в системе")).to_be_visible()
    look("account, not found")
    fill_receipt(page)
    press(page, "Проверить ещё раз")

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
    heading(page, "Здравствуйте, Анна!")
    look("cabinet, new")


def test_dead_ends_have_no_barriers(
    page: Page, inspector: Inspector, sms_code: Callable[..., str], site: Site
) -> None:
    phone, look = new_phone(), inspector.look
    fill(page, phone=phone)
    page.locator("#consent").check()
    press(page, "Далее")
    code = sms_code(phone)
    for number in range(1, 6):
        with page.expect_response(lambda answer: answer.request.method == "POST"):
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
        with page.expect_response(lambda answer: answer.request.method == "POST"):
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
    receipt: FilePayload = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": bytes(11 * 1024**2)}
    page.locator("#receipt").set_input_files(receipt)
    expect(page.get_by_text("Файл больше 10 МБ").first).to_be_visible()
    page.locator("#receipt").set_input_files({**receipt, "buffer": b"no picture"})
    press(page, "Отправить заявку")
    expect(page.locator("#receipt-error")).to_be_visible()
    look("request, bad file")
    fill(page, **{k: v for k, v in PERSON.items() if k != "birth_date"}, **HOUSE)
    press(page, "Отправить заявку")
    expect(page.get_by_text("Заявка отправлена.")).to_be_visible()
    look("request, sent")
    number = page.url.rpartition("/")[2]
    page.context.clear_cookies()
    page.goto(f"{site.url}/requests/{number}")
    heading(page, "Что с моей заявкой")
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


@pytest.mark.walk
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
    follow(page, "Изменить телефон")
    look("phone")
    press(page, "Получить код")
    refused(page, "", "phone")
    look("phone, empty")
    phone = new_phone()
    fill(page, phone=phone, current_password=NEW_PASSWORD)
    press(page, "Получить код")
    heading(page, "Подтвердите номер")
    look("phone, code")
    fill(page, code=wrong(sms_code(phone)))
    refused(page, "не соответствует", "code")
    look("phone, wrong code")
    page.goto(f"{site.url}/home/profile/data")
    look("what is stored")
    page.goto(f"{site.url}/home/profile/delete")
    look("deletion")
    press(page, "Отозвать согласие и удалить кабинет")
    refused(page, "Введите ваш нынешний пароль", "current_password")
    look("deletion, no password")
    fill(page, current_password=NEW_PASSWORD)
    press(page, "Отозвать согласие и удалить кабинет")
    expect(page.get_by_text("Кабинет будет удалён")).to_be_visible()
    look("cabinet, to be deleted")


def test_devices_have_no_barriers(
    page: Page, inspector: Inspector, resident: Seeded, chromium: Browser, site: Site
) -> None:
    other = chromium.new_context(locale="ru-RU")
    there = other.new_page()
    there.goto(site.url)
    sign_in(there, resident.phone)
    sign_in(page, resident.phone)
    page.goto(f"{site.url}/home/profile/devices")
    heading(page, "Устройства")
    inspector.look("devices")
    press(page, "Выйти на этом устройстве")
    expect(page.get_by_text("На том устройстве выполнен выход.")).to_be_visible()
    inspector.look("devices, one signed out")
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


@pytest.mark.parametrize(
    "path",
    [
        "/consent",
        "/terms",
        "/privacy",
        "/help",
        "/requests",
        "/no-such-page",
        "/?lang=en",
        "/consent?lang=en",
        "/demo",
        "/demo/inbox",
    ],
)
def test_open_pages_have_no_barriers(page: Page, inspector: Inspector, site: Site, path: str) -> None:
    page.goto(site.url + path)
    if "consent?" in path:
        page.locator("summary").click()
    inspector.look(path)
    if path == "/demo":
        expect(page.frame_locator("iframe").get_by_role("heading", name=FIRST)).to_be_visible()
        inspector.faults += [f"in a frame: {fault}" for fault in examined(page.frames[1])]


def test_pages_of_staff_have_no_barriers(
    page: Page, inspector: Inspector, resident: Seeded, site: Site
) -> None:
    look, email, number = inspector.look, f"axe{resident.phone[1:]}@example.org", resident.phone[-8:]
    made = subprocess.run(
        [*FLASK, "staff", "add", email, "--role", "admin", "--generate"],
        cwd=ROOT, env=site.environment, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    password, uri = re.search(r"password: (\S+)", made), re.search(r"otpauth://\S+", made)
    assert password and uri
    insert(
        site,
        "connection_request",
        {**REQUEST, "number": number, "idempotency_key": number, "phone": resident.phone},
    )
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    insert(
        site,
        "message",
        {
            "id": f"dead-{number}",
            "lane": "mail",
            "to": resident.email,
            "template": "deletion_requested",
            "created_at": stamp,
            "dead_at": stamp,
            "error": "550 no such box",
            "tries": 12,
            "data": '{"name": "Анна", "date": "2026-12-01"}',
        },
    )

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
    totp = pyotp.parse_uri(uri[0])
    assert isinstance(totp, pyotp.TOTP)
    fill(page, email=email, password=password[1], code=totp.now())
    press(page, "Войти")
    heading(page, "Заявки")
    look("staff: requests")
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

    page.goto(f"{site.url}/staff/residents")
    look("staff: residents")
    fill(page, query="Ежова")
    press(page, "Найти")
    page.wait_for_load_state("networkidle")
    look("staff: residents, found")
    fill(page, query="Нетникого")
    press(page, "Найти")
    expect(page.get_by_text("Никого не нашли.")).to_be_visible()
    look("staff: residents, none")
    fill(page, query=resident.phone)
    press(page, "Найти")
    page.locator("td a").first.click()
    expect(page.get_by_text(resident.email)).to_be_visible()
    look("staff: resident")
    press(page, "Закрыть вход")
    expect(page.get_by_role("button", name="Открыть вход")).to_be_visible()
    look("staff: resident, blocked")
    press(page, "Открыть вход")
    expect(page.get_by_role("button", name="Закрыть вход")).to_be_visible()

    for state in ("dead", "waiting", "sent"):
        page.goto(f"{site.url}/staff/messages/{state}")
        look(f"staff: messages, {state}")
    fill(page, query=resident.email)
    press(page, "Найти")
    expect(page.get_by_text("550 no such box")).to_be_visible()
    look("staff: messages, found")
    page.goto(f"{site.url}/staff/message/dead-{number}")
    look("staff: message")
    press(page, "Отправить ещё раз")
    expect(page.get_by_text("Сообщение отправим ещё раз.")).to_be_visible()

    page.goto(f"{site.url}/staff/imports")
    look("staff: imports")
    press(page, "Проверить файл")
    page.wait_for_load_state("networkidle")
    look("staff: imports, no file")
    rows = "period;account;address;amount_due\n2026-10;77001;г. Клин, ул. Дачная, д. 3;100,00\n2026-10;;;x\n"
    page.locator("#file").set_input_files(
        {"name": "october.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    press(page, "Проверить файл")
    heading(page, "october.csv")
    look("staff: import, waiting")
    expect(page.get_by_text("Проверен", exact=True)).to_be_visible()  # the page follows by itself
    look("staff: import, checked")
    press(page, "Загрузить")
    expect(page.get_by_text("Отметьте, если всё так.").last).to_be_visible()
    look("staff: import, unconfirmed")
    page.goto(f"{site.url}/staff/imports")
    look("staff: imports, one")
    page.goto(f"{site.url}/staff/registrations")
    look("staff: registrations")
    fill(page, query="+79990000000")
    press(page, "Найти")
    expect(page.get_by_text("Ничего не нашли.")).to_be_visible()
    look("staff: registrations, none")
    page.goto(f"{site.url}/staff/audit")
    look("staff: audit")
    page.goto(f"{site.url}/staff/no-such-page")
    look("staff: no such page")
