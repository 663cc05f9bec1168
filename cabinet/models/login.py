"""Login throttling: lock-outs that are temporary, grow, and stay exact under parallel guesses."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from cabinet.models.account_event import AccountEvent
from cabinet.models.attempt import Attempt, TooManyError, advisory_lock, counter_key, network
from cabinet.models.base import now, settings
from cabinet.models.database import db
from cabinet.models.limits import limits_of

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
    def begin(cls, phone: str, ip: str, trusted: str | None, browser: str = "") -> "LoginAttempt":
        """Count the attempt, committed before any comparison, so that N parallel guesses count N.

        Failures are counted per phone, whether it has a cabinet or not, and per client network. `trusted`
        names a browser that is certainly the resident's: it signed in before, is signed in now, or has just
        recovered the password by SMS. Each has a count of its own and none per network, so that strangers
        cannot lock it out, wherever it is; its own failures lock it all the same.
        As many may be under way as may fail: the next waits for their outcome, for they may all be right.
        Raises TooManyError with the seconds to wait; a refused attempt is not counted.
        """
        subject, client = counter_key(phone, trusted), "" if trusted else network(ip)
        origin = (phone, ip, browser)
        try:
            return cls._begin(subject, client, origin)
        except _UnderWayError as error:
            if not _waiting.acquire(blocking=False):
                raise
            try:
                return cls._begin_later(subject, client, origin, error)
            finally:
                _waiting.release()

    @classmethod
    def _begin_later(cls, subject: str, client: str, origin: Origin, refusal: TooManyError) -> "LoginAttempt":
        for pause in PAUSES:
            time.sleep(pause)
            with suppress(_UnderWayError):
                return cls._begin(subject, client, origin)
        raise refusal

    @classmethod
    def _begin(cls, subject: str, client: str, origin: Origin) -> "LoginAttempt":
        """Count the attempt now. Raises TooManyError; _UnderWayError where those under way may be right."""
        with db.atomic():
            advisory_lock(f"login:{subject}")
            locked, hopeful = _locked_for(subject), True
            if locked:
                hopeful = False
            elif Attempt.select().where(*_recent_failures(subject)).count() >= settings().login_failures:
                locked, hopeful = _next_lockout(subject), _under_way(subject)
            if client:
                limits = limits_of("login-ip")
                # the time that is told is when both allow it
                advisory_lock(f"login-ip:{client}")
                crowded = Attempt.wait("login-ip", client, *limits)
                locked, hopeful = max(locked, crowded), hopeful and (not crowded or _under_way(client))
            if locked:
                raise (_UnderWayError if hopeful else TooManyError)(locked)
            failures, marks = _count(subject, client, "login", "login-ip"), _count(subject, client, UNDER_WAY)
            return cls(subject, failures, marks, origin)

    def verify(self, compare: Callable[[], bool]) -> bool:
        """Compare, and count the outcome. A comparison that could not be made does not count."""
        try:
            right = compare()
        except Exception:
            self._forget()
            raise
        if right:
            self._forget()
        else:
            self._failed()
        return right

    def _failed(self) -> None:
        """Lock at the last allowed failure."""
        with db.atomic():
            advisory_lock(f"login:{self.subject}")
            Attempt.delete().where(Attempt.id.in_(self.marks)).execute()
            failures = Attempt.select().where(*_recent_failures(self.subject)).count()
            locks = failures >= settings().login_failures and not _locked_for(self.subject)
            if locks:
                Attempt.create(kind="lockout", subject=self.subject)
            phone, ip, browser = self.origin
            if phone.startswith("+"):  # those of staff are in the audit log
                AccountEvent.record("locked-out" if locks else "wrong-password", phone, ip, browser)

    def _forget(self) -> None:
        """Uncount this attempt; earlier failures stay counted."""
        with db.atomic():
            Attempt.delete().where(Attempt.id.in_(self.failures + self.marks)).execute()


def _count(subject: str, client: str, kind: str, kind_of_client: str = "") -> tuple[int, ...]:
    """One more attempt of the phone and, if it is counted, of its network; returns their ids."""
    counted = [(kind, subject), (kind_of_client or kind, client)] if client else [(kind, subject)]
    return tuple(Attempt.create(kind=kind, subject=one).id for kind, one in counted)


def _under_way(subject: str) -> bool:
    """Whether comparisons are under way; one that a crash interrupted is not for long."""
    return Attempt.count(UNDER_WAY, subject, LONGEST) > 0


def _lockouts(subject: str) -> list[datetime]:
    """The lock-outs of the growing series, oldest first: the gap before each is less than the reset time."""
    moments = [
        a.at
        for a in Attempt.select(Attempt.at)
        .where(Attempt.kind == "lockout", Attempt.subject == subject)
        .order_by(Attempt.at.desc())
        .limit(20)
    ]
    series: list[datetime] = []
    later = now()
    for moment in moments:
        if later - moment > timedelta(seconds=settings().login_reset_after):
            break
        series.insert(0, moment)
        later = moment
    return series


def _locked_for(subject: str) -> int:
    """Seconds that the lock-out still lasts; 0 when there is none."""
    series, durations = _lockouts(subject), settings().login_lockouts
    if not series:
        return 0
    until = series[-1] + timedelta(seconds=durations[min(len(series), len(durations)) - 1])
    return max(0, int((until - now()).total_seconds() + 0.999))


def _next_lockout(subject: str) -> int:
    """Seconds that the lock-out about to begin will last."""
    durations = settings().login_lockouts
    return durations[min(len(_lockouts(subject)), len(durations) - 1)]


def _recent_failures(subject: str) -> tuple[object, ...]:
    """Failures in the window since the last lock-out."""
    since = now() - timedelta(seconds=settings().login_window)
    series = _lockouts(subject)
    if series:
        since = max(since, series[-1])
    return (Attempt.kind == "login", Attempt.subject == subject, Attempt.at > since)
