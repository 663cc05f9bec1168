"""Who changes what signs in shows who they are: by the password, a passkey or a code, good for a while."""

from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask

from cabinet.models import User
from cabinet.models.base import now
from tests.authenticator import Authenticator
from tests.cast import OTHER_PHONE, PASSWORD, PHONE, resident
from tests.home.two_cabinets import settle_passkeys
from tests.login.passkeys import answer, question, registered
from tests.placing import signed_in
from tests.visitor import Visitor, last_code

EMAIL, NEW = "/home/profile/email", "nova@example.org"
BY_PASSKEY = "/home/confirm/passkey"


def asks(visitor: Visitor, path: str = EMAIL) -> bool:
    """Whether a page asks who is there."""
    visitor.get(path)
    return bool(visitor.page.select("[name=current_password]"))


def later(seconds: int) -> Any:
    return time_machine.travel(now() + timedelta(seconds=seconds), tick=False)


def confirm(visitor: Visitor, key: Authenticator, path: str = BY_PASSKEY) -> int:
    """Answer by a passkey, as the script of a form does; the status."""
    asked = visitor.client.get(path).get_json()
    data = {"csrf_token": visitor.csrf_token, "answer": key.sign(asked)}
    return visitor.client.post(BY_PASSKEY, data=data).status_code


def test_a_password_typed_here_is_good_for_all_forms_for_five_minutes(visitor: Visitor, anna: User) -> None:
    signed_in(visitor)
    assert asks(visitor)
    visitor.fill_and_submit(email=NEW, current_password=PASSWORD)
    assert User.get().email == NEW
    for page in ("email", "phone", "delete"):
        assert not asks(visitor, f"/home/profile/{page}")
    assert asks(visitor, "/home/profile/password"), "who knows the password can always say so"
    with later(200):
        visitor.get(EMAIL)
        visitor.fill_and_submit(email="again@example.org")
        assert User.get().email == "again@example.org"
        assert not asks(visitor)
    with later(301):
        assert asks(visitor)


def test_a_form_that_was_open_for_long_asks_and_keeps_what_was_typed(visitor: Visitor, anna: User) -> None:
    signed_in(visitor)
    visitor.get(EMAIL)
    visitor.fill_and_submit(email="first@example.org", current_password=PASSWORD)
    assert not asks(visitor)
    with later(301):
        visitor.fill_and_submit(email=NEW)
        assert "Введите ваш нынешний пароль" in visitor.error("current_password")
        assert visitor.value("email") == NEW and User.get().email == "first@example.org"
        visitor.fill_and_submit(current_password=PASSWORD)
        assert User.get().email == NEW


def test_a_code_does_in_place_of_the_password(visitor: Visitor, anna: User) -> None:
    signed_in(visitor)
    visitor.get(EMAIL)
    visitor.fill_and_submit(email=NEW, confirm="code")
    assert visitor.path == "/code" and User.get().email != NEW
    code = last_code(PHONE)
    visitor.fill_and_submit(code=f"{(int(code) + 1) % 10**6:06d}")
    assert asks(visitor)
    visitor.get("/code")
    visitor.fill_and_submit(code=code)
    assert visitor.path == EMAIL and visitor.value("email") == NEW
    assert not visitor.page.select("[name=current_password]")
    visitor.fill_and_submit(email=visitor.value("email"))
    assert visitor.path == "/home/profile" and User.get().email == NEW


def test_a_code_for_another_purpose_does_not(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    guest.get("/home/profile/phone")
    guest.fill_and_submit(phone=OTHER_PHONE, current_password=PASSWORD)
    with later(301):
        guest.get("/code")
        guest.fill_and_submit(code=last_code(OTHER_PHONE))
        assert User.get().phone == OTHER_PHONE and asks(guest)


def test_a_code_of_whoever_was_here_before_confirms_nobody_else(
    app: Flask, guest: Visitor, anna: User
) -> None:
    signed_in(guest)
    guest.get(EMAIL)
    guest.fill_and_submit(email=NEW, confirm="code")
    code = last_code(PHONE)
    resident(OTHER_PHONE)
    guest.get("/home")
    guest.fill_and_submit("form[action='/logout']")
    signed_in(guest, OTHER_PHONE)
    guest.get("/code")
    assert guest.path != "/code" and code
    assert asks(guest)


def test_a_passkey_does_in_place_of_the_password(app: Flask, guest: Visitor, anna: User) -> None:
    key = registered(Visitor(app))
    settle_passkeys()
    answer(guest, key.sign(question(guest)))
    assert asks(guest), "signing in is not enough"
    assert confirm(guest, key) == 204
    guest.fill_and_submit("form:has([name=email])", email=NEW, current_password="")
    assert User.get().email == NEW


def test_only_ones_own_passkey_does(app: Flask, guest: Visitor, anna: User) -> None:
    own = registered(Visitor(app))
    resident(OTHER_PHONE)
    other = registered(Visitor(app), phone=OTHER_PHONE)
    settle_passkeys()
    signed_in(guest)
    guest.get(EMAIL)
    assert confirm(guest, other) == 422
    assert confirm(guest, own, "/login/passkey") == 422, "an answer to another question"
    assert asks(guest)
    assert confirm(guest, own) == 204 and not asks(guest)


def test_one_that_whoever_found_the_cabinet_open_has_just_added_does_not(
    app: Flask, guest: Visitor, anna: User
) -> None:
    """The sign-in counts for adding one: it changes nothing, there or in a session of its own."""
    key = registered(guest)
    for visitor in (guest, Visitor(app)):
        if visitor is not guest:
            answer(visitor, key.sign(question(visitor)))
        assert asks(visitor)
        assert confirm(visitor, key) == 422
        assert asks(visitor)
