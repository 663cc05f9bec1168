"""Requests connect when they first ask, and SQLite's connections are kept for the next request."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee
import pytest
from flask import Flask

from cabinet.models import sqlite as module
from cabinet.models.connections import connect_when_asked, wait_no_longer_than
from cabinet.models.database import db
from cabinet.models.postgres import PostgresDatabase
from cabinet.models.sqlite import QueuedSqliteDatabase
from tests.cast import PHONE, resident
from tests.databases import disconnect
from tests.forked import holds_in_a_child
from tests.placing import signed_in
from tests.postgres_server import direct
from tests.visitor import Visitor
from tests.waiting import PATIENCE


@contextmanager
def request_of(database: peewee.Database, seconds: float | None = None) -> Iterator[None]:
    """As a request uses it."""
    connect_when_asked(True)
    wait_no_longer_than(seconds)
    try:
        yield
    finally:
        if not database.is_closed():
            database.close()
        connect_when_asked(False)
        wait_no_longer_than(None)


def connection_of(database: Any) -> module.Connection:
    """That of this thread."""
    connection: module.Connection = database.connection()
    return connection


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files of the connections that are opened."""
    files: list[str] = []
    real = QueuedSqliteDatabase._opened

    def note(self: QueuedSqliteDatabase) -> module.Connection:
        files.append(str(self.database))
        return real(self)

    monkeypatch.setattr(QueuedSqliteDatabase, "_opened", note)
    return files


@pytest.fixture
def apart(sqlite: QueuedSqliteDatabase) -> Iterator[QueuedSqliteDatabase]:
    """A SQLite file that nobody has open."""
    sqlite.close()
    yield sqlite
    sqlite.close_idle()


def test_a_request_connects_when_it_asks_and_the_next_takes_the_same(
    apart: QueuedSqliteDatabase, opened: list[str]
) -> None:
    for _ in range(3):
        with request_of(apart):
            assert apart.is_closed()
            with apart.atomic():
                apart.execute_sql("INSERT INTO word (text) VALUES (NULL)")
    assert len(opened) == 2, "one to read by, and one to write by"
    with pytest.raises(peewee.InterfaceError):
        apart.execute_sql("SELECT 1")
    with pytest.raises(peewee.InterfaceError), apart.atomic():
        pass
    with apart.connection_context():
        assert len(opened) == 2
    assert not apart.idle, "what others used is not kept"


def test_all_requests_write_by_one_connection(apart: QueuedSqliteDatabase) -> None:
    """Its cache is never emptied by another of this process."""
    own, writers = [], []
    both = threading.Barrier(2)

    def ask(text: str) -> None:
        with request_of(apart):
            own.append(connection_of(apart))
            both.wait(PATIENCE)
            with apart.atomic():
                apart.execute_sql("INSERT INTO word VALUES (?)", (text,))
                writers.append(connection_of(apart))
            assert connection_of(apart) in own
            assert (text,) in apart.execute_sql("SELECT text FROM word").fetchall()

    with ThreadPoolExecutor(2) as threads:
        for asked in [threads.submit(ask, text) for text in "ab"]:
            asked.result(PATIENCE)
    assert len({*map(id, own)}) == 2 and len({*map(id, writers)}) == 1
    assert writers[0] not in own and writers[0] not in apart.idle


def test_a_connection_to_write_by_that_is_of_no_use_fails_one_request(apart: QueuedSqliteDatabase) -> None:
    def write(text: str) -> None:
        with request_of(apart), apart.atomic():
            apart.execute_sql("INSERT INTO word VALUES (?)", (text,))

    write("a")
    apart.writer.close()
    with pytest.raises(sqlite3.ProgrammingError):
        write("b")
    write("c")
    with apart:
        assert apart.execute_sql("SELECT text FROM word").fetchall() == [("a",), ("c",)]


def test_each_waits_as_long_as_it_has_patience(apart: QueuedSqliteDatabase) -> None:
    seen = []
    for seconds in (0.5, 2, None):
        with request_of(apart, seconds):
            seen.append(apart.execute_sql("PRAGMA busy_timeout").fetchone()[0])
    assert seen == [500, 2000, 15_000]


def test_a_file_that_was_replaced_is_opened_anew(apart: QueuedSqliteDatabase) -> None:
    def write(text: str) -> None:
        with request_of(apart), apart.atomic():
            apart.execute_sql("INSERT INTO word VALUES (?)", (text,))

    write("old")
    path = Path(apart.database)
    shutil.copyfile(path, path.with_suffix(".copy"))
    os.replace(path.with_suffix(".copy"), path)
    with request_of(apart):
        assert connection_of(apart).file == (path.stat().st_dev, path.stat().st_ino)
    write("new")
    with apart:
        assert apart.execute_sql("SELECT text FROM word").fetchall() == [("old",), ("new",)]


def test_a_file_that_is_away_is_an_error_of_the_database(apart: QueuedSqliteDatabase) -> None:
    with request_of(apart), apart.atomic():
        apart.execute_sql("INSERT INTO word VALUES ('old')")
    shutil.rmtree(Path(apart.database).parent)
    with pytest.raises(peewee.OperationalError), request_of(apart):
        apart.execute_sql("SELECT 1")


def test_no_more_are_kept_than_their_caches_may_take(apart: QueuedSqliteDatabase) -> None:
    def ask() -> None:
        with request_of(apart):
            apart.execute_sql("SELECT 1").fetchall()
            barrier.wait(20)

    barrier = threading.Barrier(module.KEPT + 3)
    threads = [threading.Thread(target=ask) for _ in range(module.KEPT + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(apart.idle) == module.KEPT


def test_a_forked_child_neither_uses_nor_closes_what_its_parent_opened(apart: QueuedSqliteDatabase) -> None:
    with request_of(apart), apart.atomic():
        apart.execute_sql("SELECT 1")
    [parents] = apart.idle

    def keeps_one_of_its_own() -> bool:
        before = apart.idle or apart.writer
        for _ in range(2):
            with request_of(apart):
                apart.execute_sql("SELECT 1")
        return not before and len(apart.idle) == 1 and parents.execute("SELECT 1").fetchone() == (1,)

    assert holds_in_a_child(keeps_one_of_its_own)
    assert apart.idle == [parents]


@pytest.mark.postgres
def test_a_forked_child_leaves_its_parents_connections_to_postgresql_alone(postgres_url: str) -> None:
    database = PostgresDatabase(direct(postgres_url), connections=1)
    with request_of(database):
        backend = database.execute_sql("SELECT pg_backend_pid()").fetchone()

    def has_another() -> bool:
        with request_of(database):
            return bool(database.execute_sql("SELECT pg_backend_pid()").fetchone() != backend)

    assert holds_in_a_child(has_another)
    with request_of(database):
        assert database.execute_sql("SELECT pg_backend_pid()").fetchone() == backend, "it is still open"
    database.connect()
    assert database.used == 1
    assert holds_in_a_child(lambda: database.used == 0), "nobody in the child has one"
    database.close()
    database.close_idle()


def test_one_with_a_transaction_left_open_is_not_kept(apart: QueuedSqliteDatabase) -> None:
    with request_of(apart):
        connection_of(apart).execute("BEGIN")
    assert not apart.idle


def test_the_first_page_opens_nothing(app: Flask, opened: list[str], settings: object) -> None:
    resident()
    visitor = Visitor(app)
    disconnect()
    opened.clear()
    visitor.get("/")
    assert db.is_closed() and not opened
    assert not getattr(db.obj, "idle", [])


def test_pages_share_a_connection(app: Flask, opened: list[str]) -> None:
    resident()
    visitor = Visitor(app)
    signed_in(visitor, PHONE)
    disconnect()
    opened.clear()
    for _ in range(3):
        visitor.get("/home")
        assert visitor.path == "/home" and db.is_closed()
    assert len(opened) <= 1 and len(db.obj.idle) == 1


def test_what_is_kept_for_requests_has_a_small_cache(tmp_path: Path) -> None:
    """Each process keeps several, and what others write empties their caches."""
    database, other = (QueuedSqliteDatabase(str(tmp_path / "file.db")) for _ in range(2))
    with request_of(database):
        (kept,) = connection_of(database).execute("PRAGMA cache_size").fetchone()
    with other:
        (usual,) = connection_of(other).execute("PRAGMA cache_size").fetchone()
    database.close_idle()
    assert (kept, usual) == (-module.KEPT_CACHE_KIB, -module.CACHE_KIB)
