"""How a delivery may fail. Reasons are shown to staff, so they hold no secrets or personal data."""

import time
from email.utils import parsedate_to_datetime

from cabinet.models.fate import Fault


class RefusedError(Exception):
    """The receiver will never accept this message; trying again is pointless.

    `by_receiver`: it said so itself, and so is there.
    """

    def __init__(self, reason: str, fault: Fault = Fault.UNKNOWN, by_receiver: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fault = fault
        self.by_receiver = by_receiver


class UnavailableError(Exception):
    """Delivery failed for now; try again later, after `retry_after` seconds if the receiver asked for that.

    `certain` is False when the message may have been accepted nevertheless, as after a time-out. `alone`:
    the receiver takes others.
    """

    def __init__(
        self, reason: str, retry_after: float | None = None, certain: bool = True, alone: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.certain = certain
        self.alone = alone


def unreadable(name: str) -> UnavailableError:
    """A gateway answered what makes no sense: it may have acted on the request."""
    return UnavailableError(f"{name}: unreadable answer", certain=False)


class RestingError(Exception):
    """Nobody was asked: the receiver keeps failing and is left alone for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class OutdatedError(Exception):
    """The message is out of date and must not be sent."""


def seconds_to_wait(header: str | None) -> float | None:
    """The seconds that a Retry-After header asks for: a number or an HTTP date; None for anything else."""
    if not header:
        return None
    try:
        return max(0.0, float(int(header)))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
