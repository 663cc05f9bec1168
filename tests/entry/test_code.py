"""The code from the SMS: right once, for this browser only, for ten minutes and five tries."""

import datetime as dt
import re
from functools import partial

import pytest
import time_machine
from flask import Flask

from cabinet.models import Attempt, Message, OneTimeCode, Registration
from cabinet.models.database import db
from tests.cast import PHONE, TYPED
from tests.journeys import to_code
from tests.markup import one
from tests.placing import at_account
from tests.threads import together
from tests.visitor import Visitor, double, inbox, last_code, tab

START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def _wrong(by: int = 1) -> str:
    return f"{(int(last_code(PHONE)) + by) % 1_000_000:06d}"


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


def test_what_is_no_code_costs_no_try(visitor: Visitor) -> None:
    to_code(visitor)
    for typed, sentence in (
        ("", "Введите код из СМС"),
        ("12345", "6 цифр"),
        ("1234567", "6 цифр"),
        ("абв", "6 цифр"),
    ):
        visitor.fill_and_submit(code=typed)
        assert visitor.path == "/code" and sentence in visitor.error("code"), typed
        assert visitor.value("code") == typed, "what was typed stays"
    assert OneTimeCode.get().tries == 0


def test_five_wrong_codes_and_even_the_right_one_is_refused(visitor: Visitor) -> None:
    to_code(visitor)
    left = []
    for by in range(1, 6):
        visitor.fill_and_submit(code=_wrong(by))
        assert visitor.path == "/code"
        left += re.findall(r"(\d) попыт", visitor.error("code"))
    assert left == ["4", "3", "2", "1"]
    assert "попытки кончились" in visitor.error("code")
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.status == 429 and "попытки кончились" in visitor.error("code")
    visitor.get("/register/account")
    assert visitor.path == "/code" and Registration.get().phone_verified_at is None


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


def test_a_new_code_voids_the_old_one(visitor: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        old = last_code(PHONE)
        clock.shift(61)
        visitor.fill_and_submit("form[action='/code/resend']")
        assert visitor.path == "/code" and "Отправили новый код" in visitor.text
        new = last_code(PHONE)
        assert len(inbox()) == 2
        if old != new:
            visitor.fill_and_submit(code=old)
            assert visitor.path == "/code" and visitor.error("code")
        visitor.fill_and_submit(code=new)
        assert visitor.path == "/register/account"


def test_the_wait_for_another_code_grows(visitor: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        for wait in (60, 180, 300, 600):
            visitor.get("/code")
            assert visitor.page.find(True, attrs={"data-countdown": str(wait)}), "the page counts down"
            clock.shift(wait - 1)
            visitor.fill_and_submit("form[action='/code/resend']")
            assert visitor.status == 429 and visitor.response.headers["Retry-After"] == "1"
            assert "слишком часто" in visitor.text
            clock.shift(1)
            visitor.get("/code")
            visitor.fill_and_submit("form[action='/code/resend']")
            assert visitor.status == 200 and "Отправили новый код" in visitor.text, wait
        assert len(inbox()) == 5
        clock.shift(601)
        visitor.get("/code")
        visitor.fill_and_submit("form[action='/code/resend']")
        assert visitor.status == 429, "five a day"


def test_a_new_code_does_not_forget_the_wrong_ones(visitor: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        visitor.fill_and_submit(code=_wrong())
        clock.shift(61)
        visitor.fill_and_submit("form[action='/code/resend']")
        visitor.fill_and_submit(code=last_code(PHONE))
        assert Attempt.count("wrong-code", PHONE, 86400) == 1


@pytest.mark.settings(code_wrong_per_phone_day=3, code_resend_waits=())
def test_wrong_codes_per_phone_are_limited_whatever_is_resent(visitor: Visitor) -> None:
    to_code(visitor)
    for by in range(1, 4):
        visitor.fill_and_submit(code=_wrong(by))
        visitor.fill_and_submit("form[action='/code/resend']")
    visitor.fill_and_submit(code=_wrong())
    assert "Осталась 1 попытка" in visitor.error("code"), "two are left to every code"
    visitor.fill_and_submit(code=_wrong(2))
    assert "попытки кончились" in visitor.error("code")
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.status == 429 and visitor.path == "/code"


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


def test_parallel_guesses_are_counted_exactly(app: Flask) -> None:
    visitor = Visitor(app, htmx=True)
    to_code(visitor)
    token = visitor.value("csrf_token")
    guessers = [double(visitor, app) for _ in range(12)]

    def guess(who: Visitor, code: str) -> int:
        who.post("/code", {"code": code, "csrf_token": token})
        return who.status

    wrong = [_wrong(by) for by in range(1, 13)]
    answers = together([partial(guess, *one) for one in zip(guessers, wrong, strict=True)])
    assert sorted(answers) == [422] * 5 + [429] * 7
    assert OneTimeCode.get().tries == 5
    assert Attempt.count("wrong-code", PHONE, 86400) == 5
    assert guess(visitor, last_code(PHONE)) == 429


@pytest.mark.settings(code_wrong_per_phone_day=7, code_resend_waits=())
def test_parallel_guesses_at_several_codes_are_counted_exactly(app: Flask) -> None:
    """The phone's count of a day holds, and two guesses of each code besides."""
    browsers = [Visitor(app, htmx=True, ip=f"192.0.2.{number}") for number in range(4)]
    for browser in browsers:
        to_code(browser)
    guessers = [(double(b, app), b.value("csrf_token")) for b in browsers for _ in range(5)]
    right = {code.digits for code in OneTimeCode.select()}
    wrong = next(code for code in ("111111", "222222", "333333", "444444", "555555") if code not in right)

    def guess(who: Visitor, token: str) -> int:
        who.post("/code", {"code": wrong, "csrf_token": token})
        return who.status

    answers = together([partial(guess, *one) for one in guessers])
    tries = [code.tries for code in OneTimeCode.select()]
    assert answers.count(422) == sum(tries) <= 7 + 2 * 4
    assert min(tries) >= 2 and Attempt.count("wrong-code", PHONE, 86400) == 7


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
    assert visitor.path == "/register/account", "a proved phone is not asked for again"


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
