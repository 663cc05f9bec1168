"""What both databases share: how long one waits for them, and that writes stand in transactions."""

from contextvars import ContextVar

import peewee

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLAC")

_patience: ContextVar[float | None] = ContextVar("database_patience", default=None)


class NoConnectionError(peewee.OperationalError):
    """All connections of this process stay in use."""


def patience() -> float | None:
    """Seconds that a statement, or a turn to write, may take here; None: as long as it takes."""
    return _patience.get()


def wait_no_longer_than(seconds: float | None) -> None:
    """From here on, in this thread: peewee.OperationalError for what takes longer; None: nothing does."""
    _patience.set(seconds)


def expect_transaction(sql: str, database: peewee.Database) -> None:
    """Raise peewee.ProgrammingError for a write that stands outside of a transaction.

    It would jump the queue of writers and hide a missing transaction.
    """
    if sql[:6].upper() in WRITES and not database.in_transaction():
        raise peewee.ProgrammingError("a write outside of a transaction")
