"""The right code pressed twenty times is right, one press after the other and all at once."""

from collections.abc import Callable
from functools import partial

import pytest
import time_machine
from flask import Flask
from peewee import Database

from cabinet.models import OneTimeCode
from cabinet.models.code import Verdict
from tests.cast import PHONE, resident
from tests.entry.codes import START
from tests.journeys import FORGOT, to_code, to_login_password
from tests.threads import together
from tests.visitor import Visitor, double, last_code

TIMES = 20


def to_registration(visitor: Visitor) -> str:
    """At the code of a registration; where it leads."""
    to_code(visitor)
    return "/register/account"


def to_recovery(visitor: Visitor) -> str:
    """At the code of a new password; where it leads."""
    resident()
    to_login_password(visitor)
    visitor.fill_and_submit(FORGOT)
    return "/login/new-password"


Begin = Callable[[Visitor], str]
journeys = pytest.mark.parametrize("begin", [to_registration, to_recovery])


@journeys
def test_one_after_the_other(visitor: Visitor, app: Flask, begin: Begin) -> None:
    led_to = begin(visitor)
    presses = [double(visitor, app) for _ in range(TIMES)]
    code = last_code(PHONE)
    for press in presses:
        press.fill_and_submit(code=code)
    assert {press.path for press in presses} == {led_to}
    assert OneTimeCode.get().used_at


@journeys
def test_all_at_once(visitor: Visitor, app: Flask, begin: Begin) -> None:
    led_to = begin(visitor)
    presses = [double(visitor, app) for _ in range(TIMES)]
    code = last_code(PHONE)
    together([partial(press.fill_and_submit, code=code) for press in presses])
    assert {press.path for press in presses} == {led_to}


def test_guesses_at_a_used_code_have_an_end_too(database: Database) -> None:
    code = OneTimeCode.send("recovery", PHONE, "192.0.2.1", "ru")
    wrong = f"{(int(code.digits) + 1) % 10**6:06}"
    assert code.verify(code.digits) is Verdict.RIGHT
    verdicts = [code.verify(wrong) for _ in range(30)]
    assert verdicts.count(Verdict.WRONG) == 24 and verdicts[-1] is Verdict.TOO_MANY
    assert code.verify(code.digits) is Verdict.TOO_MANY


def test_what_was_used_long_ago_is_guessed_at_no_more_often_than_ever(database: Database) -> None:
    with time_machine.travel(START, tick=False) as clock:
        code = OneTimeCode.send("recovery", PHONE, "192.0.2.1", "ru")
        assert code.verify(code.digits) is Verdict.RIGHT
        clock.shift(61)
        verdicts = [code.verify(code.digits) for _ in range(10)]
    assert verdicts.count(Verdict.USED) == 4 and verdicts[-1] is Verdict.TOO_MANY
