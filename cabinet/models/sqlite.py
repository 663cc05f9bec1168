"""SQLite whose writers queue, and whose connections are kept for the next request."""

import math
import os
import sqlite3
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import peewee

from cabinet.models.connections import (
    WhenAsked,
    expect_transaction,
    patience,
    renew_in_children,
    wrap_exceptions,
)
from cabinet.models.joint_commit import JointCommits
from cabinet.models.write_queue import LOCK_PATIENCE, WriteQueue

CACHE_KIB = 8 * 1024  # for imports and the like
KEPT_CACHE_KIB = 512  # for a request, which reads less; what others write empties it anyway
STEP = 0.25  # seconds to which its patience is rounded up
HARMLESS = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CONSTRAINT)  # errors of others' doing
KEPT = 8  # connections of a process that are kept for the next request, each with its cache

# what sqlite3 knows no way to write, it looks for in the value itself, by an exception each time
sqlite3.register_adapter(type(None), {None: None}.get)
sqlite3.register_adapter(bool, int)

_latest: tuple[datetime | None, str] = (None, "")  # moment, and how it is written

_of_parents: list[Any] = []  # who closed them in a child would drop the parent's locks


class Connection(sqlite3.Connection):
    """A connection, and how long it waits for the file now."""

    patience: float = LOCK_PATIENCE
    file: tuple[int, int] | None = None
    worn = False  # whether it may be the connection's fault that something failed: the next has another

    def wear(self, error: Exception) -> None:
        """Take note of an error of sqlite3, or of peewee's that wraps it."""
        code = getattr(getattr(error, "orig", error), "sqlite_errorcode", 0)
        self.worn = self.worn or code & 0xFF not in HARMLESS


class QueuedSqliteDatabase(WhenAsked, JointCommits, peewee.SqliteDatabase):
    """SQLite whose write transactions are BEGIN IMMEDIATE and wait in a WriteQueue.

    A write outside of `atomic()` raises. To open the file and read its schema costs more than a page asks, so
    connections of requests are kept for the next.
    """

    def __init__(self, path: str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.queue = WriteQueue(path + ".lock")
        self.idle: list[Connection] = []
        renew_in_children(self)
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
            factory=Connection,
            # each is used by one thread at a time
            check_same_thread=False,
        )
        self.register_function(_lower, "lower", 1)

    def renew(self) -> None:
        """Have connections of its own."""
        _of_parents.append((self.idle, self.writer))
        self.idle, self.joint, self.writer = [], None, None

    def _connect(self) -> Connection:
        connection = self._kept() or self._opened()
        self._be_patient(connection)
        return connection

    def _be_patient(self, connection: Connection) -> None:
        seconds = math.ceil((patience() or LOCK_PATIENCE) / STEP) * STEP  # not another with each request
        if connection.patience != seconds:
            connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")
            connection.patience = seconds

    def _opened(self) -> Connection:
        connection: Connection = super()._connect()  # type: ignore[misc]  # not in its types
        connection.file = _identity(self.database)
        if self.autoconnect:
            connection.execute(f"PRAGMA cache_size = -{KEPT_CACHE_KIB}")
        return connection

    def _kept(self) -> Connection | None:
        file = _identity(self.database)
        with suppress(IndexError):
            while True:
                connection = self.idle.pop()
                if connection.file == file:
                    return connection
                connection.close()  # of a file that was replaced
        return None

    def _close(self, connection: Connection) -> None:
        if self.autoconnect and len(self.idle) < KEPT and not (connection.worn or connection.in_transaction):
            self.idle.append(connection)
        else:
            connection.close()

    def close_idle(self) -> None:
        """Close the connections that nobody uses."""
        self.close_writer()
        while self.idle:
            self.idle.pop().close()

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        expect_transaction(sql, self)
        state: Any = vars(self)["_state"]
        if state.closed and self.autoconnect:
            self.connect()
        if self.query_hooks or state.closed:
            return super().execute_sql(sql, params)  # type: ignore[no-untyped-call]
        try:
            return state.conn.execute(sql, params or ())  # by a tenth of the calls
        except sqlite3.Error as error:
            state.conn.wear(error)
            with wrap_exceptions:
                raise


def _identity(path: Any) -> tuple[int, int] | None:
    """Which file it is; another one if it was replaced, None if it is away."""
    with suppress(OSError):
        found = os.stat(path)
        return found.st_dev, found.st_ino
    return None


def _written(moment: datetime) -> str:
    """As sqlite3 writes it, once for the columns of a row that have the same."""
    global _latest
    latest, text = _latest
    if latest is not moment:
        text = moment.isoformat(" ")
        _latest = moment, text
    return text


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


sqlite3.register_adapter(datetime, _written)
