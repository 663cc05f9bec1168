"""Looks several times a second what there is to do, by one statement, and wakes the threads that do it.

On SQLite most looks are only at whether anybody has written since the last. PostgreSQL could notify, but its
notices put all commits in a single file, which costs more than looks.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from peewee import SQL, NodeList, Select, fn

from cabinet.delivery.sending import PHONE
from cabinet.models import Message
from cabinet.models.base import now
from cabinet.models.choosing import something_due
from cabinet.models.database import connected, db, last_write
from cabinet.models.prepared import Prepared
from cabinet.worker.lanes import Lane

LOOK_EVERY = 0.25  # seconds
WHOLE = 4  # each so many looks are at everything, the others at what goes by phone: somebody sits and waits
AGAIN = 2  # looks after a write, for one of the same moment does not show
IMPORTS, AUDIT, STATUSES = "imports", "audit", "statuses"

_OTHERS: dict[str, tuple[str, bool]] = {  # what there is to do besides messages; whether as of a moment
    IMPORTS: ("SELECT 1 FROM import_job WHERE state IN ('checking', 'running', 'undoing')", False),
    AUDIT: ("SELECT 1 FROM audit WHERE place IS NULL", False),
    STATUSES: ("SELECT 1 FROM delivery_try WHERE poll_at <= ", True),
}


class Bell:
    """Wakes one of those who wait for it; rung while nobody waits, it wakes the next who does."""

    def __init__(self) -> None:
        self.condition = threading.Condition()
        self.rung = self.kept = False

    def ring(self) -> None:
        """Wake one."""
        with self.condition:
            self.rung = True
            self.condition.notify()

    def ring_for_ever(self) -> None:
        """Wake everybody, now and from now on."""
        with self.condition:
            self.rung = self.kept = True
            self.condition.notify_all()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it rings, no longer than so many seconds; whether it did."""
        with self.condition:
            rang = self.condition.wait_for(lambda: self.rung, seconds)
            self.rung = self.kept
            return rang


class Scout:
    """A bell for each lane, and one each for imports, the chain of the audit, and statuses.

    It wakes one thread of a lane, which rings for the next when it has found something.
    """

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.bells = {name: Bell() for name in (*(lane.name for lane in lanes), *_OTHERS)}
        seen = [lane for lane in lanes if lane.only.not_to is None]  # the others look themselves
        urgent = [lane for lane in seen if lane.channel in PHONE]
        self.all = _Look(
            [*(lane.name for lane in seen), *_OTHERS], lambda moment: _work(seen, _OTHERS, moment)
        )
        self.urgent = _Look([lane.name for lane in urgent], lambda moment: _work(urgent, {}, moment))
        self.turn = -1  # of so many looks that are at everything once
        self.written: object = None
        self.again = 0

    def is_due(self) -> bool:
        """Whether to `glance` this time: where somebody has written, else once in WHOLE, for time passes."""
        self.turn = (self.turn + 1) % WHOLE
        before, self.written = self.written, last_write()
        changed = self.written is None or self.written != before
        self.again = AGAIN if changed else max(0, self.again - 1)
        return not self.turn or self.again > 0

    def glance(self) -> None:
        """As `look`, mostly only at what is urgent."""
        self._look(self.urgent if self.turn else self.all)

    def look(self) -> None:
        """Ring for what there is to do now; it rings again until it is done. What rests is nothing to do."""
        with connected():
            self._look(self.all)

    def _look(self, at: "_Look") -> None:
        found = at.work.run(now()).fetchone()
        for name, something in zip(at.names, found, strict=True):
            if something:
                self.bells[name].ring()

    def wait(self, name: str, seconds: float | None = None) -> None:
        """Wait until there is something to do under this name, no longer than so many seconds."""
        self.bells[name].wait(seconds)

    def ring(self, name: str) -> None:
        """There may be something to do under this name."""
        self.bells[name].ring()

    def ring_all(self) -> None:
        """Wake everybody, for it is time to stop."""
        for bell in self.bells.values():
            bell.ring_for_ever()


class _Look:
    """One statement, and what each of its answers is about."""

    def __init__(self, names: Sequence[str], build: Callable[..., Any]) -> None:
        self.names = names
        self.work: Prepared[Message] = Prepared(build)


def _work(lanes: Sequence[Lane], others: dict[str, tuple[str, bool]], moment: Any) -> Any:
    """Selects for each lane, and what else is asked about, whether there is something."""
    each = [something_due(Message, lane.only, lane.channel, moment) for lane in lanes]
    rest = [
        fn.EXISTS(NodeList((SQL(sql), moment) if timed else (SQL(sql),))) for sql, timed in others.values()
    ]
    return Select(columns=[*each, *rest]).bind(db.obj)
