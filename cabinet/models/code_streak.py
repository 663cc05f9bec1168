"""Wrong codes in a row: a hundred for a phone end its codes until support or another proof allows more.

Each day's limit alone would let somebody guess for years (NIST SP 800-63B: at most 100 failures in a row).
"""

from datetime import datetime

from cabinet.models.attempt import DAY, Attempt, Question, TooManyError, count_since
from cabinet.models.database import transaction
from cabinet.models.prepared import Prepared

STREAK = "wrong-code-in-a-row"
MOST = 100
EVER = datetime(2000, 1, 1)

_end: Prepared[Attempt] = Prepared(
    lambda phone: Attempt.delete().where(Attempt.kind == STREAK, Attempt.subject == phone)
)


class StoppedError(TooManyError):
    """No code is sent to the phone any more, however long one waits."""


def length(phone: str) -> Question:
    """How many wrong codes were typed in a row."""
    return count_since(STREAK, phone, EVER)


def check(wrong: int) -> None:
    """Raises StoppedError when so many wrong codes were typed in a row."""
    if wrong >= MOST:
        raise StoppedError(DAY, STREAK)


def is_stopped(phone: str) -> bool:
    """Whether no more codes are sent to the phone."""
    return bool(Attempt.ask(length(phone))[0] >= MOST)


def end(phone: str) -> bool:
    """The row is over: a code was right, the password was, or support knows whose phone it is."""
    with transaction():
        return bool(_end.changed(phone))
