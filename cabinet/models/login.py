"""Login throttling: lock-outs that are temporary, grow, and stay exact under parallel guesses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cabinet.models.attempt import Attempt, TooManyError, advisory_lock, counter_key, network
from cabinet.models.base import now, settings
from cabinet.models.database import db
from cabinet.models.limits import limits_of


@dataclass(frozen=True)
class LoginAttempt:
    """A password about to be tried. It counts as a failure until `verify` has found it right."""

    subject: str
    network: str  # empty: not counted
    counted: int

    @classmethod
    def begin(cls, phone: str, ip: str, trusted: str | None) -> "LoginAttempt":
        """Count the attempt, committed before any comparison, so that N parallel guesses count N.

        Failures are counted per phone, whether it has a cabinet or not, and per client network. `trusted`
        names a browser that is certainly the resident's: it signed in before, is signed in now, or has just
        recovered the password by SMS. Each has a count of its own and none per network, so that strangers
        cannot lock it out, wherever it is; its own failures lock it all the same.
        Raises TooManyError with the seconds to wait; a refused attempt is not counted.
        """
        s = settings()
        client = "" if trusted else network(ip)
        subject = counter_key(phone, trusted)
        with db.atomic():
            advisory_lock(f"login:{subject}")
            locked = _locked_for(subject)
            if not locked and Attempt.select().where(*_recent_failures(subject)).count() >= s.login_failures:
                # as many guesses are under way as may fail: the next waits as if they had
                locked = _next_lockout(subject)
            if client and locked:
                # the time that is told is when both allow it
                locked = max(locked, Attempt.wait("login-ip", client, *limits_of("login-ip")))
            elif client:
                locked = Attempt.take("login-ip", client, *limits_of("login-ip"))
            if locked:
                raise TooManyError(locked)
            counted = Attempt.create(kind="login", subject=subject)
            return cls(subject, client, counted.id)

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
            failures = Attempt.select().where(*_recent_failures(self.subject)).count()
            if failures >= settings().login_failures and not _locked_for(self.subject):
                Attempt.create(kind="lockout", subject=self.subject)

    def _forget(self) -> None:
        """Uncount this attempt; earlier failures stay counted."""
        with db.atomic():
            Attempt.delete().where(Attempt.id == self.counted).execute()
        if self.network:
            Attempt.give_back("login-ip", self.network)


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
