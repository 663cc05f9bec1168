"""«Не выходить на этом устройстве»: weeks in the browser's own cookie, under tokens that change."""

import datetime as dt
from http.cookies import SimpleCookie

import pytest
import time_machine
from flask import Flask

from cabinet.models import User, WebSession, profile
from cabinet.models.database import db
from tests.cast import NEW_PASSWORD, NEW_PHONE, PASSWORD, PHONE, resident
from tests.journeys import sign_in, to_login_password
from tests.placing import signed_in
from tests.threads import together
from tests.visitor import Visitor, double, token_of
from tests.web.session_visitors import START, Frame

DAYS = 30
MONTH = pytest.mark.settings(stay_signed_in=DAYS * 86400)


def stay(visitor: Visitor, password: str = PASSWORD) -> None:
    """Sign in with the box ticked."""
    to_login_password(visitor)
    visitor.fill_and_submit(password=password, stay="y")
    assert visitor.path == "/home", visitor.text


def is_in(visitor: Visitor) -> bool:
    visitor.get("/home")
    return visitor.path == "/home"


def cookie_age(visitor: Visitor) -> str:
    """Max-Age of the session's cookie as it was last set; empty where it ends with the browser."""
    sent = SimpleCookie()
    for header in visitor.response.headers.getlist("Set-Cookie"):
        sent.load(header)
    return str(sent["cabinet"]["max-age"])


@MONTH
def test_weeks_pass_under_tokens_that_change_and_then_it_is_over(visitor: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        resident()
        stay(visitor)
        tokens = {token_of(visitor)}
        for _day in range(DAYS - 1):
            clock.shift(dt.timedelta(days=1))
            assert is_in(visitor)
            tokens.add(token_of(visitor))
        assert len(tokens) == DAYS
        clock.shift(dt.timedelta(days=1, seconds=1))
        assert not is_in(visitor)


@MONTH
def test_the_cookie_is_kept_as_long_as_the_session(guest: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        resident()
        guest.get("/")
        assert cookie_age(guest) == ""
        to_login_password(guest)
        answer = guest.client.post(
            "/login/password", data={"csrf_token": guest.csrf_token, "password": PASSWORD, "stay": "y"}
        )
        assert f"Max-Age={DAYS * 86400}" in str(answer.headers)
        clock.shift(dt.timedelta(days=10))
        guest.get("/home")
        assert cookie_age(guest) == str(20 * 86400), "the end stays where it was"


def test_without_the_box_it_ends_as_ever(guest: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        resident()
        sign_in(guest)
        assert WebSession.get(WebSession.user_id.is_null(False)).kept_until is None
        clock.shift(dt.timedelta(minutes=31))
        assert not is_in(guest)


def test_it_is_offered_ticked_only_where_the_resident_is_known(app: Flask, guest: Visitor) -> None:
    resident()
    to_login_password(guest)
    assert guest.one("[name=stay]").get("checked") is None, "a browser that nobody knows"
    guest.fill_and_submit(password=PASSWORD)
    guest.client.delete_cookie("cabinet")
    to_login_password(guest)
    assert guest.one("[name=stay]").get("checked") is not None


@pytest.mark.settings(stay_signed_in=0)
def test_a_company_may_not_offer_it(guest: Visitor) -> None:
    resident()
    to_login_password(guest)
    assert not guest.page.select("[name=stay]")
    guest.post("/login/password", {"csrf_token": guest.csrf_token, "password": PASSWORD, "stay": "y"})
    assert WebSession.select().where(WebSession.kept_until.is_null(False)).count() == 0


def test_a_token_in_the_hands_of_a_script_is_for_its_tab_alone(app: Flask) -> None:
    resident()
    frame = Frame(app)
    to_login_password(frame)
    assert not frame.page.select("[name=stay]")
    frame.post("/login/password", {"csrf_token": frame.csrf_token, "password": PASSWORD, "stay": "y"})
    assert frame.path == "/home"
    assert WebSession.select().where(WebSession.kept_until.is_null(False)).count() == 0


@MONTH
@pytest.mark.parametrize("end", ["password", "phone", "others", "all"])
def test_what_ends_sessions_ends_it(app: Flask, guest: Visitor, end: str) -> None:
    user = resident()
    stay(guest)
    owner = Visitor(app)
    signed_in(owner)
    if end == "password":
        owner.get("/home/profile/password")
        owner.fill_and_submit(current_password=PASSWORD, password=NEW_PASSWORD)
    elif end == "phone":
        profile.change_phone(user, NEW_PHONE, "192.0.2.1", "")
    elif end == "others":
        owner.get("/home/profile/devices")
        assert "Вход сохранён до" in owner.text
        owner.fill_and_submit("form:has(input[value=others])")
    else:
        with db.atomic():
            User.get_by_id(user.id).end_sessions()
    assert not is_in(guest)


@MONTH
def test_ones_own_change_of_the_password_ends_the_weeks_here_too(guest: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        resident()
        stay(guest)
        guest.get("/home/profile/password")
        guest.fill_and_submit(current_password=PASSWORD, password=NEW_PASSWORD)
        assert is_in(guest)
        clock.shift(dt.timedelta(minutes=31))
        assert not is_in(guest)


@MONTH
def test_the_token_of_before_is_worth_nothing_after_a_minute(app: Flask, guest: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        resident()
        stay(guest)
        clock.shift(dt.timedelta(days=1))
        copy = double(guest, app)
        assert is_in(guest) and is_in(copy), "two pages that open at the same time"
        clock.shift(61)
        assert is_in(guest) and not is_in(copy)


@MONTH
def test_of_pages_that_open_together_one_replaces_the_token(app: Flask, guest: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        user = resident()
        stay(guest)
        clock.shift(dt.timedelta(days=1))
        tabs = [double(guest, app) for _ in range(4)]
        together([lambda tab=tab: is_in(tab) for tab in tabs])  # type: ignore[misc]
        assert all(tab.path == "/home" for tab in tabs)
        assert len(WebSession.live_of(user.id)) == 1


@MONTH
def test_another_resident_of_the_same_browser_does_not_inherit_it(guest: Visitor) -> None:
    resident()
    other = resident("+79037654321")
    stay(guest)
    guest.post("/logout", {"csrf_token": guest.csrf_token})
    sign_in(guest, other.phone)
    assert [row.kept_until for row in WebSession.live_of(other.id)] == [None]
    assert WebSession.live_of(User.by_phone(PHONE).id) == []  # type: ignore[union-attr]


@MONTH
def test_who_copied_the_cookie_and_used_it_first_is_out_when_its_owner_signs_in(
    app: Flask, guest: Visitor
) -> None:
    """The owner is out without having gone out, and signs in again; another browser of theirs stays in."""
    with time_machine.travel(START, tick=False) as clock:
        resident()
        other = Visitor(app)
        stay(other)
        clock.shift(61)
        stay(guest)
        clock.shift(dt.timedelta(hours=13))
        thief = double(guest, app)
        assert is_in(thief)
        clock.shift(61)
        assert not is_in(guest)
        sign_in(guest)
        assert not is_in(thief) and is_in(guest) and is_in(other)


@MONTH
def test_a_resident_without_a_cookie_for_the_browser_ends_nobodys_weeks(app: Flask, guest: Visitor) -> None:
    resident()
    stay(guest)
    sign_in(Visitor(app))
    assert is_in(guest)
