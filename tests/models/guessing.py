"""Guesses at a password, as the lock-outs count them."""

from datetime import datetime, timedelta
from typing import Any

import time_machine

from cabinet.models.attempt import TooManyError
from cabinet.models.login import LoginAttempt
from tests.cast import PHONE

IP = "192.0.2.1"


def guess(right: bool = False, phone: str = PHONE, ip: str = IP, trusted: str | None = None) -> bool:
    """One password typed. Raises TooManyError when none may be."""
    return LoginAttempt.begin(phone, ip, trusted).verify(lambda: right)


def wait(**kwargs: Any) -> int:
    """Seconds until the next guess is allowed; a wrong one is made when it is now."""
    try:
        guess(**kwargs)
    except TooManyError as error:
        return error.wait
    return 0


def lock(moment: datetime, **kwargs: object) -> datetime:
    """Fail until it locks; returns when it opens."""
    with time_machine.travel(moment, tick=False):
        for _ in range(5):
            assert wait(**kwargs) == 0
        return moment + timedelta(seconds=wait(**kwargs))
