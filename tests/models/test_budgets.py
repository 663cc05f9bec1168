"""Budgets: what is used up of each, what exceeds it, and when the next one begins."""

from datetime import datetime

import pytest
import time_machine
from peewee import Database

from cabinet.models import Attempt, Spending
from cabinet.models.database import db
from cabinet.models.spending import Budget, SpentError, budgets, check, reserve
from tests.models.clock import DAY, HOUR, after, moment

EVERY = {
    "sms_day_segments": 10,
    "sms_day_roubles": 2,
    "sms_month_segments": 15,
    "sms_month_roubles": 3,
}
FOUR = [
    Budget("day", "segments", 10),
    Budget("day", "kopecks", 200),
    Budget("month", "segments", 15),
    Budget("month", "kopecks", 300),
]
WAITS = {"day": 12 * HOUR + 1, "month": 12 * HOUR + 16 * DAY + 1}  # to midnight in Moscow


def add(seconds: float, segments: int, price: int) -> None:
    """So much was spent then."""
    with db.atomic():
        Spending.add(moment(seconds), "twilio", segments, price)


@pytest.mark.settings(**EVERY)
def test_every_budget_counts_what_is_its_own(database: Database) -> None:
    assert budgets() == FOUR
    add(-DAY, 5, 70)
    add(0, 2, 30)
    with after():
        assert [one.spent for one in budgets()] == [2, 30, 7, 100]
        assert Attempt.ask(*(one.question() for one in budgets())) == [2, 30, 7, 100]
    with after(30 * DAY):
        assert Attempt.ask(*(one.question() for one in budgets())) == [0, 0, 0, 0]
    assert [one.limit(known=True) for one in budgets()] == [10, 200, 15, 300]
    assert [one.limit(known=False) for one in budgets()] == [9, 180, 13, 270]


def test_without_budgets_there_is_none(database: Database) -> None:
    assert budgets() == []
    check(False, [])
    reserve(10_000, 10_000)


@pytest.mark.settings(**EVERY)
@pytest.mark.parametrize(
    ("segments", "price", "period"),
    [(8, 0, None), (9, 0, "day"), (0, 170, None), (0, 171, "day"), (14, 0, "month"), (0, 271, "month")],
)
def test_no_try_exceeds_a_budget(database: Database, segments: int, price: int, period: str | None) -> None:
    add(0 if period != "month" else -DAY, segments, price)
    with after():
        if period is None:
            with db.atomic():
                reserve(2, 30)
            return
        with pytest.raises(SpentError) as error, db.atomic():
            reserve(2, 30)
    assert (error.value.wait, error.value.limit) == (WAITS[period], "sms-budget")


@pytest.mark.settings(**EVERY)
@pytest.mark.parametrize(
    ("known", "spent", "period"),
    [
        (False, [8, 179, 12, 269], None),
        (False, [9, 0, 0, 0], "day"),
        (False, [9, 0, 0, 270], "month"),
        (True, [9, 180, 14, 299], None),
        (True, [0, 200, 0, 0], "day"),
        (True, ["10", 200, 15, 300], "month"),
    ],
)
def test_no_code_is_sent_beyond_a_budget(
    database: Database, known: bool, spent: list[object], period: str | None
) -> None:
    with after():
        if period is None:
            check(known, spent)
            return
        with pytest.raises(SpentError) as error:
            check(known, spent)
    assert (error.value.wait, error.value.limit) == (WAITS[period], "sms-budget")


@pytest.mark.settings(sms_day_segments=1)
def test_of_a_budget_of_one_anybody_may_have_the_first(database: Database) -> None:
    check(False, [0])
    with pytest.raises(SpentError):
        check(False, [1])
    with pytest.raises(ValueError):
        check(False, [])


@pytest.mark.parametrize(
    ("at", "wait"),
    [
        (datetime(2026, 10, 31, 20, 59, 58), 3),
        (datetime(2026, 10, 31, 20, 59, 59, 999_999), 1),
        (datetime(2026, 10, 31, 21), 30 * DAY + 1),
        (datetime(2026, 12, 31, 20), HOUR + 1),
        (datetime(2028, 1, 31, 21), 29 * DAY + 1),
        (datetime(2027, 2, 27, 21), DAY + 1),
    ],
)
def test_a_month_ends_at_midnight_in_moscow(at: datetime, wait: int) -> None:
    with time_machine.travel(at, tick=False):
        assert Budget("month", "segments", 1).wait() == wait
        assert Budget("day", "segments", 1).wait() == min(wait, DAY + 1)
