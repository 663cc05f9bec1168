"""Units of work that are tried again: each at most once effective, whatever PostgreSQL does meanwhile."""

import time
from collections.abc import Callable
from typing import Any

import peewee
import psycopg
import pytest

from cabinet.models import Attempt
from cabinet.models import unit as units
from cabinet.models.connections import patience, wait_no_longer_than
from cabinet.models.database import transaction
from cabinet.models.failures import passing
from cabinet.models.postgres_connection import OutOfTimeError
from cabinet.models.unit import keyed, remember_by, unit, whole
from tests.cast import resident

pytestmark = pytest.mark.postgres


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """SQLite has none of these troubles: its writers queue."""
    return postgres_url


def connection_of(database: Any) -> object:
    """This thread's."""
    return database.connection()


def count() -> int:
    return Attempt.select().count()


def failing(times: int, error: Exception, tries: list[int]) -> Callable[[], int]:
    """Work that writes a row, and fails so often after it."""

    def work() -> int:
        Attempt.add(("unit", "one"))
        tries.append(1)
        if len(tries) <= times:
            raise error
        return len(tries)

    return work


def of_state(state: str) -> peewee.OperationalError:
    """What peewee makes of an error of the server."""
    return peewee.OperationalError(psycopg.errors.lookup(state)("of others"))


@pytest.mark.parametrize(
    "state", ["40001", "40P01", "57P01", "57P02", "57P03", "57P05", "53300", "25006", "08006", "08P01"]
)
def test_what_may_be_over_at_once_is_tried_again(database: peewee.Database, state: str) -> None:
    tries: list[int] = []
    assert unit(failing(2, of_state(state), tries)) == 3
    assert count() == 1, "what failed has written nothing"


@pytest.mark.parametrize("state", ["57014", "55P03", "53100", "42P01", "22003"])
def test_what_would_fail_again_is_told_at_once(database: peewee.Database, state: str) -> None:
    connection = connection_of(database)
    for by_key in (False, True):
        tries: list[int] = []
        with pytest.raises(peewee.OperationalError):
            unit(failing(1, of_state(state), tries), keyed=by_key)
        assert len(tries) == 1 and count() == 0
    assert connection_of(database) is connection, "nothing is wrong with it"


def test_an_answer_that_takes_too_long_is_not_waited_for_again(database: peewee.Database) -> None:
    assert not passing(peewee.OperationalError(OutOfTimeError("no answer in time")))
    assert not passing(peewee.InterfaceError("Error, database connection not opened."))
    assert passing(peewee.OperationalError(psycopg.OperationalError("connection refused")))


def test_it_is_not_tried_for_ever(database: peewee.Database) -> None:
    tries: list[int] = []
    with pytest.raises(peewee.OperationalError) as failure:
        unit(failing(99, of_state("40001"), tries))
    assert len(tries) == 1 + len(units.PAUSES) and count() == 0
    assert units.was_tried(failure.value) and not units.was_tried(of_state("40001"))


def test_it_is_not_begun_again_without_time_for_it(database: peewee.Database) -> None:
    tries: list[int] = []
    wait_no_longer_than(units.LEAST)
    try:
        with pytest.raises(peewee.OperationalError):
            unit(failing(99, of_state("40001"), tries))
        assert len(tries) == 1 and patience() == units.LEAST
    finally:
        wait_no_longer_than(None)


def test_all_tries_take_no_longer_than_one_may(database: peewee.Database) -> None:
    left: list[float] = []

    def work() -> None:
        left.append(patience() or 0)
        if len(left) < 3:
            raise of_state("40001")

    wait_no_longer_than(60)
    try:
        unit(work)
        assert 60 == left[0] > left[1] > left[2] and patience() == 60
    finally:
        wait_no_longer_than(None)


def test_the_pauses_differ(database: peewee.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float] = []
    monkeypatch.setattr(time, "sleep", paused.append)
    with pytest.raises(peewee.OperationalError):
        unit(failing(99, of_state("40P01"), []))
    for expected, pause in zip(units.PAUSES, paused, strict=True):
        assert expected / 2 <= pause <= 1.5 * expected
    paused.clear()
    assert all(units.wait_before(0, None) for _ in range(50))
    assert len(set(paused)) == 50 and max(paused) <= 1.5 * units.PAUSES[0]


def test_only_the_outermost_is_tried_again(database: peewee.Database) -> None:
    inner: list[int] = []

    def outer() -> int:
        return unit(failing(1, of_state("40001"), inner))

    assert unit(outer) == 2
    assert count() == 1
    inner.clear()
    with pytest.raises(peewee.OperationalError), transaction():
        unit(failing(1, of_state("40001"), inner))
    assert len(inner) == 1, "half of a transaction cannot be done again"


@pytest.mark.parametrize("way", [whole, keyed])
def test_what_a_unit_changed_in_python_is_put_back(
    database: peewee.Database, way: Callable[[Callable[[Any], None]], Callable[[Any], None]]
) -> None:
    user, tries, kept = resident(), [0], {"left": 1}

    @way
    def rename(one: Any) -> None:
        assert one.first_name == "Анна" and not hasattr(one, "renamed") and kept == {"left": 1}
        one.first_name, one.renamed, kept["left"] = "Вера", True, 0
        tries[0] += 1
        if tries[0] < 3:
            raise of_state("40001")

    remember_by(lambda: lambda: kept.update(left=1))
    try:
        rename(user)
    finally:
        remember_by(None)
    assert tries == [3] and user.first_name == "Вера" and kept == {"left": 0}
