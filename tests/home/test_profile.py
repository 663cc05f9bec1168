"""«Мои данные»: the name and the password."""

import pytest
from flask import Flask

from cabinet.models import Device, User
from tests.cast import (
    NEW_PASSWORD,
    NEW_PHONE,
    PASSWORD,
    PHONE,
    told,
)
from tests.home.profile import WRONG, to
from tests.journeys import sign_in, to_new_password
from tests.placing import signed_in
from tests.visitor import Visitor


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
