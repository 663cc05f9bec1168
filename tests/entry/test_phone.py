"""The first screen: the phone as people type it, and the consent."""

import hashlib

import pytest
from flask import Flask

from cabinet.models import Consent, ConsentText, Message, OneTimeCode, Registration, Spending
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.wording import documents
from tests.cast import PHONE, TYPED, resident
from tests.journeys import FORGOT, to_code
from tests.markup import one
from tests.placing import at_account
from tests.threads import together
from tests.visitor import Visitor, double, inbox, last_code

SPELLINGS = [
    "8 916 123-45-67",
    "89161234567",
    "+7 (916) 123-45-67",
    "+7(916)1234567",
    "9161234567",
    "  916.123.45.67  ",
    "+7\u00a0916\u00a0123‑45‑67",
    "7 916 1234567",
    "\u202a+79161234567\u202c",
    "тел. 8-916-123-45-67",
]


def _nothing_happened() -> None:
    assert Registration.select().count() == 0
    assert OneTimeCode.select().count() == 0
    assert Consent.select().count() == 0
    assert Message.select().count() == 0


def test_whatever_people_type_is_the_same_phone(visitor: Visitor) -> None:
    for spelling in SPELLINGS:
        visitor.get("/")
        visitor.fill_and_submit(phone=spelling, consent="y")
        assert visitor.path == "/code", spelling
        assert "+7 916 123-45-67" in visitor.text
    assert [code.phone for code in OneTimeCode.select()] == [PHONE], "and one SMS is enough"
    assert len(inbox()) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Введите номер мобильного телефона"),
        ("+7 495 123-45-67", "Это городской номер"),
        ("8 800 555-35-35", "Это городской номер"),
        ("+1 202 555 0123", "Нужен российский мобильный номер"),
        ("+375 29 123-45-67", "Нужен российский мобильный номер"),
        ("+7 701 123-45-67", "Нужен российский мобильный номер"),
        ("+7 916 123-45-6", "не хватает одной цифры"),
        ("8 916 123-45", "Введён некорректный номер телефона"),
        ("8 916 123-45-67-8", "Введён некорректный номер телефона"),
        ("привет", "Введён некорректный номер телефона"),
    ],
)
def test_a_wrong_number_is_told_why(visitor: Visitor, typed: str, sentence: str) -> None:
    visitor.get("/")
    visitor.fill_and_submit(phone=typed, consent="y")
    assert visitor.path == "/" and visitor.status == (422 if visitor.htmx else 200)
    assert sentence in visitor.error("phone")
    assert visitor.value("phone") == typed and visitor.value("consent") == "y", "what was typed stays"
    _nothing_happened()


def test_an_error_survives_a_reload(visitor: Visitor) -> None:
    visitor.get("/")
    visitor.fill_and_submit(phone="+7 495 123-45-67", consent="y")
    if not visitor.htmx:  # with htmx a reload begins anew: the error was of the page, not of the address
        visitor.reload()
        assert "городской" in visitor.error("phone")
        assert visitor.value("phone") == "+7 495 123-45-67"
    visitor.fill_and_submit(phone=TYPED, consent="y")
    visitor.get("/")
    assert not visitor.error("phone"), "a passed step has no error"


def test_without_consent_nothing_happens(visitor: Visitor) -> None:
    visitor.get("/")
    assert one(visitor.form(None, "phone"), "[name=consent]").get("checked") is None
    link = visitor.page.find("a", string=lambda text: text and "согласие" in text)
    assert link and link["href"] == "/consent" and link["target"] == "_blank"
    visitor.fill_and_submit(phone=TYPED)
    assert visitor.path == "/" and "Поставьте отметку" in visitor.error("consent")
    assert visitor.value("phone") == TYPED
    _nothing_happened()


def test_the_consent_is_on_record(visitor: Visitor) -> None:
    visitor.get("/")
    visitor.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (test)"
    visitor.fill_and_submit(phone=TYPED, consent="y")
    consent = Consent.get()
    assert (consent.kind, consent.phone, consent.ip) == ("consent", PHONE, "192.0.2.1")
    assert consent.user_agent == "Mozilla/5.0 (test)"
    assert consent.version == documents.current("consent").version
    archived = ConsentText.get_by_id(consent.sha256)
    assert hashlib.sha256(archived.text.encode()).hexdigest() == consent.sha256, "the hash is of the archive"
    assert archived.text == documents.version_of("consent", consent.version).text
    visitor.get(f"/consent/{consent.version}")
    assert visitor.status == 200


def test_a_registered_phone_goes_to_the_password(visitor: Visitor, app: Flask) -> None:
    resident()
    visitor.get("/")
    visitor.fill_and_submit(phone=TYPED)
    assert visitor.path == "/login/password" and "+7 916 123-45-67" in visitor.text
    _nothing_happened()


def test_back_at_the_first_screen_the_number_is_still_there(visitor: Visitor) -> None:
    to_code(visitor)
    visitor.follow("Изменить")
    assert visitor.path == "/" and visitor.value("phone") == TYPED and visitor.value("consent") == "y"


def test_another_number_voids_the_code_of_the_first(visitor: Visitor) -> None:
    to_code(visitor)
    first = OneTimeCode.get(OneTimeCode.phone == PHONE)
    to_code(visitor, "8 916 765-43-21")
    assert "+7 916 765-43-21" in visitor.text
    assert not OneTimeCode.get_by_id(first.id).live
    second = last_code("+79167654321")
    if first.digits != second:
        visitor.fill_and_submit(code=first.digits)
        assert visitor.path == "/code" and visitor.error("code")
    visitor.fill_and_submit(code=second)
    assert visitor.path == "/register/account"
    proved = Registration.get(Registration.phone_verified_at.is_null(False))
    assert proved.phone == "+79167654321"


def test_a_proved_number_typed_again_needs_no_second_sms(visitor: Visitor) -> None:
    at_account(visitor)
    visitor.get("/")
    visitor.fill_and_submit(phone=TYPED, consent="y")
    assert visitor.path == "/register/account", visitor.text
    assert len(inbox()) == 1


def test_a_double_click_sends_one_sms(visitor: Visitor, app: Flask) -> None:
    visitor.get("/")
    second = double(visitor, app)
    together(
        [
            lambda: visitor.fill_and_submit(phone=TYPED, consent="y"),
            lambda: second.fill_and_submit(phone=TYPED, consent="y"),
        ]
    )
    assert (visitor.path, second.path) == ("/code", "/code")
    assert len(inbox()) == 1
    for either in (visitor, second):
        either.get("/code")
        assert either.path == "/code", "neither answer spoilt what the other did"
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.path == "/register/account"


@pytest.mark.settings(code_resend_waits=(), sms_per_phone_day=2)
def test_sms_per_phone_are_limited(visitor: Visitor, app: Flask) -> None:
    for number in range(2):
        to_code(Visitor(app, ip=f"192.0.2.{number}"))
    visitor.get("/")
    visitor.fill_and_submit(phone=TYPED, consent="y")
    _refused(visitor)
    assert len(inbox()) == 2


@pytest.mark.settings(sms_per_ip_hour=2)
def test_sms_per_client_network_are_limited(visitor: Visitor, app: Flask) -> None:
    for number in range(2):
        to_code(Visitor(app, ip=f"2001:db8:1:2::{number}"), f"+7916000000{number}")
    visitor.ip = "2001:db8:1:2:ffff::1"
    visitor.get("/")
    visitor.fill_and_submit(phone=TYPED, consent="y")
    _refused(visitor)
    visitor.ip = "2001:db8:1:3::1"
    visitor.fill_and_submit(phone=TYPED, consent="y")
    assert visitor.path == "/code", "the neighbours are not to blame"


@pytest.mark.settings(sms_global_hour=2)
def test_sms_of_everybody_are_limited_but_residents_are_spared(visitor: Visitor, app: Flask) -> None:
    resident("+79160000009")
    for number in range(2):
        to_code(Visitor(app, ip=f"192.0.2.{number}"), f"+7916000000{number}")
    visitor.get("/")
    visitor.fill_and_submit(phone=TYPED, consent="y")
    _refused(visitor)
    visitor.fill_and_submit(phone="+79160000009")
    visitor.fill_and_submit(FORGOT)
    assert visitor.path == "/code", "who has a cabinet gets in"


def _refused(visitor: Visitor) -> None:
    assert visitor.status == 429 and visitor.path == "/"
    assert int(visitor.response.headers["Retry-After"]) > 0
    assert "Новый код можно запросить через" in visitor.error("phone")
    assert visitor.value("phone") == TYPED
    assert Registration.select().where(Registration.phone == PHONE).count() <= 2, "nothing half done"


def test_of_an_empty_form_all_is_said_at_once(visitor: Visitor) -> None:
    visitor.get("/")
    visitor.fill_and_submit(phone=" ")
    assert "Введите номер" in visitor.error("phone") and "Поставьте отметку" in visitor.error("consent")
    visitor.fill_and_submit(phone="8 495 123-45-67")
    assert visitor.error("phone") and not visitor.error("consent"), "residents need no consent"


def test_who_comes_again_is_told_that_the_registration_goes_on(visitor: Visitor) -> None:
    visitor.get("/")
    assert "Вы начали регистрацию" not in visitor.text
    at_account(visitor)
    visitor.get("/")
    assert "Вы начали регистрацию" in visitor.text


@pytest.mark.settings(sms_day_segments=10, support_phone="+78005553535")
def test_a_used_up_budget_is_nobodys_wrong_number(visitor: Visitor) -> None:
    with db.atomic():
        Spending.add(now(), "twilio", 9, 0)
    visitor.get("/")
    visitor.fill_and_submit(phone=TYPED, consent="y")
    assert visitor.status == 429 and "Номер верный" in visitor.text and "800 555-35-35" in visitor.text
    assert not Message.select().exists()
