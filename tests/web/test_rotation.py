"""SECRET_KEY is replaced: nobody is signed out, nothing sent becomes void, and then the old one goes."""

import dataclasses
from collections.abc import Callable

import pytest
from flask import Flask

from cabinet import create_app
from cabinet.models import EmailLink, OneTimeCode, Staff, WebSession
from cabinet.models.code import Verdict
from cabinet.models.database import db
from config import Settings
from tests.cast import PERSON, PHONE, resident
from tests.databases import disconnect
from tests.journeys import to_profile
from tests.staff.conftest import PASSWORD as STAFF_PASSWORD
from tests.staff.conftest import code_now, enter, member
from tests.visitor import Visitor, last_code

NEW = "the-key-that-comes-after-0123456789-abcdef"
Restart = Callable[..., Flask]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def restart(app: Flask, settings: Settings) -> Restart:
    """The application with the new key, and the old one beside it or none."""

    def with_keys(*fallbacks: str) -> Flask:
        disconnect()
        again = create_app(dataclasses.replace(settings, secret_key=NEW, secret_key_fallbacks=fallbacks))
        db.connect(reuse_if_open=True)
        return again

    return with_keys


def moved(visitor: Visitor, app: Flask) -> Visitor:
    """The same browser, showing what it showed, at the application that came after."""
    after = Visitor(app, htmx=visitor.htmx)
    for name in ("cabinet", "desk", "device"):
        cookie = visitor.client.get_cookie(name)
        if cookie:
            after.client.set_cookie(name, cookie.value)
    after.see_screen_of(visitor)
    return after


def test_a_registration_goes_on_from_the_open_form(
    visitor: Visitor, restart: Restart, settings: Settings, receipt: dict[str, str]
) -> None:
    to_profile(visitor, receipt)
    after = moved(visitor, restart(settings.secret_key))
    after.fill_and_submit(**PERSON)
    assert after.path == "/register/password"


def test_the_first_form_that_was_open_before_works(
    visitor: Visitor, restart: Restart, settings: Settings
) -> None:
    visitor.get("/")
    after = moved(visitor, restart(settings.secret_key))
    after.fill_and_submit(phone=PHONE, consent="y")
    assert after.path == "/code"


def test_a_code_on_its_way_opens(visitor: Visitor, restart: Restart, settings: Settings) -> None:
    visitor.get("/")
    visitor.fill_and_submit(phone=PHONE, consent="y")
    sent = last_code(PHONE)
    after = moved(visitor, restart(settings.secret_key))
    assert last_code(PHONE) != sent
    after.fill_and_submit(code=sent)
    assert after.path == "/register/account"


def test_links_and_hand_overs_on_their_way_are_ours(app: Flask, restart: Restart, settings: Settings) -> None:
    anna = resident(accounts=[], email_confirmed_at=None)
    EmailLink.send(anna)
    link = EmailLink.get().token
    WebSession.store("a" * 64, {"x": 1}, None, "", "")
    hand_over = WebSession.hand_over("a" * 64)
    restart(settings.secret_key)
    assert EmailLink.find(link)
    assert WebSession.take_over(hand_over) == {"x": 1}
    restart()
    assert not EmailLink.find(link)


def test_staff_stay_signed_in_and_their_authenticators_outlive_the_old_key(
    visitor: Visitor, app: Flask, restart: Restart, settings: Settings
) -> None:
    olga = member()
    enter(visitor, olga)
    shown = olga.provisioning_uri("x")
    again = restart(settings.secret_key)
    after = moved(visitor, again)
    after.get("/staff/residents")
    assert after.path == "/staff/residents"
    assert Staff.get().provisioning_uri("x") == shown

    result = again.test_cli_runner().invoke(args=["staff", "rotate"])
    assert "1 authenticators moved" in result.output and result.exit_code == 0
    assert "0 authenticators moved" in again.test_cli_runner().invoke(args=["staff", "rotate"]).output
    last = restart()
    assert Staff.get().provisioning_uri("x") == shown
    new = Visitor(last)
    new.get("/staff/sign-in")
    new.fill_and_submit(email=olga.email, password=STAFF_PASSWORD, code=code_now(Staff.get(), 1))
    assert new.path != "/staff/sign-in", new.text


def test_a_browser_of_the_staff_stays_known(visitor: Visitor, restart: Restart, settings: Settings) -> None:
    olga = member()
    enter(visitor, olga)
    after = moved(visitor, restart(settings.secret_key))
    before = after.client.get_cookie("desk")
    after.client.delete_cookie("cabinet")
    after.get("/staff/sign-in")
    after.fill_and_submit(email=olga.email, password=STAFF_PASSWORD, code=code_now(olga, 1))
    cookie = after.client.get_cookie("desk")
    assert before and cookie and cookie.value.split(".")[0] == before.value.split(".")[0]
    assert len(cookie.value.split(".")) == 2 and cookie.value != before.value


def test_an_authenticator_of_an_unknown_key_is_named(
    app: Flask, restart: Restart, settings: Settings
) -> None:
    olga = member()
    result = restart().test_cli_runner().invoke(args=["staff", "rotate"])
    assert result.exit_code == 1 and f"staff reset {olga.email}" in result.output
    db.connect(reuse_if_open=True)
    assert not Staff.get().use_code("000000")


def test_an_old_code_is_worth_nothing_once_its_key_is_gone(
    app: Flask, restart: Restart, settings: Settings
) -> None:
    code = OneTimeCode.send("registration", PHONE, "192.0.2.1", "ru")
    old = code.digits
    restart()
    if code.digits != old:
        assert code.verify(old) is Verdict.WRONG
