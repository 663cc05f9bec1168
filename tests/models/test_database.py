"""The database: nobody writes outside of a transaction; writers of SQLite queue, of threads and processes."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import peewee
import pytest
from playhouse.pool import PooledPostgresqlDatabase

from cabinet.models import database as module
from cabinet.models.database import (
    PostgresDatabase,
    QueuedSqliteDatabase,
    WriteQueue,
    connected,
    db,
    is_sqlite,
    open_database,
)
from config import ROOT


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[QueuedSqliteDatabase]:
    """A SQLite file with one table."""
    opened = QueuedSqliteDatabase(str(tmp_path / "some" / "folder" / "test.db"))
    opened.connect()
    opened.execute_sql("CREATE TABLE word (text TEXT UNIQUE)")
    yield opened
    opened.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever must wait gives up at once."""
    monkeypatch.setattr(module, "LOCK_PATIENCE", 0.05)


def is_free(queue: WriteQueue) -> bool:
    """Whether another process could write now."""
    with open(queue.path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def in_a_thread(work: object) -> list[BaseException]:
    """What came of some work in another thread: nothing, or what it raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()  # type: ignore[operator]
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    return raised


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO audit (actor, action) VALUES ('a', 'b')",
        "insert into audit (actor, action) values ('a', 'b')",
        "UPDATE audit SET actor = 'a'",
        "DELETE FROM audit",
    ],
)
def test_a_write_outside_of_a_transaction_is_refused(database: peewee.Database, sql: str) -> None:
    with pytest.raises(peewee.ProgrammingError, match=r"^a write outside of a transaction$"):
        db.execute_sql(sql)
    assert db.execute_sql("SELECT COUNT(*) FROM audit").fetchone()[0] == 0


def test_so_is_a_replacement(sqlite: QueuedSqliteDatabase) -> None:
    with pytest.raises(peewee.ProgrammingError):
        sqlite.execute_sql("REPLACE INTO word VALUES ('a')")
    with sqlite.atomic():
        sqlite.execute_sql("REPLACE INTO word VALUES (?)", ("a",))
    assert sqlite.execute_sql("SELECT text FROM word").fetchall() == [("a",)]


def test_what_is_committed_survives_a_power_cut_and_references_hold(sqlite: QueuedSqliteDatabase) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "cache_size", "temp_store", "busy_timeout")
    values = [sqlite.execute_sql(f"PRAGMA {name}").fetchone()[0] for name in names]
    assert values == ["wal", 2, 1, -8192, 2, 15_000]


def test_small_letters_are_those_of_every_alphabet(sqlite: QueuedSqliteDatabase) -> None:
    row = sqlite.execute_sql("SELECT lower('ЁЖ'), lower('AB'), lower(NULL), lower(5)").fetchone()
    assert row == ("ёж", "ab", None, 5)


def test_nothing_connects_by_itself(tmp_path: Path) -> None:
    with pytest.raises(peewee.InterfaceError):
        QueuedSqliteDatabase(str(tmp_path / "test.db")).execute_sql("SELECT 1")


def test_a_folder_that_is_there_is_taken(tmp_path: Path) -> None:
    for _ in range(2):
        QueuedSqliteDatabase(str(tmp_path / "test.db"))


def test_one_writes_and_the_others_wait(sqlite: QueuedSqliteDatabase, impatient: None) -> None:
    assert is_free(sqlite.queue)
    with sqlite.atomic():
        assert not is_free(sqlite.queue), "other processes wait"
        raised = in_a_thread(sqlite.queue.acquire)
        assert isinstance(raised[0], peewee.OperationalError), "other threads wait, and give up some time"
        assert str(raised[0]) == "database is locked"
    assert is_free(sqlite.queue)
    assert not in_a_thread(sqlite.queue.acquire)
    sqlite.queue.release()


def test_others_may_read_meanwhile(sqlite: QueuedSqliteDatabase) -> None:
    with sqlite.atomic():
        sqlite.execute_sql("INSERT INTO word VALUES ('a')")

        def read() -> None:
            with sqlite.connection_context():
                assert sqlite.execute_sql("SELECT COUNT(*) FROM word").fetchone()[0] == 0

        assert not in_a_thread(read)


def test_a_transaction_is_a_writer_from_its_begin(sqlite: QueuedSqliteDatabase) -> None:
    other = sqlite3.connect(sqlite.database, timeout=0)
    with sqlite.atomic(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("INSERT INTO word VALUES ('b')")
    other.close()


def test_the_turn_ends_with_a_transaction_that_failed(sqlite: QueuedSqliteDatabase) -> None:
    with pytest.raises(peewee.IntegrityError), sqlite.atomic():
        for _ in range(2):
            sqlite.execute_sql("INSERT INTO word VALUES ('a')")
    assert is_free(sqlite.queue)
    assert sqlite.execute_sql("SELECT COUNT(*) FROM word").fetchone()[0] == 0


def test_the_turn_ends_when_the_file_is_locked_by_a_stranger(sqlite: QueuedSqliteDatabase) -> None:
    other = sqlite3.connect(sqlite.database)
    other.execute("BEGIN EXCLUSIVE")
    sqlite.execute_sql("PRAGMA busy_timeout = 0")
    with pytest.raises(peewee.OperationalError), sqlite.atomic():
        pass
    assert is_free(sqlite.queue)
    other.rollback()
    with sqlite.atomic():
        sqlite.execute_sql("INSERT INTO word VALUES ('a')")
    other.close()


def test_a_forked_child_has_a_queue_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = WriteQueue(str(tmp_path / "lock"))
    queue.thread_lock.acquire()  # a thread of the parent's, which the child has not
    parents, pid = queue.file, os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: pid + 1)
    queue.acquire()
    assert queue.file != parents and not is_free(queue)
    queue.release()
    assert is_free(queue)
    own = queue.file
    queue.acquire()
    assert queue.file == own, "it is opened once"
    queue.release()


def test_the_lock_is_a_file_for_the_owner_alone(tmp_path: Path) -> None:
    queue = WriteQueue(str(tmp_path / "lock"))
    assert os.stat(queue.path).st_mode & 0o777 == 0o600 & ~os.umask(os.umask(0o022))
    assert not os.get_inheritable(queue.file)
    WriteQueue(queue.path)


def test_an_address_names_the_database(tmp_path: Path) -> None:
    whole = open_database(f"sqlite:///{tmp_path}/test.db")
    assert isinstance(whole, QueuedSqliteDatabase) and whole.database == f"{tmp_path}/test.db"
    assert os.path.exists(f"{tmp_path}/test.db.lock")
    below = os.path.relpath(tmp_path / "test.db", ROOT)
    assert os.path.samefile(Path(open_database(f"sqlite:///{below}").database).parent, tmp_path)
    for scheme in ("postgresql", "postgres"):
        opened = open_database(f"{scheme}://user@localhost/cabinet", connections=7)
        assert isinstance(opened, PostgresDatabase) and opened._max_connections == 7
        assert opened.database == f"{scheme}://user@localhost/cabinet" and opened.autoconnect is False
        assert isinstance(opened._adapter, peewee.Psycopg3Adapter)
        assert (opened._stale_timeout, opened._wait_timeout) == (300, 5)
    with pytest.raises(ValueError, match=r"^DATABASE_URL must begin with sqlite:/// or postgresql://$"):
        open_database("mysql://localhost/cabinet")


def test_postgresql_refuses_the_same_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: Any = open_database("postgresql://user@localhost/cabinet")
    asked: list[tuple[str, object]] = []
    monkeypatch.setattr(
        PooledPostgresqlDatabase, "execute_sql", lambda _self, sql, params=None: asked.append((sql, params))
    )
    for write in ("INSERT INTO word", "update word", "DELETE FROM word"):
        with pytest.raises(peewee.ProgrammingError, match=r"^a write outside of a transaction$"):
            opened.execute_sql(write)
    opened.execute_sql("SELECT %s", (1,))
    monkeypatch.setattr(opened, "in_transaction", lambda: True)
    opened.execute_sql("INSERT INTO word VALUES (%s)", ("a",))
    assert asked == [("SELECT %s", (1,)), ("INSERT INTO word VALUES (%s)", ("a",))]


def test_it_is_known_which_one_it_is(database: peewee.Database) -> None:
    assert is_sqlite() == isinstance(db.obj, QueuedSqliteDatabase)


def test_a_connection_is_open_inside_and_as_it_was_after(database: peewee.Database) -> None:
    with connected():
        assert not db.is_closed()
    assert not db.is_closed(), "it was open before"
    db.close()
    with connected():
        assert not db.is_closed()
    assert db.is_closed()
    with pytest.raises(ZeroDivisionError), connected():
        _ = 1 / 0
    assert db.is_closed()
