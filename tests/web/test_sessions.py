"""The session: a row behind a token that the browser holds."""

import dataclasses

import time_machine
from flask import Flask

from cabinet import create_app
from cabinet.models import WebSession
from cabinet.models.database import db
from cabinet.web.tokens import digest
from config import Settings
from tests.cast import PASSWORD, PERSON, TYPED, resident
from tests.databases import disconnect
from tests.journeys import to_code, to_home, to_profile
from tests.visitor import Visitor, double, last_code, token_of
from tests.web.session_visitors import START, log_in


def test_looking_around_costs_no_row(visitor: Visitor) -> None:
    for address in ("/", "/consent", "/terms", "/help", "/session", "/nothing-here", "/"):
        visitor.get(address)
    assert WebSession.select().count() == 0
    token = token_of(visitor)
    visitor.fill_and_submit(phone=TYPED, consent="y")
    assert WebSession.select().count() == 1, "the first thing done is remembered"
    assert token_of(visitor) == token and WebSession.get().key == digest(token)


def test_the_table_holds_no_token(visitor: Visitor) -> None:
    to_code(visitor)
    row = WebSession.get()
    token = token_of(visitor)
    assert token not in str(row.__data__) and token.split(".")[0] not in str(row.__data__)
    assert len(token.split(".")[0]) == 43, "256 bits"


def test_a_token_is_replaced_whenever_rights_are_gained_or_lost(
    visitor: Visitor, app: Flask, receipt: dict[str, str]
) -> None:
    visitor.get("/")
    seen = [token_of(visitor)]

    def replaced() -> bool:
        seen.append(token_of(visitor))
        return seen[-1] not in seen[:-1]

    to_code(visitor)
    assert not replaced()
    visitor.fill_and_submit(code=last_code("+79161234567"))
    assert replaced(), "by the code"
    visitor.fill_and_submit(**receipt)
    visitor.fill_and_submit(answer="yes")
    visitor.fill_and_submit(**PERSON)
    assert not replaced()
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home" and replaced(), "by signing in"
    visitor.fill_and_submit("form[action='/logout']")
    assert visitor.path == "/" and replaced(), "by signing out"
    log_in(visitor)
    assert replaced(), "by signing in again"


def test_the_old_token_gains_nothing_and_dies(visitor: Visitor, app: Flask) -> None:
    resident()
    with time_machine.travel(START, tick=False) as clock:
        visitor.get("/")
        visitor.fill_and_submit(phone=TYPED)
        thief = double(visitor, app)
        visitor.fill_and_submit(password=PASSWORD)
        thief.get("/home")
        assert thief.path == "/", "the right belongs to the new token alone"
        thief.get("/login/password")
        assert "+7 916 123-45-67" in thief.text, "for a minute the old one is what it was"
        clock.shift(61)
        thief.get("/login/password")
        assert thief.path == "/" and "916" not in thief.text
        visitor.get("/home")
        assert visitor.path == "/home"


def test_the_old_token_lives_no_longer_for_being_used(visitor: Visitor, app: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        old, code = token_of(visitor), last_code("+79161234567")
        visitor.fill_and_submit(code=code)
        for _ in range(3):
            clock.shift(25)
            second = double(visitor, app, token=old)
            second.post("/code", {"code": code, "csrf_token": visitor.value("csrf_token")})
        assert not WebSession.get_by_id(digest(old)).live
        assert second.path == "/"


def test_a_planted_token_is_not_adopted(visitor: Visitor, app: Flask) -> None:
    for number, planted in enumerate(
        ("x" * 43, "x" * 43 + "." + "0" * 24, "null", "ю" * 43, "", "a" * 5000, "%00")
    ):
        other = Visitor(app, htmx=visitor.htmx)
        other.client.set_cookie("cabinet", planted)
        other.get("/")
        assert token_of(other) != planted
        to_code(other, f"+7916000000{number}")
    assert all(len(row.key) == 64 for row in WebSession.select())


def test_a_genuine_token_planted_before_the_code_is_worth_nothing_after(
    visitor: Visitor, app: Flask, receipt: dict[str, str]
) -> None:
    thief = Visitor(app, htmx=visitor.htmx)
    thief.get("/")
    visitor.client.set_cookie("cabinet", token_of(thief))
    to_home(visitor, receipt)
    thief.get("/home")
    assert thief.path == "/"
    thief.get("/register/account")
    assert thief.path in ("/code", "/")


def test_logging_out_ends_the_token_at_once(visitor: Visitor, app: Flask) -> None:
    resident()
    log_in(visitor)
    copy = double(visitor, app)
    copy.get("/home")
    assert copy.path == "/home"
    visitor.fill_and_submit("form[action='/logout']")
    copy.get("/home")
    assert copy.path == "/" and "Иванова" not in copy.text


def test_a_restart_loses_nothing(visitor: Visitor, settings: Settings, receipt: dict[str, str]) -> None:
    to_profile(visitor, receipt)
    token = token_of(visitor)
    disconnect()
    again = create_app(settings)
    db.connect(reuse_if_open=True)
    after = Visitor(again, htmx=visitor.htmx)
    after.client.set_cookie("cabinet", token)
    after.see_screen_of(visitor)
    after.fill_and_submit(**PERSON)
    assert after.path == "/register/password", "the form that was open before works after"
    after.fill_and_submit(password=PASSWORD)
    assert after.path == "/home"


def test_a_changed_secret_key_makes_old_tokens_worthless(
    visitor: Visitor, settings: Settings, receipt: dict[str, str]
) -> None:
    to_profile(visitor, receipt)
    token = token_of(visitor)
    disconnect()
    again = create_app(dataclasses.replace(settings, secret_key="another-secret-key-of-32-characters"))
    db.connect(reuse_if_open=True)
    after = Visitor(again)
    after.client.set_cookie("cabinet", token)
    after.get("/register/profile")
    assert after.path == "/"
