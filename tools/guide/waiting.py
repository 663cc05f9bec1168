"""What waits at the staff's desk when the day of their guide begins, and the residents who bring it."""

import time

from playwright.sync_api import expect

from tests.browser.people import insert
from tests.browser.site import Site
from tools.guide.steps import all_rules_met, enter_phone, fill_receipt, prove_phone
from tools.guide.window import Window

RESIDENTS_PASSWORD = "Тихий-двор-58"
SENDER, SENDER_NAME = "+79161230071", "Соколова Мария Ивановна"
KNOWN, UNHEARD = "+79161230072", "+79161230073"  # the one signed in today, the other gets no code
RESIDENTS = (
    (KNOWN, "Соколова", "Вера", "5510044325"),
    (UNHEARD, "Ершов", "Егор", "5510044326"),
)
NEW_NUMBER = "+79161230074"  # nobody's yet
# requests of others that wait: number, name, street, house, hours ago
WAITING = (
    ("40518263", "Тимофеев", "Олег", "Лесная", "14", 30),
    ("62904417", "Гусева", "Ирина", "Садовая", "3", 5),
    ("71830592", "Миронов", "Пётр", "Школьная", "27", 2),
)


AGAIN = ("58120943", *WAITING[1][1:5], 4)  # the second of them has sent another


def prepare(site: Site) -> None:
    """What has come before the day begins."""
    rows = "".join(";".join(row) + "\n" for row in RESIDENTS)
    site.flask(
        "residents", "import", _file(site, "residents.csv", "phone;last_name;first_name;accounts\n" + rows)
    )
    for number, last, first, street, house, hours in (*WAITING, AGAIN):
        row = {
            "number": number,
            "created_at": _ago(hours * 60),
            "state": "new",
            "phone": f"+7916{WAITING[1][0][1:] if number == AGAIN[0] else number[1:]}",
        }
        row |= {"last_name": last, "first_name": first, "middle_name": "", "email": f"{number}@example.org"}
        insert(
            site,
            "connection_request",
            {**row, "city": "Клин", "street": street, "house": house, "idempotency_key": number},
        )
    for at, reached in enumerate(("",) * 2 + ("phone_verified_at",) * 4 + ("completed_at",) * 9):
        row = {"id": f"guide-{at}", "phone": f"+7916123{at:04}", "locale": "ru", "created_at": _ago(300)}
        row |= dict.fromkeys(("last_name", "first_name", "middle_name", "email"), "")
        insert(site, "registration", {**row, **({reached: _ago(298)} if reached else {})})
    _lose_a_code(site)
    _lose_a_code_in_max(site)


def _lose_a_code(site: Site) -> None:
    """A code that one gateway refused and the operator of the other did not deliver."""
    at = _ago(4)
    told = {"id": "guide-lost-code", "lane": "sms", "to": UNHEARD, "template": "code", "created_at": at}
    told |= {"dead_at": _ago(3), "error": "SMSC 8", "fault": "operator", "data": "{}"}
    insert(site, "message", {**told, "tries": 2})
    tries = (
        ("smsaero", "refused", "money", "SMS Aero: money"),
        ("smsc", "undelivered", "operator", "SMSC 8"),
    )
    for gateway, state, fault, reason in tries:
        row = {"id": f"guide-{gateway}", "message": "guide-lost-code", "gateway": gateway}
        row |= {"way": "sms", "purpose": "code/login", "operator": "megafon", "at": at, "state": state}
        insert(site, "delivery_try", {**row, "round": 0, "fault": fault, "reason": reason})


def _lose_a_code_in_max(site: Site) -> None:
    """A code that MAX did not take, since the resident has stopped the bot."""
    at = _ago(9)
    told = {"id": "guide-max-code", "lane": "max", "to": KNOWN, "template": "code", "created_at": at}
    insert(
        site,
        "message",
        {**told, "dead_at": at, "error": "chat.denied", "fault": "operator", "data": "{}", "tries": 1},
    )
    row = {"id": "guide-max", "message": "guide-max-code", "gateway": "max", "way": "max", "at": at}
    row |= {"purpose": "code/login", "operator": "", "state": "refused", "fault": "operator"}
    insert(site, "delivery_try", {**row, "round": 0, "reason": "chat.denied"})


def lose_the_mail_server(site: Site) -> None:
    """It takes no letters, which wait; the demonstration's own mail goes elsewhere."""
    insert(
        site,
        "gateway_health",
        {
            "gateway": "mail",
            "failures": 7,
            "open_until": _ago(-120),
            "since": _ago(12),
            "reason": "connection refused",
        },
    )
    for at in range(3):
        told = {"id": f"guide-waits-{at}", "lane": "mail", "to": f"anna{at}@example.org", "tries": at and 1}
        told |= {"template": ("confirm_email", "request_taken", "request_done")[at], "data": "{}"}
        insert(site, "message", {**told, "created_at": _ago(12 - at), "due_at": _ago(-2)})


def _ago(minutes: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - minutes * 60))


def _file(site: Site, name: str, text: str) -> str:
    """Write a file into the folder of the site; its path."""
    path = f"{site.environment['IMPORTS_FOLDER']}-{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def send_request(window: Window, site: Site) -> None:
    """A resident whom billing does not know asks for a connection."""
    prove_phone(window, site, SENDER)
    fill_receipt(window, "7012345678", "1 000,00")
    window.press("Далее")
    window.page.get_by_role("link", name="Отправить заявку на подключение").click()
    expect(window.page.locator("#city")).to_be_visible()
    window.page.locator(".more summary").click()
    last, first, middle = SENDER_NAME.split()
    window.fill(last_name=last, first_name=first, middle_name=middle, email="maria@example.com")
    window.fill(city="Клин", street="Дачная", house="8", flat="12")
    window.fill(comment="Переехали в октябре, квитанция есть, но счёт не находится.")
    window.press("Отправить заявку")
    window.wait_for("request", ["Заявка отправлена."])


def come_back(window: Window, site: Site) -> None:
    """A resident of before sets a password and signs in."""
    enter_phone(window, KNOWN)
    window.press("Далее")
    window.press("Я забыл пароль")
    window.page.locator("#code").fill(site.sms_code(KNOWN))  # sends itself
    window.fill(password=RESIDENTS_PASSWORD)
    all_rules_met(window)
    window.press("Сохранить и перейти ко входу")
    window.wait_for("resident", ["Пароль сохранён."])
    window.fill(password=RESIDENTS_PASSWORD)
    window.press("Войти в личный кабинет")
    window.wait_for("resident", ["Здравствуйте, Вера!"])
