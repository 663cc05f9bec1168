"""The session where no cookie works: by a header, and handed over to a tab."""

from datetime import timedelta

import time_machine
from flask import Flask

from cabinet.models import WebSession, base
from cabinet.models.session import HAND_OVER
from cabinet.web.tokens import digest
from tests.cast import PASSWORD, resident
from tests.journeys import to_account, to_home
from tests.receipts import paper
from tests.receipts.sending import FILLED, filled, send
from tests.threads import together
from tests.visitor import Visitor
from tests.web.session_visitors import Frame, take_over


def test_without_cookies_the_header_carries_the_session(app: Flask, receipt: dict[str, str]) -> None:
    frame = Frame(app)
    first = frame.token
    to_home(frame, receipt)
    assert frame.token != first
    for address in ("/", "/home", "/resume"):
        frame.get(address)
        assert "Анна" in frame.text, address


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


def test_a_photo_is_read_without_cookies(app: Flask, receipt: dict[str, str]) -> None:
    frame = Frame(app)
    to_account(frame)
    send(frame, paper.photo())
    assert frame.status == 200 and filled(frame) == FILLED
