"""Counting: exact in any window, by any number of hands."""

from datetime import datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from peewee import Database

from cabinet.models import Attempt, base
from cabinet.models.attempt import EVERYBODY, TooManyError, counter_key, network
from cabinet.models.database import db
from tests.models.clock import DAY, HOUR, MINUTE, after, moment
from tests.properties import examples
from tests.threads import together

BOTH = pytest.mark.parametrize("subject", ["one", EVERYBODY])


@BOTH
def test_of_parallel_attempts_exactly_the_limit_is_taken(database: Database, subject: str) -> None:
    results = together([lambda: Attempt.take("test", subject, (5, MINUTE))] * 12)
    assert results.count(0) == 5 and Attempt.select().count() == 5
    assert all(isinstance(wait, int) and 0 <= wait <= MINUTE for wait in results)


@BOTH
def test_what_is_refused_is_not_counted(database: Database, subject: str) -> None:
    for _ in range(3):
        assert Attempt.take("test", subject, (3, MINUTE), (5, HOUR)) == 0
    for _ in range(10):
        assert 0 < Attempt.take("test", subject, (3, MINUTE), (5, HOUR)) <= MINUTE
    assert Attempt.count("test", subject, HOUR) == 3
    with time_machine.travel(base.now() + timedelta(seconds=MINUTE + 1)):
        assert [Attempt.take("test", subject, (3, MINUTE), (5, HOUR)) for _ in range(2)] == [0, 0]
        assert MINUTE < Attempt.take("test", subject, (3, MINUTE), (5, HOUR)) <= HOUR, "the longer wait"


@BOTH
def test_kinds_and_subjects_are_counted_apart(database: Database, subject: str) -> None:
    assert Attempt.take("test", subject, (1, MINUTE)) == 0
    assert Attempt.take("test", "two", (1, MINUTE)) == 0
    assert Attempt.take("other", subject, (1, MINUTE)) == 0
    assert Attempt.take("test", subject, (1, MINUTE)) > 0


@BOTH
def test_what_is_given_back_is_free_again(database: Database, subject: str) -> None:
    Attempt.take("test", subject, (2, MINUTE))
    Attempt.take("test", subject, (2, MINUTE))
    Attempt.take("test", "two", (1, MINUTE))
    Attempt.give_back_all(("test", subject))
    assert Attempt.take("test", subject, (2, MINUTE)) == 0
    assert Attempt.take("test", subject, (2, MINUTE)) > 0
    assert Attempt.take("test", "two", (1, MINUTE)) > 0
    Attempt.give_back_all(("test", "nobody"), ("nothing", subject))


def test_two_that_are_gone_from_among_those_of_everybody_let_no_more_through(database: Database) -> None:
    with db.atomic():
        taken = [Attempt.add(("test", EVERYBODY))[0] for _ in range(4)]
        Attempt.forget(taken[1:3])
    assert [Attempt.wait("test", EVERYBODY, (most, MINUTE)) > 0 for most in (1, 2, 3, 5)] == [True] * 3 + [
        False
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_count_of_everybodys_costs_the_same_however_many_they_are(database: Database) -> None:
    def fill(many: int) -> None:
        with db.atomic():
            for _ in range(many):
                Attempt.add(("test", EVERYBODY))

    def cost() -> int:
        """Steps of SQLite's machine, by tens."""
        steps: list[None] = []
        db.connection().set_progress_handler(lambda: steps.append(None), 10)
        assert Attempt.wait("test", EVERYBODY, (1500, MINUTE), (2000, DAY)) == 0
        db.connection().set_progress_handler(None, 0)
        return len(steps)

    fill(10)
    few = cost()
    fill(1000)
    assert cost() <= few + 2


def test_a_limit_of_none_allows_nothing(database: Database) -> None:
    assert Attempt.take("test", "one", (0, MINUTE)) == MINUTE and not Attempt.select().exists()


def test_attempts_are_counted_by_kind_subject_and_window(database: Database) -> None:
    with after():
        Attempt.take("test", "one", (9, HOUR))
    with after(10):
        for kind, subject in (("test", "one"), ("test", "two"), ("other", "one")):
            Attempt.take(kind, subject, (9, HOUR))
    with after(59):
        assert Attempt.count("test", "one", MINUTE) == 2
    with after(60):
        assert Attempt.count("test", "one", MINUTE) == 1


def test_the_newest_is_given_back_of_its_kind_and_subject(database: Database) -> None:
    with after():
        Attempt.take("test", "one", (9, HOUR))
    with after(10):
        for kind, subject in (("test", "one"), ("test", "two"), ("other", "one")):
            Attempt.take(kind, subject, (9, HOUR))
    Attempt.give_back_all(("test", "one"))
    left = {(a.kind, a.subject, a.at) for a in Attempt.select()}
    assert left == {
        ("test", "one", moment(0)),
        ("test", "two", moment(10)),
        ("other", "one", moment(10)),
    }


def test_of_everybodys_the_last_is_given_back_whatever_the_clock_said(database: Database) -> None:
    for seconds in (10, 0):
        with after(seconds):
            Attempt.take("test", EVERYBODY, (9, HOUR))
    Attempt.give_back_all(("test", EVERYBODY))
    assert [one.at for one in Attempt.select()] == [moment(10)]


def test_the_last_second_of_a_wait_is_told(database: Database) -> None:
    with after():
        Attempt.take("test", "one", (1, MINUTE))
    for seconds, wait in ((1, 59), (58.5, 2), (59, 1), (59.5, 1), (60, 0)):
        with after(seconds):
            assert Attempt.wait("test", "one", (1, MINUTE)) == wait


def test_a_refusal_says_how_long_to_wait() -> None:
    assert str(TooManyError(7, "test")) == "7"


def test_counters_of_a_residents_browser_outlive_an_update() -> None:
    assert counter_key("+79161234567", None) == "+79161234567"
    assert counter_key("+79161234567", "token") == "+79161234567+3c469e9d6c5875d37a43f353d4f88e61"


@BOTH
@examples(15)
@given(
    gaps=st.lists(st.integers(0, 40), min_size=1, max_size=15),
    most=st.integers(1, 4),
    window=st.integers(10, 100),
)
def test_no_window_ever_holds_more_than_the_limit(
    database: Database, subject: str, gaps: list[int], most: int, window: int
) -> None:
    with db.atomic():
        Attempt.delete().execute()
    start = moment = base.now()
    taken: list[datetime] = []
    for gap in gaps:
        moment += timedelta(seconds=gap)
        with time_machine.travel(moment, tick=False):
            wait = Attempt.take("test", subject, (most, window))
        inside = [t for t in taken if (moment - t).total_seconds() < window]
        assert (wait == 0) == (len(inside) < most), (moment - start, taken)
        if wait:
            assert 0 < wait <= window
            with time_machine.travel(moment + timedelta(seconds=wait), tick=False):
                assert Attempt.wait("test", subject, (most, window)) == 0, "whoever waits as told gets in"
        else:
            taken.append(moment)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "none"),
        ("unknown, 1.2.3.4", "none"),
    ],
)
def test_addresses_are_counted_by_network(address: str, counted: str) -> None:
    assert network(address) == counted
