"""One-time codes: limits are exact however many ask and guess at the same moment."""

from functools import partial

import pytest
from peewee import Database

from cabinet.models import Attempt, OneTimeCode
from cabinet.models.attempt import TooManyError
from tests.cast import PHONE
from tests.models.clock import DAY
from tests.threads import together


def sent(number: int) -> bool:
    """Whether somebody new, from a network of their own, gets an SMS."""
    try:
        OneTimeCode.send("registration", f"+7999000{number:04}", f"192.0.2.{number}", "ru")
    except TooManyError:
        return False
    return True


@pytest.mark.settings(sms_global_hour=3)
def test_so_many_sms_go_to_newcomers_and_no_more(database: Database) -> None:
    assert together([partial(sent, number) for number in range(10)]).count(True) == 3
    assert OneTimeCode.select().count() == 3 == Attempt.count("sms-all", "", DAY)


@pytest.mark.settings(code_resend_waits=(), sms_per_phone_day=9, code_wrong_per_phone_day=3)
def test_so_many_wrong_codes_count_for_a_phone_and_no_more(database: Database) -> None:
    codes = [OneTimeCode.send("registration", PHONE, "192.0.2.1", "ru") for _ in range(8)]
    together([partial(code.verify, "x") for code in codes])
    assert Attempt.count("wrong-code", PHONE, DAY) == 3
