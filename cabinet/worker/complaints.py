"""What goes wrong in the worker, in its log and for Sentry."""

import logging
import threading
import time

from cabinet.models.failures import AWAY
from cabinet.telemetry import crashes
from cabinet.telemetry.logs import place_of

log = logging.getLogger(__name__)

AGAIN_AFTER = 60.0  # seconds


class Complaints:
    """Told by every thread; a database that is away or full is one line a minute, not one a thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due = float("-inf")  # when the database may be complained of again, by the monotonic clock

    def tell(self, error: BaseException, of: str) -> None:
        """Tell of an error that was met by a lane or a chore."""
        if not isinstance(error, AWAY):
            log.error("%s: %s at %s", of, type(error).__name__, place_of(error))
        elif self._is_due():
            text = "the database fails: %s at %s, met first by: %s; the worker goes on by itself"
            log.error(text, type(error).__name__, place_of(error), of)
        crashes.tell(error, of)

    def _is_due(self) -> bool:
        with self._lock:
            due = time.monotonic() >= self._due
            if due:
                self._due = time.monotonic() + AGAIN_AFTER
            return due
