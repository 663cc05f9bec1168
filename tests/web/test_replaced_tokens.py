"""What a replaced or handed over token is worth after a change of credentials: nothing."""

from typing import Any

import pytest
from flask import Flask

from cabinet.models import User, WebSession, profile
from cabinet.models.database import db
from tests.cast import NEW_PASSWORD, NEW_PHONE, PASSWORD, PHONE, hashed, resident
from tests.journeys import sign_in
from tests.placing import signed_in
from tests.visitor import Visitor, double, last_code


@pytest.fixture
def anna(app: Flask) -> User:
    return resident()


def test_the_replaced_cookie_of_a_password_change_has_no_grace(
    app: Flask, guest: Visitor, anna: User
) -> None:
    signed_in(guest)
    guest.get("/home/profile/password")
    thief = double(guest, app)
    guest.fill_and_submit(current_password=PASSWORD, password=NEW_PASSWORD)
    assert guest.path == "/home/profile"
    for address in ("/home", "/home/profile/data.json", "/home/profile/devices"):
        thief.get(address)
        assert thief.path == "/" and "Анна" not in thief.text, address
    guest.get("/home")
    assert guest.path == "/home"


def test_the_cookie_of_before_signing_others_out_has_no_grace(app: Flask, guest: Visitor, anna: User) -> None:
    signed_in(guest)
    sign_in(Visitor(app))
    thief = double(guest, app)
    guest.get("/home/profile/devices")
    guest.fill_and_submit(device="others")
    assert "вы вышли" in guest.text
    thief.get("/home")
    assert thief.path == "/"
    guest.get("/home")
    assert guest.path == "/home"


def test_a_phone_change_ends_the_token_that_the_code_replaced(app: Flask, guest: Visitor, anna: User) -> None:
    signed_in(guest)
    guest.get("/home/profile/phone")
    guest.fill_and_submit(phone=NEW_PHONE, current_password=PASSWORD)
    thief = double(guest, app)
    guest.fill_and_submit(code=last_code(NEW_PHONE))
    assert guest.path == "/home/profile"
    thief.get("/home")
    assert thief.path == "/"


def test_a_session_handed_over_before_the_change_is_nobodys(app: Flask, anna: User) -> None:
    frame = Visitor(app, cookies=False, htmx=True)
    token = frame.client.get("/session").get_json()["token"]

    def ask(method: str, address: str, **data: Any) -> Any:
        nonlocal token
        answer = frame.client.open(
            address, method=method, data=data or None, headers={"X-Cabinet-Session": token}
        )
        token = answer.headers.get("X-Cabinet-Session", token)
        return answer

    ask("POST", "/", phone=PHONE)
    ask("POST", "/login/password", password=PASSWORD)
    assert "Анна" in ask("GET", "/home").get_data(as_text=True)
    code = ask("POST", "/session/hand-over").get_json()["code"]
    row = WebSession.get(WebSession.user_id == anna.id)
    profile.set_password(User.get(), hashed(NEW_PASSWORD), "")
    with db.atomic():
        WebSession.insert(**dict(row.__data__)).execute()  # as if its request had been under way
    tab = Visitor(app)
    tab.get("/")
    tab.post("/session/take-over", {"csrf_token": tab.value("csrf_token"), "code": code})
    tab.get("/home")
    assert tab.path == "/" and "Анна" not in tab.text
