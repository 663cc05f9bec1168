"""Looks several times a second what there is to do, by one statement, and wakes the threads that do it.

PostgreSQL could notify, but its notices put all commits in a single file, which costs more than looks.
"""

import threading
from collections.abc import Sequence
from typing import Any

from peewee import SQL, NodeList, Select, fn

from cabinet.models import Message
from cabinet.models.base import now
from cabinet.models.claims import due
from cabinet.models.database import connected, db
from cabinet.models.prepared import Prepared
from cabinet.worker.lanes import Lane

LOOK_EVERY = 0.2  # seconds
IMPORTS, STATUSES = "imports", "statuses"

_IMPORTS = "EXISTS (SELECT 1 FROM import_job WHERE state IN ('checking', 'running', 'undoing'))"
_STATUSES = "EXISTS (SELECT 1 FROM delivery_try WHERE poll_at <= "


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
    """A bell for each lane, one for imports and one for statuses.

    It wakes one thread of a lane, which rings for the next when it has found something.
    """

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.bells = {name: Bell() for name in (*(lane.name for lane in lanes), IMPORTS, STATUSES)}
        seen = [lane for lane in lanes if lane.only.not_to is None]  # the others look themselves
        self.asked = [*(lane.name for lane in seen), IMPORTS, STATUSES]
        self.work: Prepared[Message] = Prepared(lambda moment: _work(seen, moment))

    def look(self) -> None:
        """Ring for what there is to do now; it rings again until it is done. What rests is nothing to do."""
        with connected():
            found = self.work.run(now()).fetchone()
        for name, something in zip(self.asked, found, strict=True):
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


def _work(lanes: Sequence[Lane], moment: Any) -> Any:
    """Selects for each lane, imports and statuses whether there is something."""
    each = [fn.EXISTS(due(Message, lane.only, lane.channel, moment)) for lane in lanes]
    others = [SQL(_IMPORTS), NodeList((SQL(_STATUSES), moment, SQL(")")))]
    return Select(columns=[*each, *others]).bind(db.obj)
