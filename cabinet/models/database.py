"""The database: one handle for SQLite and PostgreSQL, a queue for SQLite's writers, connections.

No Flask here: domain code is called by views, commands and the worker alike.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee
from playhouse.pool import PooledPostgresqlDatabase

from config import ROOT

db = peewee.DatabaseProxy()

LOCK_PATIENCE = 15  # seconds a writer queues in its own process before it gives up
CACHE_KIB = 8 * 1024
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLAC")


class WriteQueue:
    """Admits one writer at a time to a SQLite file, in order of arrival, across threads and processes.

    SQLite's own busy wait polls and is unfair: a writer may starve for seconds under load. A thread lock
    inside the process and a lock on a file between processes turn the wait into a queue.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._open()  # at once: threads that begin together must share one lock

    def _open(self) -> None:
        self.thread_lock = threading.Lock()
        self.file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.pid = os.getpid()

    def acquire(self) -> None:
        """Wait for the turn. Raises peewee.OperationalError after LOCK_PATIENCE seconds."""
        if self.pid != os.getpid():  # a forked child: locks of the parent are not its own
            self._open()
        if not self.thread_lock.acquire(timeout=LOCK_PATIENCE):
            raise peewee.OperationalError("database is locked")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def release(self) -> None:
        """Let the next writer in."""
        fcntl.flock(self.file, fcntl.LOCK_UN)
        self.thread_lock.release()


class QueuedSqliteDatabase(peewee.SqliteDatabase):
    """SQLite whose write transactions are BEGIN IMMEDIATE and wait in a WriteQueue.

    A write outside `atomic()` raises: it would jump the queue and hide a missing transaction.
    """

    def __init__(self, path: str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.queue = WriteQueue(path + ".lock")
        super().__init__(
            path,
            pragmas={
                "journal_mode": "wal",
                "synchronous": "full",
                "foreign_keys": 1,
                "cache_size": -CACHE_KIB,
                "temp_store": "memory",
            },
            timeout=LOCK_PATIENCE,
            lock_type="IMMEDIATE",
            autoconnect=False,
        )
        self.register_function(_lower, "lower", 1)

    def begin(self, lock_type: str | None = None) -> None:
        self.queue.acquire()
        try:
            super().begin(lock_type)
        except BaseException:
            self.queue.release()
            raise

    def commit(self) -> None:
        super().commit()  # on failure peewee rolls back, which releases
        self.queue.release()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.queue.release()

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        if sql[:6].upper() in WRITES and not self.in_transaction():
            raise peewee.ProgrammingError("a write outside of a transaction")
        return super().execute_sql(sql, params)  # type: ignore[no-untyped-call]


class PostgresDatabase(PooledPostgresqlDatabase):  # type: ignore[misc]  # playhouse ships no types
    """PostgreSQL through a pool of psycopg 3 connections."""

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        if sql[:6].upper() in WRITES and not self.in_transaction():
            raise peewee.ProgrammingError("a write outside of a transaction")
        return super().execute_sql(sql, params)


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def open_database(url: str, connections: int = 40) -> peewee.Database:
    """The database that DATABASE_URL names; relative SQLite paths are under the project's folder.

    Raises ValueError for any other scheme.
    """
    if url.startswith("sqlite:///"):
        return QueuedSqliteDatabase(str(ROOT / url.removeprefix("sqlite:///")))
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresDatabase(
            url,
            prefer_psycopg3=True,
            max_connections=connections,
            stale_timeout=300,
            timeout=5,
            autoconnect=False,
        )
    raise ValueError("DATABASE_URL must begin with sqlite:/// or postgresql://")


def is_sqlite() -> bool:
    """Whether the database is SQLite."""
    return isinstance(db.obj, peewee.SqliteDatabase)


@contextmanager
def connected() -> Iterator[None]:
    """Have a connection inside the block; one that was open before stays open after."""
    opened = db.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened:
            db.close()
