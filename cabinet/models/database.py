"""The database: one handle for SQLite and PostgreSQL, and connections to it.

No Flask here: domain code is called by views, commands and the worker alike.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import peewee

from cabinet.models.connections import Savepoint
from cabinet.models.sqlite import QueuedSqliteDatabase
from config import ROOT


class Handle(peewee.DatabaseProxy):
    """Peewee's, but for savepoints, which are the database's own: see `connections.Savepoint`.

    What each request asks is passed on here: for anything else Python makes an exception first.
    """

    def atomic(self, *args: Any, **options: Any) -> Any:
        """A transaction, or a savepoint in one."""
        return self.obj.atomic(*args, **options)

    def in_transaction(self) -> bool:
        """Whether this thread is in a transaction."""
        return bool(self.obj.in_transaction())

    def is_closed(self) -> bool:
        """Whether this thread has no connection."""
        return bool(self.obj.is_closed())

    def savepoint(self) -> Savepoint:
        """What a transaction inside another is."""
        made: Savepoint = self.obj.savepoint()
        return made


db = Handle()


def open_database(url: str, connections: int = 40) -> peewee.Database:
    """The database that DATABASE_URL names; relative SQLite paths are under the project's folder.

    Raises ValueError for any other scheme.
    """
    if url.startswith("sqlite:///"):
        return QueuedSqliteDatabase(str(ROOT / url.removeprefix("sqlite:///")))
    if url.startswith(("postgresql://", "postgres://")):
        from cabinet.models.postgres import PostgresDatabase  # its driver takes memory

        return PostgresDatabase(url, connections)
    raise ValueError("DATABASE_URL must begin with sqlite:/// or postgresql://")


def is_sqlite() -> bool:
    """Whether the database is SQLite."""
    return isinstance(db.obj, peewee.SqliteDatabase)


def rare(condition: Any) -> Any:
    """A condition that hardly any row meets: SQLite would rather look through all than believe it."""
    return peewee.fn.LIKELIHOOD(condition, peewee.SQL("0.0001")) if is_sqlite() else condition


def connections() -> tuple[int, int]:
    """How many connections of this process's pool are in use, and may be; SQLite has no pool."""
    return (0, 0) if is_sqlite() else (db.obj.used, db.obj.most)


def last_write() -> tuple[int, int] | None:
    """Differs from what it was if anybody has written since, for a hundredth of what a question costs.

    That of SQLite's log; a write of the same few milliseconds may leave it as it is. None: it is not known.
    """
    with suppress(OSError):
        if is_sqlite():
            log = os.stat(f"{db.database}-wal")
            return log.st_mtime_ns, log.st_size
    return None


@contextmanager
def connected() -> Iterator[None]:
    """Have a connection inside the block; one that was open before stays open after."""
    opened = db.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened:
            db.close()


@contextmanager
def transaction() -> Iterator[None]:
    """Inside the block one transaction: the caller's, where there is one, else a new one.

    No savepoint, which would be two statements more: what raises inside has written nothing yet, or ends the
    caller's transaction too.
    """
    if db.obj.in_transaction():
        yield
        return
    with db.atomic():
        yield
