"""SQLite whose writers queue: one at a time, in order of arrival, across threads and processes."""

import fcntl
import math
import os
import sqlite3
import threading
import time
from contextlib import suppress
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
from cabinet.models.joint_commit import JointCommits, Turns

LOCK_PATIENCE = 15  # seconds a writer queues before it gives up; less on pages
CACHE_KIB = 8 * 1024  # for imports and the like
KEPT_CACHE_KIB = 512  # for a request, which reads less; what others write empties it anyway
STEP = 0.25  # seconds to which its patience is rounded up
HARMLESS = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CONSTRAINT)  # errors of others' doing
KEPT = 8  # connections of a process that are kept for the next request, each with its cache


class WriteQueue:
    """Admits one writer at a time to a SQLite file, in order of arrival, across threads and processes.

    SQLite's own busy wait polls and is unfair: a writer may starve for seconds under load. A thread lock
    inside the process and a lock on a file between processes turn the wait into a queue.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.door = path + ".door"  # locked by the process that is next
        self.renew()
        renew_in_children(self)

    def renew(self) -> None:
        """Have locks of its own: those of a parent are not."""
        self.thread_lock = Turns()
        self.locked = False
        self.file = _opened(self.path)

    def acquire(self) -> None:
        """Wait for the turn. Raises peewee.OperationalError after LOCK_PATIENCE seconds, or `patience()`."""
        most = patience() or LOCK_PATIENCE
        deadline = time.monotonic() + most
        if not self.thread_lock.acquire(timeout=most):
            raise peewee.OperationalError("database is locked")
        if self.locked:  # it was passed on to us
            return
        try:
            self._lock_file(deadline)
        except BaseException:
            self.thread_lock.release()
            raise
        self.locked = True

    def _lock_file(self, deadline: float) -> None:
        """Queue among processes. The system knows no time-out: where one is needed, a thread waits for us."""
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            turn = _Turn(self.file, self.door)
            if not turn.came(deadline - time.monotonic()):
                self.file = _opened(self.path)  # the turn comes yet, to nobody: it ends with the old file
                raise peewee.OperationalError("database is locked") from None

    def give_way(self) -> None:
        """Before the next of many turns: let another process that waits have its turn first.

        Who releases the lock is awake to take it again before others are.
        """
        door = _opened(self.door)
        try:
            fcntl.flock(door, fcntl.LOCK_EX)
            fcntl.flock(door, fcntl.LOCK_UN)
        finally:
            os.close(door)

    @property
    def waited_for(self) -> bool:
        """Whether a thread of this process waits for its turn."""
        return bool(self.thread_lock.waiting)

    def pass_on(self) -> bool:
        """The turn is that of this process's next thread, before other processes; False where none waits."""
        return self.thread_lock.pass_on()

    def release(self) -> None:
        """Let the next writer in."""
        self.locked = False
        fcntl.flock(self.file, fcntl.LOCK_UN)
        self.thread_lock.release()


def _opened(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


class _Turn:
    """A place in the queue of processes for a SQLite file, kept by a thread that may wait for ever."""

    def __init__(self, file: int, door: str) -> None:
        self.file, self.door = file, _opened(door)
        self.lock = threading.Lock()
        self.locked = threading.Event()
        self.given_up = False
        threading.Thread(target=self._wait, daemon=True, name="write-queue").start()

    def _wait(self) -> None:
        fcntl.flock(self.door, fcntl.LOCK_EX)
        fcntl.flock(self.file, fcntl.LOCK_EX)
        fcntl.flock(self.door, fcntl.LOCK_UN)
        os.close(self.door)
        with self.lock:
            self.locked.set()
            if self.given_up:
                os.close(self.file)  # which unlocks it

    def came(self, seconds: float) -> bool:
        """Whether it is our turn within so many seconds; else it is given up, and the file with it."""
        if self.locked.wait(max(0, seconds)):
            return True
        with self.lock:
            self.given_up = not self.locked.is_set()
            return not self.given_up


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
            autoconnect=False,
            factory=Connection,
            check_same_thread=False,  # each is used by one thread at a time
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


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text
