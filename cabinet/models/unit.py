"""Units of work: whole, in one transaction, and tried again where the database failed in passing.

PostgreSQL may refuse any transaction because of others (serialization, deadlock), and ends all that are open
when it restarts or another server takes over. Nothing of them was written then, so that the unit may be done
anew. A commit whose answer was lost may have been done: only a unit that finds its own traces is repeated.
"""

import copy
import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from itertools import count
from typing import ParamSpec, TypeVar

import peewee

from cabinet.models.connections import patience, wait_no_longer_than
from cabinet.models.database import db, is_sqlite, transaction
from cabinet.models.failures import AWAY, UnknownOutcomeError, of_connection, passing

T = TypeVar("T")
P = ParamSpec("P")
Restore = Callable[[], None]

PAUSES = (0.02, 0.06, 0.15)  # seconds before each further try, by half more or less
LEAST = 0.1  # seconds; with less left, a further try is not begun

_memory: ContextVar[Callable[[], Restore] | None] = ContextVar("memory_of_units", default=None)


def remember_by(take: Callable[[], Restore] | None) -> None:
    """From here on, in this thread: what a unit changes in Python is put back before it is tried again.

    `take` notes how things are and returns what puts them back.
    """
    _memory.set(take)


def was_tried(error: BaseException | None) -> bool:
    """Whether a unit tried as often as it may, so that who sees the error need not."""
    return getattr(error, "tried", False)


def unit(work: Callable[[], T], keyed: bool = False, changed: tuple[peewee.Model, ...] = ()) -> T:
    """Do `work` in one transaction, in the caller's where there is one; tried again by the outermost.

    It must bear repetition: what may happen once only (a hash, a file, an SMS) is done before or after it.
    `keyed`: it knows by a key in the database what it has done already, and is repeated even when nobody
    knows whether it was. `changed`: rows that it changes in Python, too, which are put back before each
    further try. All tries take no longer than `patience()`.
    """
    if db.obj.in_transaction():
        return work()
    if is_sqlite():
        return _once(work)
    before, restore = patience(), _note(changed)
    until = None if before is None else time.monotonic() + before
    failure = unknown = None
    try:
        for tried in count():
            try:
                if failure:
                    recover(failure)
                return _once(work)
            except AWAY as error:
                failure = error
                unknown = error if isinstance(error, UnknownOutcomeError) else unknown
            again = passing(failure) or (keyed and failure is unknown)
            if not again or tried == len(PAUSES) or not wait_before(tried, until):
                break
            restore()
        final = unknown or failure
        assert final is not None
        vars(final)["tried"] = True
        raise final
    finally:
        wait_no_longer_than(before)


def whole(method: Callable[P, T]) -> Callable[P, T]:
    """Make all that a function does a unit of work, which may change the rows that it is given."""

    @wraps(method)
    def as_unit(*args: P.args, **kwargs: P.kwargs) -> T:
        return unit(lambda: method(*args, **kwargs), changed=_rows(args))

    return as_unit


def keyed(method: Callable[P, T]) -> Callable[P, T]:
    """As `whole`, of a function that knows by a key what it has done already."""

    @wraps(method)
    def as_unit(*args: P.args, **kwargs: P.kwargs) -> T:
        return unit(lambda: method(*args, **kwargs), keyed=True, changed=_rows(args))

    return as_unit


def wait_before(tried: int, until: float | None) -> bool:
    """Wait before what was repeated `tried` times is tried once more; False if there is no time left for it.

    `until`: by the monotonic clock; from here on statements take no longer than that.
    """
    pause = PAUSES[tried] * random.uniform(0.5, 1.5)  # noqa: S311 — no secret
    if until is not None:
        left = until - time.monotonic() - pause
        if left < LEAST:
            return False
        wait_no_longer_than(left)
    time.sleep(pause)
    return True


def recover(error: BaseException | None) -> None:
    """Before a further try: have another connection, if that was what failed."""
    if not is_sqlite() and of_connection(error):
        db.obj.reconnect()


def _rows(args: tuple[object, ...]) -> tuple[peewee.Model, ...]:
    return tuple(one for one in args if isinstance(one, peewee.Model))


def _note(changed: tuple[peewee.Model, ...]) -> Restore:
    """How rows and what is to be remembered are now; what is returned puts it back."""
    take = _memory.get()
    remembered = take() if take else None
    noted = [(row, _copied(vars(row))) for row in changed]

    def restore() -> None:
        if remembered:
            remembered()
        for row, was in noted:
            vars(row).clear()
            vars(row).update(_copied(was))

    return restore


def _copied(state: dict[str, object]) -> dict[str, object]:
    return {name: copy.copy(value) for name, value in state.items()}


def _once(work: Callable[[], T]) -> T:
    with transaction():
        return work()
