"""What both databases share: how long one waits for them, when they connect, and where writes stand."""

import os
import weakref
from contextvars import ContextVar
from typing import Any, Protocol

import peewee

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLAC")

wrap_exceptions: Any = vars(peewee)["__exception_wrapper__"]
BaseSavepoint: Any = vars(peewee)["_savepoint"]

_patience: ContextVar[float | None] = ContextVar("database_patience", default=None)
_when_asked: ContextVar[bool] = ContextVar("database_when_asked", default=False)
_commits: ContextVar[int] = ContextVar("database_commits", default=0)


class _OursError(Exception):
    """Stays what it is: peewee replaces whatever has one of its own as its first base."""


class NoConnectionError(_OursError, peewee.OperationalError):
    """All connections of this process, or of the server, stay in use."""


def patience() -> float | None:
    """Seconds that a statement, or a turn to write, may take here; None: as long as it takes."""
    return _patience.get()


def wait_no_longer_than(seconds: float | None) -> None:
    """From here on, in this thread: peewee.OperationalError for what takes longer; None: nothing does."""
    _patience.set(seconds)


def connect_when_asked(yes: bool) -> None:
    """From here on, in this thread: connect at the first statement, by a connection that is kept for more."""
    _when_asked.set(yes)


def commits() -> int:
    """How many commits this thread has tried: as long as it is the same, nothing was written."""
    return _commits.get()


def count_commit() -> None:
    """One more, before it is tried."""
    _commits.set(_commits.get() + 1)


class Savepoint(BaseSavepoint):  # type: ignore[misc]
    """Takes back what waits for the commit, too, where it takes back what was written."""

    def __enter__(self) -> Any:
        self.waited = len(self.db._state.commit_callbacks)
        return super().__enter__()

    def rollback(self, begin: bool = True) -> None:
        """As peewee's."""
        del self.db._state.commit_callbacks[self.waited :]
        super().rollback(begin)


class WhenAsked:
    """Of a database: whether it connects by itself, which peewee asks before each statement."""

    @property
    def autoconnect(self) -> bool:
        """Only inside a request; elsewhere a statement without a connection is a mistake."""
        return _when_asked.get()

    @autoconnect.setter
    def autoconnect(self, _value: bool) -> None: ...

    def savepoint(self) -> Savepoint:
        """What a transaction inside another is."""
        return Savepoint(self)


class OfOneProcess(Protocol):
    """What a forked child must not share with its parent."""

    def renew(self) -> None:
        """Start over in a child, which has none of its parent's threads; touch nothing of the parent's."""


_renewed: "weakref.WeakSet[OfOneProcess]" = weakref.WeakSet()


def renew_in_children(one: OfOneProcess) -> None:
    """Have it renewed in each child, before the child has threads that could do so at once."""
    _renewed.add(one)


def _renew() -> None:
    for one in _renewed:
        one.renew()


os.register_at_fork(after_in_child=_renew)


def expect_transaction(sql: str, database: peewee.Database) -> None:
    """Raise peewee.ProgrammingError for a write that stands outside of a transaction.

    It would jump the queue of writers and hide a missing transaction.
    """
    if sql[:6].upper() in WRITES and not database.in_transaction():
        raise peewee.ProgrammingError("a write outside of a transaction")
