"""Login throttling: lock-outs that are temporary, grow, and stay exact under parallel guesses."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from cabinet.models.account_event import AccountEvent
from cabinet.models.attempt import (
    Attempt,
    Question,
    TooManyError,
    blocking,
    count_since,
    counter_key,
    longest_wait,
    network,
)
from cabinet.models.base import now, settings
from cabinet.models.database import transaction
from cabinet.models.limits import limits_of
from cabinet.models.locks import lock_names
from cabinet.models.prepared import Prepared, insert_numbered
from cabinet.models.unit import unit, whole
from cabinet.models.user import CredentialsChangedError

Origin = tuple[str, str, str]  # phone, address, browser
UNDER_WAY = "login-under-way"
LONGEST = 30  # seconds that a comparison takes at most
PAUSES = (0.05, 0.1, 0.2, *[0.3] * 30)  # seconds between looks whether others are through: ten in all
MOST_WAITING = 16  # in a process, so that they never take all its threads

_waiting = threading.BoundedSemaphore(MOST_WAITING)


class _UnderWayError(TooManyError):
    """As many attempts are under way as may fail; if they turn out to be right, the limit is not reached."""


@dataclass(frozen=True)
class LoginAttempt:
    """A password about to be tried. It counts as a failure until `verify` has found it right."""

    subject: str
    failures: tuple[int, ...]  # ids of what counts it as a failure, of the phone and of the network
    marks: tuple[int, ...]  # … and as under way
    origin: Origin

    @classmethod
    def begin(
        cls,
        phone: str,
        ip: str,
        trusted: str | None,
        browser: str = "",
        pause: Callable[[float], None] = time.sleep,
    ) -> "LoginAttempt":
        """Count the attempt, committed before any comparison, so that N parallel guesses count N.

        Failures are counted per phone, whether it has a cabinet or not, and per client network. `trusted`
        names a browser that is certainly the resident's: it signed in before, is signed in now, or has just
        recovered the password by SMS. Each has a count of its own and none per network, so that strangers
        cannot lock it out, wherever it is; its own failures lock it all the same.
        As many may be under way as may fail: the next waits for their outcome, for they may all be right;
        `pause` waits so many seconds.
        Raises TooManyError with the seconds to wait; a refused attempt is not counted.
        """
        subject, client = counter_key(phone, trusted), "" if trusted else network(ip)
        origin = (phone, ip, browser)
        try:
            return cls._begin(subject, client, origin)
        except _UnderWayError:
            if not _waiting.acquire(blocking=False):
                raise
            try:
                for seconds in PAUSES:
                    pause(seconds)
                    with suppress(_UnderWayError):
                        return cls._begin(subject, client, origin)
                raise
            finally:
                _waiting.release()

    @classmethod
    def _begin(cls, subject: str, client: str, origin: Origin) -> "LoginAttempt":
        """Count the attempt now. Raises TooManyError; _UnderWayError where those under way may be right."""
        with transaction():
            lock_names(f"login:{subject}", *([f"login-ip:{client}"] if client else []))
            if refusal := _refusal(subject, client):
                raise refusal
            rows = [("login", subject), (UNDER_WAY, subject)]
            rows += [("login-ip", client), (UNDER_WAY, client)] if client else []
            numbers = insert_numbered(*(Attempt(kind=kind, subject=one) for kind, one in rows))
            return cls(subject, numbers[::2], numbers[1::2], origin)

    def verify(self, compare: Callable[[], bool], then: Callable[[], None] | None = None) -> bool:
        """Compare, and count the outcome. A comparison that could not be made does not count.

        `then` is done in the transaction that settles a right one; it may raise CredentialsChangedError.
        """
        try:
            right = compare()
        except Exception:
            self._forget()
            raise
        if not right:
            self._failed()
            return False

        def settle() -> None:
            self._forget()
            if then:
                then()

        try:
            unit(settle)
        except CredentialsChangedError:
            self._forget()  # it was undone too, but the password was no wrong one
            raise
        return True

    @whole
    def _failed(self) -> None:
        """Lock at the last allowed failure."""
        lock_names(f"login:{self.subject}")
        _delete.changed(*self.marks, *[0] * (4 - len(self.marks)))
        series = _lockouts(self.subject)
        failures = Attempt.ask(_recent_failures(self.subject, series))[0]
        locks = failures >= settings().login_failures and not _locked_for(series)
        if locks:
            Attempt.add(("lockout", self.subject))
        phone, ip, browser = self.origin
        if phone.startswith("+"):  # those of staff are in the audit log
            AccountEvent.record("locked-out" if locks else "wrong-password", phone, ip, browser)

    @whole
    def _forget(self) -> None:
        """Uncount this attempt; earlier failures stay counted."""
        numbers = self.failures + self.marks
        _delete.changed(*numbers, *[0] * (4 - len(numbers)))


_delete: Prepared[Attempt] = Prepared(
    lambda one, two, three, four: Attempt.delete().where(Attempt.id.in_((one, two, three, four)))
)
_latest_lockouts: Prepared[Attempt] = Prepared(
    lambda subject: (
        Attempt.select(Attempt.at)
        .where(Attempt.kind == "lockout", Attempt.subject == subject)
        .order_by(Attempt.at.desc())
        .limit(20)
    )
)


def _refusal(subject: str, client: str) -> TooManyError | None:
    """Why no attempt is possible now: TooManyError; _UnderWayError where those under way may be right."""
    moment, series = now(), _lockouts(subject)
    limits = limits_of("login-ip") if client else ()
    failures, under_way, around, *blocked_by = Attempt.ask(
        _recent_failures(subject, series),
        # comparisons under way; one that a crash interrupted is not for long
        count_since(UNDER_WAY, subject, moment - timedelta(seconds=LONGEST)),
        count_since(UNDER_WAY, client, moment - timedelta(seconds=LONGEST)),
        *blocking("login-ip", client, limits, moment),
    )
    locked = _locked_for(series)
    hopeful = not locked
    if not locked and failures >= settings().login_failures:
        locked, hopeful = _next_lockout(series), under_way > 0
    # the time that is told is when both allow it
    crowded = longest_wait(blocked_by, limits, moment)
    locked, kind = max((locked, "login"), (crowded, "login-ip"))
    if crowded:
        hopeful = hopeful and around > 0
    if not locked:
        return None
    return _UnderWayError(locked, kind) if hopeful else TooManyError(locked, kind)


def _lockouts(subject: str) -> list[datetime]:
    """The lock-outs of the growing series, oldest first: the gap before each is less than the reset time."""
    series: list[datetime] = []
    later = now()
    for lockout in _latest_lockouts.all(subject):
        if later - lockout.at > timedelta(seconds=settings().login_reset_after):
            break
        series.insert(0, lockout.at)
        later = lockout.at
    return series


def _locked_for(series: list[datetime]) -> int:
    """Seconds that the lock-out still lasts; 0 when there is none."""
    durations = settings().login_lockouts
    if not series:
        return 0
    until = series[-1] + timedelta(seconds=durations[min(len(series), len(durations)) - 1])
    return max(0, int((until - now()).total_seconds() + 0.999))


def _next_lockout(series: list[datetime]) -> int:
    """Seconds that the lock-out about to begin will last."""
    durations = settings().login_lockouts
    return durations[min(len(series), len(durations) - 1)]


def _recent_failures(subject: str, series: list[datetime]) -> Question:
    """Failures in the window since the last lock-out."""
    since = now() - timedelta(seconds=settings().login_window)
    return count_since("login", subject, max(since, series[-1]) if series else since)
