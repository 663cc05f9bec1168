"""Units of several threads in one commit."""

import threading
from collections.abc import Callable

import peewee
import pytest

from cabinet.models import Heartbeat
from cabinet.models.database import connected, db
from cabinet.models.shared_commit import _shared, together
from cabinet.telemetry import cause
from tests.waiting import until


def at_once(*works: Callable[[], object]) -> list[object]:
    """What comes of these, done by threads that all wait while another writes, each for a request."""
    came: list[object] = [None] * len(works)

    def do(place: int) -> None:
        try:
            with connected(), cause.caused_by(f"request {place}"):
                came[place] = together(works[place])
        except ZeroDivisionError as error:
            came[place] = error

    threads = [threading.Thread(target=do, args=(place,)) for place in range(len(works))]
    with _shared.turn:
        for thread in threads:
            thread.start()
        until(lambda: len(_shared.waiting) == len(works))
    for thread in threads:
        thread.join()
    return came


def beat(name: str) -> str:
    """Write a row."""
    Heartbeat.beat(name)
    return name


def rows() -> set[str]:
    """Those that are there."""
    return {row.name for row in Heartbeat.select()}


@pytest.fixture
def commit_count(database: peewee.Database, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Grows with each commit."""
    made: list[None] = []
    commit = db.obj.commit

    def count() -> None:
        made.append(None)
        commit()

    monkeypatch.setattr(db.obj, "commit", count)
    return made


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_waits_for_the_disk_waits_together(database: peewee.Database, commit_count: list[None]) -> None:
    assert at_once(*(lambda name=name: beat(name) for name in "abcd")) == list("abcd")
    assert rows() == set("abcd") and len(commit_count) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_fails_takes_nobody_elses_work_with_it(database: peewee.Database) -> None:
    def fail() -> None:
        beat("never")
        raise ZeroDivisionError

    good, bad, other = at_once(lambda: beat("a"), fail, lambda: beat("b"))
    assert (good, other) == ("a", "b") and isinstance(bad, ZeroDivisionError)
    assert rows() == {"a", "b"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_another_thread_does_is_caused_by_the_request_that_waits_for_it(
    database: peewee.Database,
) -> None:
    assert at_once(cause.current, cause.current) == ["request 0", "request 1"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_has_no_turn_to_write_hears_of_it_and_nobody_does_it_later(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise peewee.OperationalError("database is locked")

    with monkeypatch.context() as locked:
        locked.setattr(db.obj.queue, "acquire", full)
        with pytest.raises(peewee.OperationalError):
            together(lambda: beat("never"))
    together(lambda: beat("later"))
    assert rows() == {"later"}


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_inside_a_transaction_it_belongs_to_that(database: peewee.Database) -> None:
    with pytest.raises(ZeroDivisionError), db.atomic():
        together(lambda: beat("never"))
        raise ZeroDivisionError
    assert rows() == set() and together(lambda: beat("a")) == "a" and rows() == {"a"}
