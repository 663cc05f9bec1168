"""The connection by which requests write to SQLite: one for all, replaced when something is wrong with it."""

import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

import peewee
import pytest

from cabinet.models.connections import connect_when_asked, wait_no_longer_than
from cabinet.models.sqlite import QueuedSqliteDatabase
from tests.models.test_write_queue import is_free
from tests.waiting import PATIENCE, until


@pytest.fixture
def shared(sqlite: QueuedSqliteDatabase) -> Iterator[Any]:
    """As a request has it."""
    sqlite.close()
    connect_when_asked(True)
    yield sqlite
    if not sqlite.is_closed():
        sqlite.close()
    connect_when_asked(False)
    wait_no_longer_than(None)
    assert is_free(sqlite.queue)
    sqlite.close_idle()


def write(database: Any, text: str) -> None:
    with database.atomic():
        database.execute_sql("INSERT INTO word VALUES (?)", (text,))


def words(database: Any) -> list[str]:
    return [text for (text,) in database.execute_sql("SELECT text FROM word ORDER BY rowid")]


def test_all_write_by_one_and_read_by_their_own(shared: Any) -> None:
    shared.connect()
    own = shared.connection()
    write(shared, "a")
    writer = shared.writer
    assert writer is not own and shared.connection() is own
    write(shared, "b")
    assert shared.writer is writer and words(shared) == ["a", "b"]


def test_who_is_no_request_writes_by_a_connection_of_its_own(sqlite: QueuedSqliteDatabase) -> None:
    write(sqlite, "a")
    assert sqlite.writer is None and words(sqlite) == ["a"]


@pytest.mark.parametrize("wrong", ["worn", "another file"])
def test_one_with_which_something_is_wrong_is_closed_and_replaced(shared: Any, wrong: str) -> None:
    write(shared, "a")
    writer = shared.writer
    if wrong == "worn":
        writer.worn = True
    else:
        writer.file = None
    write(shared, "b")
    assert shared.writer is not writer and words(shared) == ["a", "b"]
    with pytest.raises(sqlite3.ProgrammingError):
        writer.execute("SELECT 1")


def test_where_it_cannot_begin_the_next_has_another_and_the_turn(shared: Any) -> None:
    write(shared, "a")
    shared.writer.close()
    with pytest.raises((peewee.DatabaseError, sqlite3.ProgrammingError)):
        write(shared, "b")
    assert is_free(shared.queue)
    write(shared, "c")
    assert words(shared) == ["a", "c"]


def test_it_waits_for_other_processes_as_long_as_who_writes(shared: Any) -> None:
    waits = []
    for seconds in (5, 60):
        wait_no_longer_than(seconds)
        write(shared, f"{seconds}")
        waits.append(shared.writer.execute("PRAGMA busy_timeout").fetchone()[0])
    assert waits[0] < 60_000 <= waits[1]


def test_what_was_to_follow_a_commit_does_not_follow_another(shared: Any) -> None:
    told: list[str] = []
    with pytest.raises(ZeroDivisionError), shared.atomic():
        shared.after_commit(lambda: told.append("never"))
        raise ZeroDivisionError
    with shared.atomic():
        shared.after_commit(lambda: told.append("after"))
        shared.execute_sql("INSERT INTO word VALUES ('a')")
    assert told == ["after"]


def test_the_error_is_told_even_where_sqlite_took_all_back_before(shared: Any) -> None:
    with pytest.raises(ZeroDivisionError), shared.atomic():
        shared.connection().execute("ROLLBACK")
        raise ZeroDivisionError
    write(shared, "a")
    assert words(shared) == ["a"]


def test_who_takes_back_nothing_ends_nobody_elses_turn(shared: Any) -> None:
    begun, go = threading.Event(), threading.Event()

    def work() -> None:
        connect_when_asked(True)
        with shared.atomic():
            begun.set()
            assert go.wait(PATIENCE)
        shared.close()

    other = threading.Thread(target=work)
    other.start()
    assert begun.wait(PATIENCE)
    shared.connect()
    shared.rollback()
    assert not is_free(shared.queue)
    go.set()
    other.join(PATIENCE)
    until(lambda: is_free(shared.queue))
