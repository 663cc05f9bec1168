"""Notes what became of a message, patiently."""

import time
from collections.abc import Callable

from cabinet.models.database import connected

PAUSES = (0.2, 1.0, 3.0)  # seconds between tries


def record(note: Callable[[], object]) -> None:
    """Record an outcome: a message without one is sent again when its lease runs out.

    `note` bears repetition.
    """
    for pause in (*PAUSES, None):
        try:
            with connected():
                note()
            return
        except Exception:
            if pause is None:
                raise
            time.sleep(pause)
