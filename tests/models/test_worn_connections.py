"""A connection to SQLite that failed by what may be its own fault is not used again."""

import sqlite3
from collections.abc import Iterator

import peewee
import pytest

from cabinet.models.sqlite import QueuedSqliteDatabase
from tests.models.test_kept_connections import request_of


@pytest.fixture
def apart(sqlite: QueuedSqliteDatabase) -> Iterator[QueuedSqliteDatabase]:
    """A SQLite file that nobody has open."""
    sqlite.close()
    yield sqlite
    sqlite.close_idle()


def write(database: QueuedSqliteDatabase, sql: str) -> None:
    """A request that writes."""
    with request_of(database), database.atomic():
        database.execute_sql(sql)


@pytest.mark.parametrize("denied", [sqlite3.SQLITE_INSERT, sqlite3.SQLITE_TRANSACTION])
def test_one_that_begins_but_does_not_write_fails_one_request(
    apart: QueuedSqliteDatabase, denied: int
) -> None:
    def deny(action: int, name: str | None, *_: object) -> int:
        return sqlite3.SQLITE_DENY if action == denied and name in ("word", "COMMIT") else sqlite3.SQLITE_OK

    write(apart, "INSERT INTO word VALUES ('a')")
    apart.writer.set_authorizer(deny)
    with pytest.raises(peewee.DatabaseError):
        write(apart, "INSERT INTO word VALUES ('b')")
    write(apart, "INSERT INTO word VALUES ('c')")
    with apart:
        assert apart.execute_sql("SELECT text FROM word").fetchall() == [("a",), ("c",)]


def test_it_is_used_on_after_a_statement_that_breaks_a_rule(apart: QueuedSqliteDatabase) -> None:
    write(apart, "CREATE TABLE rule (one UNIQUE)")
    write(apart, "INSERT INTO rule VALUES (1)")
    before = apart.writer
    with pytest.raises(peewee.IntegrityError):
        write(apart, "INSERT INTO rule VALUES (1)")
    write(apart, "INSERT INTO rule VALUES (2)")
    assert apart.writer is before
