"""Looks several times a second what there is to do, by one statement, and wakes the threads that do it.

PostgreSQL could notify, but its notices put all commits in a single file, which costs more than looks.
"""

import threading
from collections.abc import Sequence

from cabinet.models.base import now
from cabinet.models.database import connected
from cabinet.models.message import CHANNELS
from cabinet.models.prepared import execute
from cabinet.worker.lanes import Lane

LOOK_EVERY = 0.2  # seconds
IMPORTS, STATUSES = "imports", "statuses"

_DUE = "EXISTS (SELECT 1 FROM message WHERE lane = ? AND due_at <= ?)"
_WORK = f"""
    SELECT {", ".join([_DUE] * len(CHANNELS))},
        EXISTS (SELECT 1 FROM import_job WHERE state IN ('checking', 'running', 'undoing')),
        EXISTS (SELECT 1 FROM delivery_try WHERE poll_at <= ?)
"""  # noqa: S608 — names of our own


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
        self.channels = [lane.channel for lane in lanes]
        self.bells = {name: Bell() for name in (*(lane.name for lane in lanes), IMPORTS, STATUSES)}

    def look(self) -> None:
        """Ring for what there is to do now; it rings again until it is done."""
        moment = now()
        asked = [value for channel in CHANNELS for value in (channel, moment)]
        with connected():
            *due, imports, statuses = execute(_WORK, [*asked, moment]).fetchone()
        by_channel = dict(zip(CHANNELS, due, strict=True))
        work = [*(by_channel[channel] for channel in self.channels), imports, statuses]
        for bell, something in zip(self.bells.values(), work, strict=True):
            if something:
                bell.ring()

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
