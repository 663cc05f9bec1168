"""Every journey with values that are found nowhere else: none of them is in the log."""

import json
import re
from datetime import date

import pytest
from flask import Flask

from cabinet.models import Account, Charge, Message, User
from cabinet.models.database import db
from cabinet.telemetry import cause
from cabinet.worker.loop import Worker
from config import Settings
from tests.home.profile import to
from tests.journeys import FORGOT, sign_in, to_code
from tests.messages import REGISTERED
from tests.staff.conftest import EMAIL as CLERK
from tests.staff.conftest import enter, member
from tests.visitor import Visitor, last_code

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.settings(log_level="DEBUG", log_format="json", code_resend_waits=()),
]
PHONE, NEXT_PHONE = "+79261239871", "+79261239872"
ACCOUNT, PLACE, PAYS = "5551237719", "Клёновая", 918273
PASSWORD, NEXT_PASSWORD, WRONG = "Грузд5подорешник", "Волнушк6розовая", "Мухомор7неверный"
PERSON = {
    "last_name": "Ёжикова-Щукина",
    "first_name": "Аполлинария",
    "middle_name": "Елпидифоровна",
    "birth_date": "29.02.1984",
    "email": "apollinaria@ezhik.example",
}
REQUEST = {
    "last_name": "Щукина",
    "first_name": "Аполлинария",
    "email": "apollinaria@ezhik.example",
    "city": "Верхнекукуевск",
    "street": "Загогулинская",
    "house": "917Щ",
    "comment": "Хризантемы у двери",
}
VALUES = [PHONE, NEXT_PHONE, ACCOUNT, PLACE, PASSWORD, NEXT_PASSWORD, WRONG, str(PAYS), CLERK]
VALUES += [*PERSON.values(), *REQUEST.values(), "192.0.2.1 ", '192.0.2.1"', "Волшебный браузер"]


def alone(digits: str) -> str:
    """The pattern of a number that is not a part of a name made at random."""
    return f"(?<![0-9a-zA-Z.]){digits}(?![0-9a-zA-Z])"


def spellings(value: str) -> set[str]:
    """A value as it is, as a number is typed, and as an address would have it."""
    digits = value.lstrip("+")
    if digits.isdigit():
        return {alone(digits), digits[1:] if len(digits) > 10 else alone(digits)}
    return {re.escape(value), re.escape(value.lower()), re.escape(ascii(value)[1:-1])}


def register(visitor: Visitor, codes: list[str]) -> None:
    """From the first page into the cabinet, with every mistake on the way."""
    to_code(visitor, PHONE)
    codes.append(last_code(PHONE))
    visitor.fill_and_submit(code=f"{(int(codes[0]) + 1) % 1_000_000:06d}")
    visitor.fill_and_submit(code=codes[0])
    visitor.fill_and_submit(period="2026-10", account=ACCOUNT, amount="1,00")
    visitor.fill_and_submit(period="2026-10", account=ACCOUNT, amount="9182,73")
    visitor.fill_and_submit(answer="yes")
    visitor.fill_and_submit(**{**PERSON, "birth_date": "31.02.1984"})
    visitor.fill_and_submit(**PERSON)
    visitor.fill_and_submit(password=PERSON["last_name"])
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home", visitor.text


def change(visitor: Visitor, codes: list[str]) -> None:
    """Another e-mail, another phone."""
    visitor.get("/home/profile/email")
    visitor.fill_and_submit(email="nova@ezhik.example", current_password=WRONG)
    visitor.fill_and_submit(email="nova@ezhik.example", current_password=PASSWORD)
    to(visitor, "phone")
    visitor.fill_and_submit(phone=NEXT_PHONE)  # the password is good for a while
    codes.append(last_code(NEXT_PHONE))
    visitor.fill_and_submit(code=codes[-1])
    assert User.get().phone == NEXT_PHONE


def come_back(visitor: Visitor, codes: list[str]) -> None:
    """A wrong password until it is locked, a new one by SMS, and in."""
    visitor.get("/")
    visitor.fill_and_submit(phone=NEXT_PHONE, consent="y")
    for _ in range(6):
        visitor.fill_and_submit(password=WRONG)
    assert visitor.status == 429
    visitor.get("/login/password")
    visitor.fill_and_submit(FORGOT)
    codes.append(last_code(NEXT_PHONE))
    visitor.fill_and_submit(code=codes[-1])
    visitor.fill_and_submit(password=NEXT_PASSWORD)
    sign_in(visitor, NEXT_PHONE, NEXT_PASSWORD)


def request_account(visitor: Visitor, codes: list[str]) -> None:
    """An account that billing does not know."""
    to_code(visitor, "+79261239873")
    codes.append(last_code("+79261239873"))
    visitor.fill_and_submit(code=codes[-1])
    visitor.fill_and_submit(period="2026-10", account="5551237720", amount="9182,74")
    visitor.follow("Отправить заявку на подключение")
    visitor.fill_and_submit(**REQUEST)
    assert re.fullmatch(r"/requests/\d+", visitor.path), visitor.text


def see_as_staff(visitor: Visitor) -> None:
    """A clerk signs in, at the second try, and looks at everything."""
    clerk = member()
    visitor.get("/staff/sign-in")
    visitor.fill_and_submit(email=CLERK, password=WRONG, code="000000")
    enter(visitor, clerk)
    for page in ("requests", "residents", f"residents?q={PHONE}", "messages", "registrations"):
        visitor.get(f"/staff/{page}")
    visitor.get(f"/staff/resident/{User.get().id}")


def test_no_line_of_any_journey_tells_of_anybody(
    app: Flask, settings: Settings, log_lines: list[str]
) -> None:
    with db.atomic():
        Account.create(number=ACCOUNT, printed=ACCOUNT, address=f"г. Москва, ул. {PLACE}, д. 5")
        Charge.create(account=ACCOUNT, period=date(2026, 10, 1), amount_due=PAYS)
    codes: list[str] = []
    visitor = Visitor(app)
    visitor.client.environ_base["HTTP_USER_AGENT"] = "Волшебный браузер"
    register(visitor, codes)
    change(visitor, codes)
    come_back(Visitor(app), codes)
    request_account(Visitor(app), codes)
    see_as_staff(Visitor(app))
    visitor.get(f"/{PHONE}?email={PERSON['email']}")
    forged = {"email": PERSON["email"], "csrf_token": "wrong"}
    visitor.post("/home/profile/email", forged, Origin="https://x.example")
    Worker(settings).drain()
    assert len(log_lines) > 60 and len(codes) == 4
    personal = re.compile("|".join(one for value in [*VALUES, *codes] for one in spellings(value)))
    assert [line for line in log_lines if personal.search(line)] == []


@pytest.mark.settings(staff_emails=("staff@example.org",))
def test_the_worker_names_the_request_that_caused_what_it_does(
    app: Flask, settings: Settings, log_lines: list[str]
) -> None:
    visitor = Visitor(app)
    to_code(visitor, PHONE)
    name = visitor.client.get("/healthz").headers["X-Request-ID"]
    sent = next(line for line in log_lines if '"code_sent"' in line)
    del log_lines[:]
    Worker(settings).drain()
    (line,) = [json.loads(line) for line in log_lines if "message_sent" in line]
    assert line["request_id"] == json.loads(sent)["request_id"] != name and line["lane"] == "sms"


def test_what_the_worker_fans_out_has_the_same_cause(app: Flask, settings: Settings) -> None:
    with cause.caused_by("4f1c2ad09b7e"), db.atomic():
        Message.enqueue("staff", "registered", data=REGISTERED)
    Worker(settings).drain()
    assert [row.request_id for row in Message.select()] == ["4f1c2ad09b7e"] * 2
