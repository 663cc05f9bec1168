"""A clock that stands still where tests put it, so that limits can be tried to the second."""

from datetime import datetime, timedelta

import time_machine

START = datetime(2026, 10, 15, 9, 0)
MINUTE, HOUR, DAY = 60, 3600, 86400


def moment(seconds: float) -> datetime:
    """So long after START, as the database has it."""
    return START + timedelta(seconds=seconds)


def after(seconds: float = 0) -> time_machine.travel:
    """The time stands so long after START."""
    return time_machine.travel(moment(seconds), tick=False)
