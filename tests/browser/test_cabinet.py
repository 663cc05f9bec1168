"""Residents sign in, recover the password and live in the cabinet: in the frame, with and without scripts."""

import json
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from cabinet.passwords.hashing import Hasher
from config import DEMO_PEPPER
from tests.browser.conftest import Embedded, Screen
from tests.browser.engines import Engine, PlaywrightTab, tab
from tests.browser.site import Site
from tests.browser.test_registration import ACCOUNT, AMOUNT, go, new_phone, press_unless_sent
from tests.waiting import PATIENCE, until

PASSWORD, NEW_PASSWORD, WRONG = "Тихий-двор-58", "Новая7калитка", "Неверный0пароль"
HOME, FIRST = "Здравствуйте, Анна!", "Номер телефона"
OWN, OTHER = ("5510044321", "Летная"), ("7012345678", "Профсоюзная")


@dataclass(frozen=True)
class Seeded:
    """A resident who registered before."""

    phone: str
    email: str
    password: str = PASSWORD


@pytest.fixture
def width() -> int:
    """One width: these tests are of what happens, not of how it looks."""
    return 390


@pytest.fixture(params=[True, False], ids=["js", "no-js"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs JavaScript; that forms work without it is tested quickly over HTTP."""
    return bool(request.param)


@pytest.fixture
def resident(site: Site) -> Seeded:
    """A resident with one address, the e-mail not confirmed."""
    phone, user = new_phone(), secrets.token_urlsafe(16)
    email = f"anna{phone[1:]}@example.org"
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    row = {
        "id": user,
        "phone": phone,
        "email": email,
        "created_at": stamp,
        "locale": "ru",
        "first_name": "Анна",
        "last_name": "Ежова",
        "middle_name": "",
        "password_hash": Hasher(DEMO_PEPPER, 4).hash(PASSWORD),
    }
    insert(site, "user", row)
    insert(site, "account_link", {"user_id": user, "account_id": OWN[0], "created_at": stamp})
    return Seeded(phone, email)


def insert(site: Site, table: str, row: Mapping[str, object]) -> None:
    """Put a row there while the site runs."""
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    with sqlite3.connect(
        site.environment["DATABASE_URL"].removeprefix("sqlite:///"), timeout=PATIENCE
    ) as connection:
        connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(row.values()))


def report(site: Site, phone: str, status: str) -> None:
    """What the operator says of the SMS that were sent to a phone, when they are."""
    change = 'UPDATE message SET status = ? WHERE "to" = ? AND sent_at IS NOT NULL'
    database = site.environment["DATABASE_URL"].removeprefix("sqlite:///")

    def changed() -> bool:
        with sqlite3.connect(database, timeout=PATIENCE) as connection:
            return connection.execute(change, (status, phone)).rowcount > 0

    until(changed, "no SMS was sent")


@pytest.fixture
def elsewhere(chromium: Browser, site: Site, javascript: bool) -> Iterator[Embedded]:
    """The cabinet in the frame, in another browser."""
    context = chromium.new_context(java_script_enabled=javascript, locale="ru-RU")
    page = context.new_page()
    page.goto(site.embedding)
    yield Embedded(page, page.frame_locator("iframe[name=cabinet]"))
    context.close()


def press(frame: Screen, name: str) -> None:
    """The button, by its words."""
    frame.get_by_role("button", name=name, exact=True).click()


def follow(frame: Screen, name: str) -> None:
    """The link, by its words."""
    frame.get_by_role("link", name=name).click()


def heading(frame: Screen, text: str) -> None:
    """Wait for the page of this heading."""
    expect(frame.get_by_role("heading", level=1)).to_have_text(text)


def to_password(frame: Screen, phone: str) -> None:
    """From the first screen to the password window."""
    frame.get_by_label(FIRST).fill(phone)
    press(frame, "Далее")
    heading(frame, "Введите пароль")


def give_password(frame: Screen, password: str) -> None:
    """Type a password in its window."""
    frame.locator("#password").fill(password)
    press(frame, "Войти в личный кабинет")


def sign_in(frame: Screen, phone: str, password: str = PASSWORD) -> None:
    """Into the cabinet."""
    to_password(frame, phone)
    give_password(frame, password)
    heading(frame, HOME)


def title(frame: Screen) -> str:
    """The title of the frame's page."""
    return str(frame.locator("html").evaluate("() => document.title"))


def refused(frame: Screen, field: str, words: str, javascript: bool) -> None:
    """The field says what is wrong, so does the title; the focus is on the field."""
    expect(frame.locator(f"{field}-error")).to_contain_text(words)
    assert title(frame).startswith("Ошибка: ")
    if javascript:
        expect(frame.locator(field)).to_be_focused()


def first_screen(frame: Screen) -> None:
    """Wait for the first screen, and see nothing of the cabinet."""
    expect(frame.get_by_label(FIRST)).to_be_visible()
    expect(frame.get_by_text("Анна")).to_have_count(0)
    expect(frame.get_by_text(OWN[1])).to_have_count(0)


def back(embedded: Embedded) -> None:
    """One step back in the history; waits until its page is there, whether loaded whole or by htmx."""
    html = embedded.frame.locator("html")
    html.evaluate(
        "() => { window.isLeft = false;"
        " addEventListener('popstate', () => {"
        " document.addEventListener('htmx:after:swap', () => { isLeft = true }) }) }"
    )
    go(embedded, "history.back()")
    until(lambda: html.evaluate("() => window.isLeft !== false"), "the page stays", page=embedded.page)


def letter(site: Site, to: str, subject: str) -> str:
    """Wait for the newest letter to an address whose subject has these words."""

    def newest() -> str:
        for item in site.get_json("/demo/inbox.json"):
            if item["to"] == to and subject.lower() in item["subject"].lower():
                return item["text"]
        return ""

    return until(newest, "no letter came")


@pytest.mark.walk("js")
def test_login_and_back_after_logout(embedded: Embedded, resident: Seeded, javascript: bool) -> None:
    frame = embedded.frame
    to_password(frame, resident.phone)
    press(frame, "Войти в личный кабинет")
    refused(frame, "#password", "Не заполнено поле пароля", javascript)
    give_password(frame, WRONG)
    refused(frame, "#password", "Ошибка в логине или пароле", javascript)
    give_password(frame, PASSWORD)
    heading(frame, HOME)
    assert not title(frame).startswith("Ошибка")
    expect(frame.locator("#addresses")).to_contain_text(OWN[1])
    follow(frame, "Мои данные")
    heading(frame, "Мои данные")
    follow(frame, "Назад")
    heading(frame, HOME)
    press(frame, "Выйти")
    first_screen(frame)
    for _ in range(3):
        back(embedded)
        expect(frame.get_by_text(resident.email)).to_have_count(0)
        expect(frame.get_by_text(OWN[1])).to_have_count(0)
        expect(frame.get_by_text("Анна")).to_have_count(0)


@pytest.mark.walk("no-js")
def test_locked_out_and_recovered(
    embedded: Embedded, resident: Seeded, javascript: bool, sms_code: Callable[..., str]
) -> None:
    frame = embedded.frame
    to_password(frame, resident.phone)
    for number in range(5):
        give_password(frame, f"{WRONG}{number}")
        expect(frame.locator("#password-error")).to_contain_text("Ошибка в логине или пароле")
        expect(frame.locator("#password")).to_have_value("")  # each answer looks the same but for this
    give_password(frame, PASSWORD)
    refused(frame, "#password", "Превышено число попыток входа. Попробуйте ещё раз через", javascript)
    expect(frame.get_by_text("Или создайте новый пароль")).to_be_visible()

    press(frame, "Я забыл пароль")
    heading(frame, "Подтвердите номер")
    code = sms_code(resident.phone)
    frame.get_by_label("Код из СМС").fill(f"{(int(code) + 1) % 10**6:06d}")
    press_unless_sent(frame, "Подтвердить номер", frame.locator("#code-error"))
    refused(frame, "#code", "Код не соответствует полученному в СМС", javascript)
    frame.get_by_label("Код из СМС").fill(code)
    press_unless_sent(frame, "Подтвердить номер", frame.get_by_role("heading", name="Создайте новый пароль"))
    field, eye = frame.locator("#password"), frame.locator(".eye")
    if javascript:
        field.fill("калитка")
        expect(frame.locator("[data-rule=letters]")).to_have_class(re.compile("is-met"))
        expect(frame.locator("[data-rule=digits]")).not_to_have_class(re.compile("is-met"))
        eye.click()
        expect(field).to_have_attribute("type", "text")
    else:
        expect(eye).to_be_hidden()
    field.fill("калитка")
    press(frame, "Сохранить и перейти ко входу")
    refused(frame, "#password", "Не соблюдены все условия при создании пароля", javascript)
    expect(field).to_have_attribute("type", "password")
    field.fill(NEW_PASSWORD)
    press(frame, "Сохранить и перейти ко входу")
    heading(frame, "Введите пароль")
    expect(frame.get_by_text("Пароль сохранён. Войдите с новым паролем.")).to_be_visible()
    give_password(frame, NEW_PASSWORD)
    heading(frame, HOME)


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

    def fill(account: str, amount: str) -> None:
        frame.locator(".choice").first.click()
        frame.get_by_label("Номер лицевого счёта").fill(account)
        frame.get_by_label("Сумма к оплате").fill(amount)
        press(frame, "Добавить")

    fill(ACCOUNT, "1,00")
    expect(frame.get_by_text("Данного абонента нет в системе")).to_be_visible()
    expect(frame.get_by_label("Номер лицевого счёта")).to_have_value(ACCOUNT)
    assert title(frame).startswith("Ошибка: ")
    fill(OWN[0], "1,00")
    refused(frame, "#account", "уже есть в вашем списке", javascript)
    fill(ACCOUNT, AMOUNT)
    heading(frame, HOME)
    expect(cards).to_have_count(2)
    expect(cards.nth(1)).to_contain_text(OTHER[1])
    expect(cards.nth(1)).to_contain_text(re.compile("4.218,67"))
    assert html.evaluate("() => window.sameDocument === true") == javascript, (
        "with scripts no page was loaded"
    )

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
    facts = frame.locator(".facts")

    follow(frame, "Изменить имя")
    frame.get_by_label("Фамилия").fill("")
    press(frame, "Сохранить")
    refused(frame, "#last_name", "Введите фамилию", javascript)
    frame.get_by_label("Фамилия").fill("Синицына")
    press(frame, "Сохранить")
    expect(facts).to_contain_text("Синицына Анна")

    follow(frame, "Изменить почту")
    fresh = f"new{resident.email}"
    frame.get_by_label("Электронная почта").fill(fresh)
    frame.locator("#current_password").fill(WRONG)
    press(frame, "Сохранить")
    refused(frame, "#current_password", "Пароль не подходит", javascript)
    frame.locator("#current_password").fill(PASSWORD)
    press(frame, "Сохранить")
    expect(facts).to_contain_text(fresh)
    assert "/email/" in letter(site, fresh, "почт")
    assert "/email/" not in letter(site, resident.email, "почт"), (
        "the old address is told, and confirms nothing"
    )

    follow(frame, "Изменить пароль")
    frame.locator("#current_password").fill(PASSWORD)
    frame.locator("#password").fill(NEW_PASSWORD)
    press(frame, "Сохранить")
    expect(frame.get_by_text("Пароль изменён.")).to_be_visible()

    follow(frame, "Изменить телефон")
    phone = new_phone()
    frame.get_by_label("Новый номер телефона").fill(phone)
    frame.locator("#current_password").fill(NEW_PASSWORD)
    press(frame, "Получить код")
    heading(frame, "Подтвердите номер")
    frame.get_by_label("Код из СМС").fill(sms_code(phone))
    press_unless_sent(frame, "Подтвердить номер", frame.get_by_text("Номер изменён."))
    expect(facts).to_contain_text(phone[-2:])
    until(
        lambda: [
            m for m in site.get_json("/demo/inbox.json") if m["to"] == resident.phone and "номер" in m["text"]
        ],
        "the old number was not told",
    )
    follow(frame, "Назад")
    press(frame, "Выйти")
    first_screen(frame)
    sign_in(frame, phone, NEW_PASSWORD)


def test_a_device_is_signed_out_from_another(
    embedded: Embedded, elsewhere: Embedded, resident: Seeded, site: Site
) -> None:
    frame, other = embedded.frame, elsewhere.frame
    sign_in(frame, resident.phone)
    sign_in(other, resident.phone)
    assert letter(site, resident.email, "вход")
    follow(frame, "Мои данные")
    follow(frame, "Устройства")
    cards = frame.locator(".cards .card")
    expect(cards).to_have_count(2)
    expect(cards.filter(has_text="это устройство")).to_have_count(1)
    press(frame, "Выйти на этом устройстве")
    expect(frame.get_by_text("На том устройстве выполнен выход.")).to_be_visible()
    expect(cards).to_have_count(1)
    follow(other, "Мои данные")
    first_screen(other)
    expect(other.get_by_text("Войдите ещё раз")).to_be_visible()
    follow(frame, "Назад")
    heading(frame, "Мои данные")


def test_download_and_deletion(embedded: Embedded, resident: Seeded, javascript: bool) -> None:
    frame = embedded.frame
    sign_in(frame, resident.phone)
    follow(frame, "Мои данные")
    follow(frame, "Что о вас хранится")
    expect(frame.get_by_text(OWN[1])).to_be_visible()
    with embedded.page.expect_download() as download:
        follow(frame, "Скачать всё файлом")
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
    press(frame, "Передумал, оставить кабинет")
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
            follow(frame, "Скачать всё файлом")
        assert download.value.suggested_filename == "cabinet.json"
        assert json.loads(download.value.path().read_text())["phone"] == resident.phone
        follow(frame, "Назад")
        heading(frame, "Мои данные")
        follow(frame, "Назад")
        heading(frame, HOME)
        press(frame, "Выйти")
        first_screen(frame)
