"""Lock-outs of a phone: their arithmetic, exact under parallel guesses."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from peewee import Database

from cabinet.models import Attempt, base, login
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from cabinet.models.login import LoginAttempt
from config import Settings
from tests.cast import OTHER_PHONE, PHONE
from tests.models.guessing import IP, guess, lock, wait
from tests.threads import together
from tests.waiting import let_pass


def test_five_failures_lock_for_a_minute(database: Database) -> None:
    moment = base.now()
    opened = lock(moment)
    assert opened - moment == timedelta(minutes=1)
    with time_machine.travel(opened - timedelta(seconds=1), tick=False):
        assert wait() == 1
    with time_machine.travel(opened, tick=False):
        assert guess(right=True)


def test_locks_grow_to_a_quarter_of_an_hour(database: Database) -> None:
    moment = base.now()
    for minutes in (1, 2, 4, 8, 15, 15, 15):
        opened = lock(moment)
        assert opened - moment == timedelta(minutes=minutes)
        moment = opened


def test_they_begin_anew_after_twelve_hours_without(database: Database) -> None:
    moment = base.now()
    for _ in range(3):
        moment = lock(moment)
    nearly = moment + timedelta(hours=11, minutes=50)
    assert lock(nearly) - nearly == timedelta(minutes=8), "the series goes on"
    later = nearly + timedelta(hours=12, seconds=1)
    assert lock(later) - later == timedelta(minutes=1)


def test_failures_count_for_a_quarter_of_an_hour(database: Database) -> None:
    moment = base.now()
    for minutes in (0, 4, 8, 12):
        with time_machine.travel(moment + timedelta(minutes=minutes), tick=False):
            assert wait() == 0
    with time_machine.travel(moment + timedelta(minutes=15, seconds=1), tick=False):
        assert [wait(), wait(), wait()] == [0, 0, 60], "the first is forgotten, the fifth locks"


def test_a_success_is_no_failure_and_forgives_none(database: Database) -> None:
    for _ in range(4):
        assert not guess()
    for _ in range(3):
        assert guess(right=True)
    assert not guess()
    with pytest.raises(TooManyError):
        guess(right=True)


@pytest.mark.settings(login_ip_minute=1000, login_ip_hour=1000)
def test_of_parallel_guesses_five_are_compared(database: Database) -> None:
    compared = [0]

    def wrong() -> bool:
        compared[0] += 1
        return False

    def one(number: int) -> bool | None:
        with suppress(TooManyError):
            return LoginAttempt.begin(PHONE, IP, None).verify(wrong)
        return None

    results = together([partial(one, number) for number in range(16)])
    assert compared == [5]
    assert [result for result in results if result is not None] == [False] * 5
    assert Attempt.select().where(Attempt.kind == "lockout").count() == 1
    assert 0 < wait() <= 60


@pytest.mark.settings(login_ip_minute=1000, login_ip_hour=1000)
def test_parallel_guesses_among_successes_elsewhere(database: Database) -> None:
    compared = [0]

    def wrong() -> bool:
        compared[0] += 1
        return False

    def one(number: int) -> bool | None:
        if number % 2:
            return guess(right=True, trusted=f"own {number}")
        with suppress(TooManyError):
            return LoginAttempt.begin(PHONE, IP, None).verify(wrong)
        return None

    results = together([partial(one, number) for number in range(20)])
    assert compared == [5] and wait() > 0
    assert all(r is True for r in results[1::2])


def test_a_resident_pressing_many_times_is_let_in(database: Database) -> None:
    for _ in range(12):
        assert guess(right=True)
    assert not Attempt.select().exists()


def test_own_browsers_are_apart_from_strangers_and_each_other(database: Database) -> None:
    moment = base.now()
    lock(moment)
    with time_machine.travel(moment, tick=False):
        assert guess(right=True, trusted="one") and guess(right=True, trusted="two")
    lock(moment, trusted="one")
    with time_machine.travel(moment, tick=False):
        assert wait(trusted="one") == 60 and guess(right=True, trusted="two")
        assert guess(right=True, phone=OTHER_PHONE)
    tokens = {a.subject for a in Attempt.select()}
    assert not [subject for subject in tokens if subject.endswith("+one")], "tokens are not stored"


def test_a_comparison_that_failed_is_no_guess(database: Database) -> None:
    def broken() -> bool:
        raise RuntimeError

    for _ in range(12):
        with pytest.raises(RuntimeError):
            LoginAttempt.begin(PHONE, IP, None).verify(broken)
    assert not Attempt.select().exists()


@pytest.mark.parametrize("outcome", [lambda: False, lambda: True])
def test_the_count_is_committed_before_the_comparison(
    database: Database, outcome: Callable[[], bool]
) -> None:
    seen: list[int] = []

    def compare() -> bool:
        assert not db.in_transaction()
        seen.extend(together([lambda: Attempt.count("login", PHONE, 900)]))
        return outcome()

    LoginAttempt.begin(PHONE, IP, None).verify(compare)
    assert seen == [1], "another connection sees it"


def test_the_last_guesses_under_way_tell_the_lock_that_follows(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "PAUSES", (0.01,))
    moment = lock(base.now())
    with time_machine.travel(moment, tick=False):
        for _ in range(5):
            LoginAttempt.begin(PHONE, IP, None)
        with pytest.raises(login._UnderWayError):
            LoginAttempt.begin(PHONE, "198.51.100.9", None)  # from elsewhere, too
        assert wait() == 120


def test_after_exactly_twelve_hours_the_series_goes_on(database: Database) -> None:
    moment = base.now()
    lock(moment)
    later = moment + timedelta(hours=12)
    assert lock(later) - later == timedelta(minutes=2)


def test_guesses_under_way_after_many_locks_wait_a_quarter_of_an_hour(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "PAUSES", (0.01,))
    moment = base.now()
    for _ in range(7):
        moment = lock(moment)
    with time_machine.travel(moment, tick=False):
        for _ in range(5):
            LoginAttempt.begin(PHONE, IP, None)
        assert wait() == 900


def test_right_ones_in_parallel_all_get_in(database: Database, settings: Settings) -> None:
    at_once, most = [0], [0]

    def right() -> bool:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        let_pass(0.05)
        at_once[0] -= 1
        return True

    number = settings.login_ip_minute + 5
    assert together([lambda: LoginAttempt.begin(PHONE, IP, None).verify(right)] * number) == [True] * number
    assert most[0] <= settings.login_failures and not Attempt.select().exists()


def test_right_ones_of_a_network_in_parallel_all_get_in(database: Database, settings: Settings) -> None:
    def right() -> bool:
        let_pass(0.05)
        return True

    def one(number: int) -> bool:
        return LoginAttempt.begin(f"+7916000{number:04}", IP, None).verify(right)

    number = settings.login_ip_minute + 5
    assert together([partial(one, n) for n in range(number)]) == [True] * number


def test_few_wait_for_those_under_way(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "_waiting", threading.BoundedSemaphore(1))
    monkeypatch.setattr(login, "PAUSES", (0.01,))
    for _ in range(5):
        LoginAttempt.begin(PHONE, IP, None)
    assert login._waiting.acquire(blocking=False)
    with pytest.raises(TooManyError):
        LoginAttempt.begin(PHONE, IP, None)
