"""«Мои данные»: another phone."""

from flask import Flask

from cabinet.models import EmailLink, OneTimeCode, User
from tests.cast import (
    NEW_PHONE,
    OTHER_PHONE,
    PASSWORD,
    PHONE,
    resident,
    told,
)
from tests.home.profile import WRONG, to
from tests.journeys import to_new_password
from tests.markup import attribute
from tests.placing import signed_in
from tests.visitor import Visitor, last_code, token_of


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
    visitor.fill_and_submit(phone=NEW_PHONE)
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
    fresh = token_of(guest)
    guest.client.set_cookie("cabinet", cookie.value)  # the second press left before the reply came
    guest.post("/code", data)
    assert guest.path == "/" and guest.status == 200, "it is led on, but not by the rights it had"
    assert token_of(guest) == cookie.value, "and does not replace the cookie that came meanwhile"
    guest.client.set_cookie("cabinet", fresh)
    guest.get("/home/profile")
    assert guest.path == "/home/profile"
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
