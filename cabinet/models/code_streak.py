"""Wrong codes in a row: a hundred for a phone end its codes until support or another proof allows more.

Each day's limit alone would let somebody guess for years (NIST SP 800-63B: at most 100 failures in a row).
"""

from cabinet.models.attempt import DAY, Attempt, TooManyError
from cabinet.models.database import db

STREAK = "wrong-code-in-a-row"
MOST = 100


class StoppedError(TooManyError):
    """No code is sent to the phone any more, however long one waits."""


def count(phone: str) -> None:
    """Count a guess as wrong until it is found right, inside the caller's transaction."""
    Attempt.create(kind=STREAK, subject=phone)


def check(phone: str) -> None:
    """Raises StoppedError when so many wrong codes were typed in a row."""
    if is_stopped(phone):
        raise StoppedError(DAY)


def is_stopped(phone: str) -> bool:
    """Whether no more codes are sent to the phone."""
    return Attempt.select().where(Attempt.kind == STREAK, Attempt.subject == phone).count() >= MOST


def end(phone: str) -> bool:
    """The row is over: a code was right, the password was, or support knows whose phone it is."""
    with db.atomic():
        return bool(Attempt.delete().where(Attempt.kind == STREAK, Attempt.subject == phone).execute())
