"""Wrong codes: five tries, counted exactly, and not forgotten for another SMS."""

import re
from functools import partial

import pytest
import time_machine
from flask import Flask

from cabinet.models import Attempt, OneTimeCode, Registration
from tests.cast import PHONE
from tests.entry.codes import START, wrong_code
from tests.journeys import to_code
from tests.threads import together
from tests.visitor import Visitor, double, last_code


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
        visitor.fill_and_submit(code=wrong_code(by))
        assert visitor.path == "/code"
        left += re.findall(r"(\d) попыт", visitor.error("code"))
    assert left == ["4", "3", "2", "1"]
    assert "попытки закончились" in visitor.error("code")
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.status == 429 and "попытки закончились" in visitor.error("code")
    visitor.get("/register/account")
    assert visitor.path == "/code" and Registration.get().phone_verified_at is None


def test_a_new_code_does_not_forget_the_wrong_ones(visitor: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        visitor.fill_and_submit(code=wrong_code())
        clock.shift(61)
        visitor.fill_and_submit("form[action='/code/resend']")
        visitor.fill_and_submit(code=last_code(PHONE))
        assert Attempt.count("wrong-code", PHONE, 86400) == 1


@pytest.mark.settings(code_wrong_per_phone_day=3, code_resend_waits=())
def test_wrong_codes_per_phone_are_limited_whatever_is_resent(visitor: Visitor) -> None:
    to_code(visitor)
    for by in range(1, 4):
        visitor.fill_and_submit(code=wrong_code(by))
        visitor.fill_and_submit("form[action='/code/resend']")
    visitor.fill_and_submit(code=wrong_code())
    assert "Осталась 1 попытка" in visitor.error("code"), "two are left to every code"
    visitor.fill_and_submit(code=wrong_code(2))
    assert "попытки закончились" in visitor.error("code")
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.status == 429 and visitor.path == "/code"


def test_parallel_guesses_are_counted_exactly(app: Flask) -> None:
    visitor = Visitor(app, htmx=True)
    to_code(visitor)
    token = visitor.value("csrf_token")
    guessers = [double(visitor, app) for _ in range(12)]

    def guess(who: Visitor, code: str) -> int:
        who.post("/code", {"code": code, "csrf_token": token})
        return who.status

    wrong = [wrong_code(by) for by in range(1, 13)]
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
