"""Looks several times a second what there is to do, by one statement, and wakes the threads that do it.

PostgreSQL could notify, but its notices put all commits in a single file, which costs more than looks.
"""

import threading

from cabinet.models.base import now
from cabinet.models.database import connected
from cabinet.models.message import CHANNELS
from cabinet.models.prepared import execute

LOOK_EVERY = 0.2  # seconds
IMPORTS, STATUSES = "imports", "statuses"

_DUE = "EXISTS (SELECT 1 FROM message WHERE lane = ? AND due_at <= ?)"
_WORK = f"""
    SELECT {", ".join([_DUE] * len(CHANNELS))},
        EXISTS (SELECT 1 FROM import_job WHERE state IN ('checking', 'running', 'undoing')),
        EXISTS (SELECT 1 FROM delivery_try WHERE poll_at <= ?)
"""  # noqa: S608 — names of our own


class Scout:
    """A bell for each channel, one for imports and one for statuses."""

    def __init__(self) -> None:
        self.bells = {name: threading.Event() for name in (*CHANNELS, IMPORTS, STATUSES)}
        self.lock, self.stopping = threading.Lock(), False

    def look(self) -> None:
        """Ring for what there is to do now; it rings again until it is done."""
        moment = now()
        asked = [value for channel in CHANNELS for value in (channel, moment)]
        with connected():
            found = execute(_WORK, [*asked, moment]).fetchone()
        for bell, work in zip(self.bells.values(), found, strict=True):
            if work:
                bell.set()

    def wait(self, name: str, seconds: float | None = None) -> None:
        """Wait until there is something to do under this name, no longer than so many seconds."""
        self.bells[name].wait(seconds)
        with self.lock:
            if not self.stopping:
                self.bells[name].clear()

    def ring_all(self) -> None:
        """Wake everybody, for it is time to stop."""
        with self.lock:  # nobody silences a bell that others have yet to hear
            self.stopping = True
            for bell in self.bells.values():
                bell.set()
