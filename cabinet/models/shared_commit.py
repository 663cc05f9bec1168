"""Units of work of several threads in one commit.

SQLite admits one writer at a time, and each waits for the disk.
"""

import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cabinet.models.connections import renew_in_children
from cabinet.models.database import db, is_sqlite, transaction
from cabinet.models.unit import unit

T = TypeVar("T")


@dataclass
class _Part:
    """The work of one thread, and what came of it."""

    work: Callable[[], Any]
    context: Context = field(default_factory=copy_context)  # such as the request that is the cause
    value: Any = None
    error: BaseException | None = None
    done: bool = False

    def do_alone(self) -> None:
        """In a transaction of its own."""
        try:
            self.value = self.context.run(unit, self.work)
        except BaseException as error:  # for the thread whose work it is
            self.error = error
        self.done = True


class SharedCommit:
    """Who comes while another thread writes waits; whose turn it is then writes for all that wait."""

    def __init__(self) -> None:
        self.renew()
        renew_in_children(self)

    def renew(self) -> None:
        """Begin anew in a child, which has none of its parent's threads."""
        self.waiting: list[_Part] = []
        self.lock = threading.Lock()
        self.turn = threading.RLock()

    def do(self, work: Callable[[], T]) -> T:
        """Do `work` in one transaction with that of others; what raises takes nobody else's with it."""
        mine = _Part(work)
        with self.lock:
            self.waiting.append(mine)
        with self.turn:
            if not mine.done:
                self._lead(mine)
        if mine.error:
            raise mine.error
        done: T = mine.value
        return done

    def _lead(self, mine: _Part) -> None:
        parts: list[_Part] = []
        try:
            with transaction():
                parts = self._all()
                values = [part.context.run(part.work) for part in parts]
        except BaseException:
            if len(parts) < 2:
                self._drop(mine)
                raise
            for part in parts:
                part.do_alone()
        else:
            for part, part.value in zip(parts, values, strict=True):
                part.done = True

    def _all(self) -> list[_Part]:
        with self.lock:
            parts, self.waiting = self.waiting, []
        return parts

    def _drop(self, mine: _Part) -> None:
        with self.lock:
            if mine in self.waiting:
                self.waiting.remove(mine)


_shared = SharedCommit()


def together(work: Callable[[], T], keyed: bool = False) -> T:
    """As `unit`; on SQLite in one commit with what other threads do together meanwhile."""
    if db.in_transaction() or not is_sqlite():
        return unit(work, keyed)
    return _shared.do(work)
