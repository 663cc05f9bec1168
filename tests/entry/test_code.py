"""The code from the SMS: right once, for this browser only, for ten minutes."""

import re

import pytest
import time_machine
from flask import Flask

from cabinet.models import Attempt, Message, OneTimeCode, Registration
from cabinet.models.database import db
from tests.cast import PHONE, TYPED
from tests.entry.codes import START
from tests.journeys import to_code
from tests.markup import one
from tests.placing import at_account
from tests.threads import together
from tests.visitor import Visitor, double, inbox, last_code, tab


def test_the_sms_is_one_segment_that_browsers_can_read(visitor: Visitor) -> None:
    to_code(visitor)
    (text,) = inbox()
    assert len(text.encode("utf-16-le")) // 2 <= 70, text
    assert text.splitlines()[-1] == f"@localhost #{last_code(PHONE)}", "bound to the site"
    assert len(re.findall("[0-9]{6}", text)) == 2 and "http" not in text
    field = one(visitor.form(None, "code"), "[name=code]")
    assert field["autocomplete"] == "one-time-code" and field["inputmode"] == "numeric"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "spell", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", "{0[0]}{0[1]}{0[2]}-{0[3]}{0[4]}{0[5]}"]
)
def test_the_right_code_leads_on(visitor: Visitor, spell: str) -> None:
    to_code(visitor)
    visitor.fill_and_submit(code=spell.format(last_code(PHONE)))
    assert visitor.path == "/register/account"
    assert Registration.get().phone_verified_at


def test_a_code_works_once(visitor: Visitor, app: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        before = double(visitor, app)
        visitor.fill_and_submit(code=last_code(PHONE))
        clock.shift(61)
        before.post("/code", {"code": last_code(PHONE), "csrf_token": before.value("csrf_token")})
        assert before.path != "/register/account"
        visitor.get("/register/account")
        assert visitor.path == "/register/account"


def test_the_code_pressed_again_later_leads_to_the_step_in_turn(visitor: Visitor, app: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        old_page = tab(visitor, app)
        old_page.get("/code")
        visitor.fill_and_submit(code=last_code(PHONE))
        clock.shift(120)
        old_page.fill_and_submit(code=last_code(PHONE))
        assert old_page.path == "/register/account"


@pytest.mark.parametrize(("seconds", "works"), [(599, True), (601, False)])
def test_a_code_lives_ten_minutes(visitor: Visitor, seconds: int, works: bool) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        clock.shift(seconds)
        visitor.fill_and_submit(code=last_code(PHONE))
        assert (visitor.path == "/register/account") is works
        if not works:
            assert "больше не действует" in visitor.error("code")


def test_another_browser_cannot_use_the_code(visitor: Visitor, app: Flask) -> None:
    to_code(visitor)
    stranger = Visitor(app, htmx=visitor.htmx, ip="192.0.2.99")
    stranger.get("/")
    stranger.post("/code", {"code": last_code(PHONE), "csrf_token": stranger.value("csrf_token")})
    assert stranger.path == "/" and OneTimeCode.get().tries == 0
    with db.atomic():
        Attempt.delete().execute()
    to_code(stranger)
    old = OneTimeCode.select().order_by(OneTimeCode.created_at).first()
    if old.digits != last_code(PHONE):
        stranger.fill_and_submit(code=old.digits)
        assert stranger.path == "/code" and stranger.error("code")


def test_a_double_click_on_the_right_code_leads_on_both_times(visitor: Visitor, app: Flask) -> None:
    to_code(visitor)
    second = double(visitor, app)
    code = last_code(PHONE)
    together([lambda: visitor.fill_and_submit(code=code), lambda: second.fill_and_submit(code=code)])
    for either in (visitor, second):
        assert either.path == "/register/account"
        either.reload()
        assert either.path == "/register/account", "both answers hold a session that works"


def test_back_and_reload_at_the_code(visitor: Visitor) -> None:
    to_code(visitor)
    visitor.reload()
    assert visitor.path == "/code"
    visitor.fill_and_submit(code=last_code(PHONE))
    visitor.get("/code")
    assert visitor.path == "/register/account", "a verified phone is not asked for again"


def test_a_fragment_of_a_used_code_leads_on_too(app: Flask) -> None:
    visitor = Visitor(app, htmx=True)
    at_account(visitor)
    for address in ("/code", "/resume", "/register/"):
        answer = visitor.client.get(address, headers={"HX-Request": "true"})
        assert answer.status_code == 200 and "Найдём ваш адрес" in answer.get_data(as_text=True), address


def test_the_page_says_what_became_of_the_sms(visitor: Visitor) -> None:
    to_code(visitor)
    for status, words in (
        ("", ""),
        ("sent", ""),
        ("delivered", "СМС доставлено"),
        ("undelivered", "не доставлено"),
    ):
        with db.atomic():
            Message.update(status=status).execute()
        visitor.get("/code")
        assert words in visitor.text
        fragment = visitor.client.get("/code/delivery", headers={"HX-Request": "true"})
        assert fragment.status_code == 200 and words in fragment.get_data(as_text=True).replace("\xa0", " ")


def test_a_code_out_of_turn_leads_to_the_first_screen(visitor: Visitor) -> None:
    visitor.get("/code")
    assert visitor.path == "/"
    for address in ("/code", "/code/resend"):
        visitor.post(address, {"code": "123456", "csrf_token": visitor.value("csrf_token")})
        assert visitor.path == "/" and visitor.form(None, "phone")
    assert visitor.value("phone") == ""
    to_code(visitor, TYPED)
