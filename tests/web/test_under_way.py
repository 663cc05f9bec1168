"""What was begun under old credentials, and is on its way when they change, comes to nothing."""

from collections.abc import Callable

import pytest
from flask import Flask

from cabinet.models import Passkey, Registration, User, WebSession
from cabinet.models.database import db
from cabinet.web import session_keys as keys
from tests.authenticator import Authenticator
from tests.cast import NEW_PASSWORD, OTHER_PHONE, PASSWORD, PHONE, resident
from tests.home.test_passkeys import ADD, OPTIONS
from tests.home.two_cabinets import settle_passkeys
from tests.login.long_gone import silent, to_new_cabinet, to_receipt
from tests.login.passkeys import answer, is_in, question, registered
from tests.placing import signed_in
from tests.visitor import Visitor, double, last_code
from tests.web.test_credentials import CHANGES, every_change

Change = Callable[[User], object]


@pytest.fixture
def anna(app: Flask) -> User:
    return resident()


@every_change
def test_a_passkey_that_is_just_being_made(guest: Visitor, anna: User, change: Change) -> None:
    signed_in(guest)
    guest.get("/home/profile/passkeys")
    made = Authenticator().make(guest.client.get(OPTIONS).get_json())
    change(User.get())
    guest.fill_and_submit(ADD, answer=made)
    assert not Passkey.select().exists() and not is_in(guest)


@every_change
def test_a_proof_of_who_is_here_by_code(guest: Visitor, anna: User, change: Change) -> None:
    signed_in(guest)
    guest.get("/home/profile/email")
    guest.fill_and_submit(email="thief@example.org", confirm="code")
    assert guest.path == "/code"
    code = last_code(PHONE)
    change(User.get())
    guest.fill_and_submit(code=code)
    guest.get("/home/profile/email")
    assert guest.path == "/" and User.get().email == anna.email


@every_change
def test_a_proof_of_who_is_here_by_passkey(app: Flask, guest: Visitor, anna: User, change: Change) -> None:
    key = registered(guest)
    settle_passkeys()
    asked = guest.client.get("/home/confirm/passkey").get_json()
    token = guest.csrf_token
    change(User.get())
    sent = {"csrf_token": token, "answer": key.sign(asked)}
    assert guest.client.post("/home/confirm/passkey", data=sent).status_code != 204
    assert not [row for row in WebSession.select() if keys.CONFIRMED_AGAIN in row.data]


@every_change
def test_a_receipt_that_is_asked_for(guest: Visitor, change: Change) -> None:
    old = silent()
    to_receipt(guest)
    change(User.get_by_id(old.id))
    guest.get("/login/receipt")
    assert guest.path in ("/login/password", "/"), guest.text


def test_a_cabinet_that_is_being_made_in_place_of_one_whose_owner_changed_the_password(
    guest: Visitor,
) -> None:
    old = silent()
    to_new_cabinet(guest)
    CHANGES["password"](User.get_by_id(old.id))
    guest.fill_and_submit(password=NEW_PASSWORD)
    assert User.by_phone(PHONE) == old and User.select().count() == 1
    assert Registration.get().user is None


def test_the_passkey_of_a_thief_with_the_same_cookie(app: Flask, guest: Visitor, anna: User) -> None:
    signed_in(guest)
    thief, device = double(guest, app), Authenticator()
    thief.get("/home/profile/passkeys")
    thief.fill_and_submit(ADD, answer=device.make(thief.client.get(OPTIONS).get_json()))
    assert "Готово" in thief.text
    guest.get("/home/profile/password")
    guest.fill_and_submit(current_password=PASSWORD, password=NEW_PASSWORD)
    assert "Пароль изменён" in guest.text
    again = Visitor(app)
    answer(again, device.sign(question(again)))
    assert not is_in(again) and not Passkey.select().exists()


def test_a_form_that_waits_for_a_code_is_shown_to_nobody_else(guest: Visitor, anna: User) -> None:
    """Typed by one resident, the code right, and then another signs in where it was to be shown."""
    resident(OTHER_PHONE)
    signed_in(guest)
    guest.get("/home/profile/email")
    guest.fill_and_submit(email="secret@example.org", confirm="code")
    with db.atomic():
        [row] = [row for row in WebSession.select() if keys.UNDER_WAY in row.data]
        endpoint_and_form = row.data[keys.UNDER_WAY]
        row.data = {**row.data, keys.TYPED: endpoint_and_form[1]}
        WebSession.update(data=row.data).where(WebSession.key == row.key).execute()
    signed_in(guest, OTHER_PHONE)
    guest.get("/home/profile/email")
    assert guest.path == "/home/profile/email" and guest.value("email") != "secret@example.org"
