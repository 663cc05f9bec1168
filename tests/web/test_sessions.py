"""The session: a row behind a token that the browser holds, in a cookie or a header."""

import dataclasses
import datetime as dt
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from cabinet import create_app
from cabinet.models import WebSession, base
from cabinet.models.database import db
from cabinet.models.session import HAND_OVER
from cabinet.web.sessions import digest
from config import Settings
from tests.cast import PASSWORD, PERSON, TYPED, resident
from tests.databases import disconnect
from tests.journeys import to_account, to_code, to_home, to_profile, to_registration_password
from tests.threads import together
from tests.visitor import Visitor, double, last_code, token_of

START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
OVER = "слишком много времени"


def _log_in(visitor: Visitor) -> None:
    visitor.get("/")
    visitor.fill_and_submit(phone=TYPED)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home"


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
    _log_in(visitor)
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
    _log_in(visitor)
    copy = double(visitor, app)
    copy.get("/home")
    assert copy.path == "/home"
    visitor.fill_and_submit("form[action='/logout']")
    copy.get("/home")
    assert copy.path == "/" and "Иванова" not in copy.text


@pytest.mark.settings(session_idle=1800)
def test_half_an_hour_of_nothing_ends_the_session(visitor: Visitor, receipt: dict[str, str]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_profile(visitor, receipt)
        for _ in range(3):
            clock.shift(1700)
            visitor.reload()
            assert visitor.path == "/register/profile"
        clock.shift(1801)
        visitor.reload()
        assert visitor.path == "/" and OVER in visitor.text
        visitor.reload()
        assert OVER not in visitor.text, "said once"


def test_a_form_sent_too_late_leads_to_the_first_screen_and_that_one_works(
    visitor: Visitor, receipt: dict[str, str]
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_profile(visitor, receipt)
        clock.shift(1801)
        visitor.fill_and_submit(**PERSON)
        assert visitor.path == "/" and OVER in visitor.text and visitor.status == 200
        to_account(visitor, "+79160000001")


@pytest.mark.settings(registration_lifetime=10**6)
def test_half_a_day_ends_the_session_in_any_case(visitor: Visitor, app: Flask) -> None:
    resident()
    with time_machine.travel(START, tick=False) as clock:
        _log_in(visitor)
        for _ in range(24):
            clock.shift(1790)
            visitor.get("/home")
            assert visitor.path == "/home"
        clock.shift(600)
        visitor.get("/home")
        assert visitor.path == "/" and "Войдите ещё раз" in visitor.text
        _log_in(visitor)


def test_a_registration_that_took_too_long_begins_anew(visitor: Visitor, receipt: dict[str, str]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_registration_password(visitor, receipt)
        for _ in range(4):
            clock.shift(1799)
            visitor.reload()
        clock.shift(60)
        visitor.fill_and_submit(password=PASSWORD)
        assert visitor.path == "/" and OVER in visitor.text
        visitor.get("/code")
        assert visitor.path in ("/", "/code")
        visitor.get("/register/account")
        assert visitor.path in ("/", "/code")
        to_account(visitor)


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


def _attributes(app: Flask, **options: Any) -> set[str]:
    answer = app.test_client().get("/", **options)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert re.fullmatch(r"(__Host-)?cabinet=[\w-]{43}\.[0-9a-f]{24}", cookie.split("; ")[0])
    assert len(cookie) < 4096
    return {cookie.split("=")[0], *cookie.split("; ")[1:]}


def test_the_cookie_on_the_companys_own_site(app: Flask) -> None:
    assert _attributes(app) == {"cabinet", "HttpOnly", "Path=/", "SameSite=Lax"}


@pytest.mark.settings(public_url="https://lk.example.ru")
def test_the_cookie_over_https(app: Flask) -> None:
    assert _attributes(app) == {"__Host-cabinet", "Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


@pytest.mark.settings(public_url="https://lk.example.ru", cookie_mode="cross-site")
def test_the_cookie_on_another_site(app: Flask) -> None:
    assert _attributes(app) == {
        "__Host-cabinet",
        "Secure",
        "HttpOnly",
        "Path=/",
        "SameSite=None",
        "Partitioned",
    }


def test_pages_differ_by_cookie_and_header(client: Any) -> None:
    vary = client.get("/").headers["Vary"]
    assert "Cookie" in vary and "X-Cabinet-Session" in vary and "HX-Request" in vary


class Frame(Visitor):
    """A visitor whose browser gives the frame no cookie: the script keeps the token."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, htmx=True, cookies=False)
        self.token = self.client.get("/session").get_json()["token"]

    def _send(self, method: str, url: str, **kwargs: Any) -> Any:
        kwargs["headers"] = {**kwargs.get("headers", {}), "X-Cabinet-Session": self.token}
        answer = super()._send(method, url, **kwargs)
        self.token = answer.headers.get("X-Cabinet-Session", self.token)
        return answer

    def hand_over(self) -> str:
        """The code for a new tab."""
        answer = self.client.post("/session/hand-over", headers={"X-Cabinet-Session": self.token})
        return str(answer.get_json()["code"])


def test_without_cookies_the_header_carries_the_session(app: Flask, receipt: dict[str, str]) -> None:
    frame = Frame(app)
    first = frame.token
    to_home(frame, receipt)
    assert frame.token != first
    for address in ("/", "/home", "/resume"):
        frame.get(address)
        assert "Анна" in frame.text, address


def take_over(tab: Visitor, code: str) -> None:
    """A new tab, just opened by the frame, takes its session over."""
    tab.get("/")
    tab.post("/session/take-over", {"csrf_token": tab.value("csrf_token"), "code": code})
    assert tab.status == 204


def test_a_new_tab_goes_on_where_the_frame_was(app: Flask, receipt: dict[str, str]) -> None:
    frame, tab = Frame(app), Visitor(app)
    to_account(frame)
    take_over(tab, frame.hand_over())
    tab.get("/resume")
    assert tab.path == "/register/account"
    tab.fill_and_submit(**receipt)
    assert tab.path == "/register/address"
    frame.get("/register/account")
    assert frame.path == "/", "the frame begins anew"


def test_a_tab_without_cookies_goes_on_as_well(app: Flask, receipt: dict[str, str]) -> None:
    frame, tab = Frame(app), Frame(app)
    to_home(frame, receipt)
    before = tab.token
    take_over(tab, frame.hand_over())
    assert tab.token != before, "it is told of the token that has the rights"
    tab.get("/home")
    assert "Анна" in tab.text and WebSession.find(digest(frame.token)) is None


def test_the_code_of_a_hand_over_works_once_and_for_a_minute(app: Flask, receipt: dict[str, str]) -> None:
    frame = Frame(app)
    to_home(frame, receipt)
    code = frame.hand_over()
    flipped = code[:-1] + ("0" if code[-1] != "0" else "1")
    for wrong in ("", "x", code[:-1], flipped, "..", "\0", "я" * 100, code.replace(".", ".9", 1)):
        stranger = Visitor(app)
        take_over(stranger, wrong)
        stranger.get("/home")
        assert stranger.path == "/", wrong
    with time_machine.travel(base.now() + timedelta(seconds=HAND_OVER + 2)):
        late = Visitor(app)
        take_over(late, code)
        late.get("/home")
        assert late.path == "/"
    take_over(Visitor(app), code)
    second = Visitor(app)
    take_over(second, code)
    second.get("/home")
    assert second.path == "/"


def test_taken_over_at_once_it_goes_to_one(app: Flask, receipt: dict[str, str]) -> None:
    frame = Frame(app)
    to_home(frame, receipt)
    code = frame.hand_over()
    taken = together([lambda: WebSession.take_over(code)] * 8)
    assert sorted(data is not None for data in taken) == [False] * 7 + [True]


def test_whoever_is_signed_in_becomes_nobody_else(app: Flask, receipt: dict[str, str]) -> None:
    resident("+79160000001")
    other = Visitor(app)
    other.get("/")
    other.fill_and_submit(phone="+79160000001")
    other.fill_and_submit(password=PASSWORD)
    token = other.csrf_token
    frame = Frame(app)
    to_home(frame, receipt)
    other.post("/session/take-over", {"csrf_token": token, "code": frame.hand_over()})
    other.get("/home/profile")
    assert "000-00-01" in other.text


def test_where_the_cookie_works_nothing_is_handed_over(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_account(visitor)
    visitor.post("/session/hand-over", {"csrf_token": visitor.value("csrf_token")})
    assert visitor.status == 204
    visitor.post("/session/hand-over", {})
    assert visitor.status == 400, "and nobody else may ask"


def test_without_any_token_the_page_says_why(app: Flask) -> None:
    frame = Visitor(app, cookies=False)
    frame.get("/")
    answer = frame.client.post(
        "/", data={"phone": TYPED, "consent": "y", "csrf_token": frame.value("csrf_token")}
    )
    assert answer.status_code == 400
    assert "Браузер не сохраняет cookie" in answer.get_data(as_text=True).replace("\xa0", " ")
    assert WebSession.select().count() == 0


def test_the_token_is_given_only_where_the_cookie_does_not_work(app: Flask, visitor: Visitor) -> None:
    visitor.get("/")
    assert visitor.client.get("/session").status_code == 204
    stranger = app.test_client(use_cookies=False).get("/session")
    assert stranger.get_json()["token"] and "Set-Cookie" not in stranger.headers
    assert stranger.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://www.stranger.example"}]
)
def test_a_foreign_form_does_not_replace_the_session(client: Any, headers: dict[str, str]) -> None:
    """It comes without the visitor's cookie (SameSite=Lax); a cookie in the answer would sign them out."""
    answer = client.post("/", data={"phone": "+79161234567"}, headers=headers)
    assert answer.status_code == 400 and "Set-Cookie" not in answer.headers
