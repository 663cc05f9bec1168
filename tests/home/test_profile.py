"""«Мои данные»: name, password, phone, and all of it to take away."""

import json

import pytest
from flask import Flask

from cabinet.models import ConnectionRequest, Device, EmailLink, OneTimeCode, User, WebSession, profile
from cabinet.models.database import db
from tests.cast import (
    ADDRESSES,
    LESNAYA,
    NEW_PASSWORD,
    NEW_PHONE,
    OTHER_PHONE,
    PASSWORD,
    PHONE,
    bill,
    receipt_of,
    resident,
    told,
)
from tests.journeys import sign_in, to_new_password
from tests.markup import attribute
from tests.placing import signed_in
from tests.visitor import Visitor, last_code

WRONG = "Неверный0пароль"


@pytest.fixture
def anna(database: object) -> User:
    bill(LESNAYA)
    return resident(accounts=[LESNAYA])


def to(visitor: Visitor, page: str) -> None:
    """To a page of «Мои данные», by its link."""
    visitor.get("/home")
    visitor.follow("Мои данные")
    link = visitor.page.find("a", href=f"/home/profile/{page}")
    visitor.get(attribute(link, "href"))


def test_a_resident_changes_the_name(visitor: Visitor, anna: User) -> None:
    signed_in(visitor)
    to(visitor, "name")
    assert (visitor.value("last_name"), visitor.value("first_name")) == ("Иванова", "Анна")
    visitor.fill_and_submit(last_name="Ёлкина-Белая", first_name="Анна", middle_name="Петровна")
    assert visitor.path == "/home/profile" and "Ёлкина-Белая Анна Петровна" in visitor.text
    assert told("staff") == ["profile_changed"]
    to(visitor, "name")
    visitor.fill_and_submit(last_name="", first_name="R2D2")
    assert visitor.error("last_name") and visitor.error("first_name") and not visitor.error("middle_name")
    assert visitor.value("first_name") == "R2D2"
    assert User.get_by_id(anna.id).last_name == "Ёлкина-Белая"


@pytest.mark.parametrize("name", ["\0", "a\r\nBcc: x@example.org", "😀", "x" * 3000, "<b>Анна</b>", "=1+1"])
def test_odd_names_are_refused(app: Flask, anna: User, name: str) -> None:
    visitor = Visitor(app)
    signed_in(visitor)
    to(visitor, "name")
    visitor.fill_and_submit(last_name=name, first_name="Анна")
    assert visitor.status == 200 and visitor.error("last_name"), visitor.text


def test_a_resident_changes_the_password(app: Flask, visitor: Visitor, anna: User) -> None:
    elsewhere = Visitor(app)
    signed_in(elsewhere)
    signed_in(visitor)
    before = visitor.client.get_cookie("cabinet")
    to(visitor, "password")
    visitor.fill_and_submit(current_password=WRONG, password=NEW_PASSWORD)
    assert visitor.error("current_password") and not visitor.error("password")
    visitor.fill_and_submit(current_password="", password=NEW_PASSWORD)
    assert visitor.error("current_password")
    visitor.fill_and_submit(current_password=PASSWORD, password="короче")
    assert visitor.error("password") and not visitor.error("current_password")
    assert User.get_by_id(anna.id).password_hash == anna.password_hash
    visitor.fill_and_submit(current_password=PASSWORD, password=NEW_PASSWORD)
    assert visitor.path == "/home/profile" and "Пароль изменён" in visitor.text
    assert visitor.client.get_cookie("cabinet") != before
    assert Device.select().count() == 1, "the browser in use alone is still known"
    elsewhere.get("/home")
    assert elsewhere.path == "/", "other devices are signed out"
    assert told(PHONE) == ["password_changed"] and told(anna.email)[-1] == "password_changed"
    visitor.get("/home")
    assert visitor.path == "/home", "this one is not"
    sign_in(elsewhere, password=NEW_PASSWORD)


def test_a_new_password_ends_a_recovery_under_way(app: Flask, guest: Visitor, anna: User) -> None:
    thief = Visitor(app)
    to_new_password(thief)
    signed_in(guest)
    to(guest, "password")
    guest.fill_and_submit(current_password=PASSWORD, password=NEW_PASSWORD)
    kept = User.get_by_id(anna.id).password_hash
    thief.fill_and_submit(password="Чужой9и-плохой")
    assert thief.path == "/" and User.get_by_id(anna.id).password_hash == kept


def test_guesses_at_the_current_password_are_counted(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    to(guest, "password")
    for _ in range(5):
        guest.fill_and_submit(current_password=WRONG, password=NEW_PASSWORD)
    guest.fill_and_submit(current_password=PASSWORD, password=NEW_PASSWORD)
    assert guest.status == 429 and "Слишком много попыток" in guest.error("current_password")
    to(guest, "phone")
    guest.fill_and_submit(phone=NEW_PHONE, current_password=PASSWORD)
    assert guest.status == 429, "one count for all that asks for it"


def test_a_resident_changes_the_phone(app: Flask, visitor: Visitor, anna: User) -> None:
    elsewhere = Visitor(app)
    signed_in(elsewhere)
    signed_in(visitor)
    to(visitor, "phone")
    visitor.fill_and_submit(phone="12345", current_password=PASSWORD)
    assert visitor.error("phone") and visitor.value("phone") == "12345"
    visitor.fill_and_submit(phone=NEW_PHONE, current_password=WRONG)
    assert visitor.error("current_password")
    visitor.fill_and_submit(phone=PHONE, current_password=PASSWORD)
    assert "нынешний номер" in visitor.error("phone")
    assert told(NEW_PHONE) == []
    visitor.fill_and_submit(phone=NEW_PHONE, current_password=PASSWORD)
    assert visitor.path == "/code" and told(NEW_PHONE) == ["code"]
    EmailLink.send(anna)
    letter = EmailLink.get()
    link = visitor.page.find("a", string="Изменить")
    assert attribute(link, "href") == "/home/profile/phone"
    assert User.get_by_id(anna.id).phone == PHONE
    visitor.fill_and_submit(code=last_code(NEW_PHONE))
    assert visitor.path == "/home/profile" and "Номер изменён" in visitor.text
    assert "+7 999 000-11-22" in visitor.text
    assert EmailLink.find(letter.token) is None, "links sent before are over"
    assert told(PHONE) == ["phone_changed"], "the old number is told"
    assert told(anna.email)[-1] == "phone_changed" and told("staff") == ["profile_changed"]
    elsewhere.get("/home")
    assert elsewhere.path == "/"
    visitor.get("/home")
    assert visitor.path == "/home"
    signed_in(elsewhere, NEW_PHONE)


def test_the_code_pressed_twice_changes_the_phone_once(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    to(guest, "phone")
    guest.fill_and_submit(phone=NEW_PHONE, current_password=PASSWORD)
    cookie = guest.client.get_cookie("cabinet")
    data = {
        "csrf_token": guest.csrf_token,
        "code": last_code(NEW_PHONE),
    }
    guest.post("/code", data)
    assert guest.path == "/home/profile" and cookie is not None
    guest.client.set_cookie("cabinet", cookie.value)  # the second press left before the reply came
    guest.post("/code", data)
    assert guest.path == "/home/profile", guest.text
    assert told(PHONE) == ["phone_changed"] and "phone_changed" not in told(NEW_PHONE)


def test_a_phone_of_another_cabinet(guest: Visitor, anna: User) -> None:
    resident(OTHER_PHONE)
    signed_in(guest)
    to(guest, "phone")
    guest.fill_and_submit(phone=OTHER_PHONE, current_password=PASSWORD)
    assert "уже есть другой кабинет" in guest.error("phone") and told(OTHER_PHONE) == []


def test_a_phone_that_got_a_cabinet_meanwhile(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    to(guest, "phone")
    guest.fill_and_submit(phone=NEW_PHONE, current_password=PASSWORD)
    resident(NEW_PHONE)
    guest.fill_and_submit(code=last_code(NEW_PHONE))
    assert guest.path == "/home/profile" and "уже есть другой кабинет" in guest.text
    assert "+7 916 123-45-67" in guest.text and "+7 999 000-11-22" not in guest.text
    assert told(PHONE) == []


def test_codes_of_the_old_number_are_void(app: Flask, guest: Visitor, anna: User) -> None:
    to_new_password(Visitor(app))
    signed_in(guest)
    to(guest, "phone")
    guest.fill_and_submit(phone=NEW_PHONE, current_password=PASSWORD)
    guest.fill_and_submit(code=last_code(NEW_PHONE))
    left = OneTimeCode.select().where(OneTimeCode.voided_at.is_null())
    assert [code.phone for code in left] == [NEW_PHONE]


def test_a_code_for_the_phone_is_worth_nothing_after_logout(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    to(guest, "phone")
    guest.fill_and_submit(phone=NEW_PHONE, current_password=PASSWORD)
    code = last_code(NEW_PHONE)
    token = guest.csrf_token
    guest.post("/logout", {"csrf_token": token})
    token = guest.csrf_token
    guest.post("/code", {"csrf_token": token, "code": code})
    assert guest.path == "/" and User.get_by_id(anna.id).phone == PHONE


def test_all_that_is_kept_as_a_page_and_as_a_file(app: Flask, guest: Visitor, anna: User) -> None:
    resident(OTHER_PHONE, first_name="Пётр")
    signed_in(guest)
    guest.get("/home/accounts/new")
    guest.fill_and_submit(**receipt_of(LESNAYA))
    profile.rename(anna, "Белкина", "Анна", "", "192.0.2.1")
    guest.get("/home/profile/data")
    assert "Белкина" in guest.text and ADDRESSES[LESNAYA] in guest.text and "Имя изменено" in guest.text
    assert "renamed" not in guest.text and "Пётр" not in guest.text
    assert f"адрес {guest.ip}" in guest.text, "the session"
    link = guest.page.find("a", string="Скачать всё файлом")
    guest.get(attribute(link, "href"))
    response = guest.response
    assert response is not None and response.mimetype == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert "attachment" in response.headers["Content-Disposition"]
    text = response.get_data(as_text=True)
    data = json.loads(text)
    assert data["phone"] == PHONE and data["email"] == anna.email and data["last_name"] == "Белкина"
    assert data["accounts"] == [{"number": LESNAYA, "address": ADDRESSES[LESNAYA]}]
    assert len(data["sessions"]) == 1 and len(data["devices"]) == 1
    secrets = [anna.password_hash, *(s.key for s in WebSession.select()), OTHER_PHONE]
    assert not [secret for secret in secrets if secret and secret in text]


def test_the_data_of_a_registration_are_among_them(app: Flask, guest: Visitor, anna: User) -> None:
    with db.atomic():
        User.update(middle_name="", birth_date=None, email="").execute()
    signed_in(guest)
    guest.get("/home/profile/data")
    assert guest.status == 200 and "—" in guest.text


def test_requests_are_among_the_data(guest: Visitor, anna: User) -> None:
    with db.atomic():
        ConnectionRequest.create(
            number="12345678",
            idempotency_key="k",
            user_id=anna.id,
            phone=PHONE,
            last_name="Иванова",
            first_name="Анна",
            email=anna.email,
            city="Клин",
            street="Дачная",
            house="3",
        )
    signed_in(guest)
    guest.get("/home/profile/data")
    assert "Заявка № 12345678" in guest.text and "Дачная" in guest.text
