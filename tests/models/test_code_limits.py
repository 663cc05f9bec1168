"""What each limit of codes stops, and whom it spares: at the models, without a page."""

import pytest
from peewee import Database

from cabinet.models import Attempt, Spending, code_streak
from cabinet.models.base import now
from cabinet.models.code_limits import count_code, may_count_sms
from cabinet.models.code_streak import StoppedError
from cabinet.models.database import db
from cabinet.models.spending import SpentError
from tests.cast import OTHER_PHONE, PHONE
from tests.models.codes import AT_ONCE, IP


@pytest.mark.settings(code_resend_waits=(), sms_day_segments=10)
def test_a_budget_that_is_used_up_stops_what_costs_and_nothing_else(database: Database) -> None:
    with db.atomic():
        Spending.add(now(), "twilio", 9, 0)
        count_code("sms", PHONE, IP, known=True, device=True)
        Spending.add(now(), "twilio", 1, 0)
        for way in ("sms", "call"):
            with pytest.raises(SpentError):
                count_code(way, PHONE, IP, known=True, device=True)
        for way in ("max", "mail"):
            count_code(way, PHONE, IP, known=True, device=True)


@AT_ONCE
def test_wrong_codes_in_a_row_stop_strangers_and_not_the_residents_own_browser(database: Database) -> None:
    with db.atomic():
        Attempt.add(*[(code_streak.STREAK, PHONE)] * (code_streak.MOST - 1))
        count_code("sms", PHONE, IP, known=True, device=False)
        Attempt.add((code_streak.STREAK, PHONE))
        with pytest.raises(StoppedError):
            count_code("sms", PHONE, IP, known=True, device=False)
        count_code("sms", PHONE, IP, known=True, device=True)
        count_code("sms", OTHER_PHONE, IP, known=True, device=False)


@pytest.mark.settings(code_resend_waits=(), sms_per_phone_day=3, sms_per_phone_day_reserved=2)
def test_codes_by_max_become_sms_for_as_long_as_the_residents_own_browser_may_have_some(
    database: Database,
) -> None:
    with db.atomic():
        for _ in range(3 + 2 * 2):
            assert may_count_sms(PHONE)
            count_code("sms", PHONE, IP, known=True, device=True)
        assert not may_count_sms(PHONE) and may_count_sms(OTHER_PHONE)
