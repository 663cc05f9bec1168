"""Counted attempts: look-ups, codes, SMS, passwords, requests.

Counting is exact under any concurrency and in any window of time: every attempt is a row, written by a
transaction of its own that is committed before whatever is attempted.
"""

import hashlib
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from peewee import SQL, CharField, DateTimeField, fn

from cabinet.models.base import Model, now
from cabinet.models.database import db, is_sqlite

MINUTE, HOUR, DAY = 60, 3600, 86400

Limit = tuple[int, int]  # attempts, seconds


class TooManyError(Exception):
    """A limit is reached; `wait` is the number of seconds after which to try again."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


class Attempt(Model):
    """One attempt of `kind` by `subject` (a phone, an account number, a client address)."""

    id: Any
    kind = CharField(32)
    subject = CharField(64)
    at = DateTimeField(default=now)

    class Meta:
        indexes = ((("kind", "subject", "at"), False), (("at",), False))

    @classmethod
    def take(cls, kind: str, subject: str, *limits: Limit) -> int:
        """Count one attempt if every limit allows it.

        Each limit is (attempts, seconds). Returns 0 when counted, else the seconds after which to try
        again; a refused attempt is not counted, so waiting always helps.
        """
        with db.atomic():
            advisory_lock(f"{kind}:{subject}")
            wait = cls.wait(kind, subject, *limits)
            if not wait:
                cls.create(kind=kind, subject=subject)
            return wait

    @classmethod
    def wait(cls, kind: str, subject: str, *limits: Limit) -> int:
        """Seconds after which one more attempt is allowed; 0 when it is now."""
        moment, longest = now(), 0
        for most, seconds in limits:
            since = moment - timedelta(seconds=seconds)
            # the attempt that must leave the window before another fits
            blocking = (
                cls.select(cls.at)
                .where(cls.kind == kind, cls.subject == subject, cls.at > since)
                .order_by(cls.at.desc())
                .offset(max(most, 1) - 1)
                .limit(1)
                .scalar()
            )
            if most <= 0:
                longest = max(longest, seconds)
            elif blocking is not None:
                longest = max(longest, _seconds_until(blocking + timedelta(seconds=seconds), moment))
        return longest

    @classmethod
    def count(cls, kind: str, subject: str, seconds: int) -> int:
        """Attempts of the last `seconds`."""
        since = now() - timedelta(seconds=seconds)
        query = cls.select(fn.COUNT(SQL("1"))).where(cls.kind == kind, cls.subject == subject, cls.at > since)
        return int(query.scalar())

    @classmethod
    def give_back(cls, kind: str, subject: str) -> None:
        """Take back the newest attempt: it turned out not to be a failure."""
        newest = (
            cls.select(cls.id)
            .where(cls.kind == kind, cls.subject == subject)
            .order_by(cls.at.desc())
            .limit(1)
        )
        with db.atomic():
            advisory_lock(f"{kind}:{subject}")  # or two would take the same one back
            cls.delete().where(cls.id.in_(newest)).execute()


def network(address: str) -> str:
    """The client network that limits count by: an IPv4 address, the /64 of an IPv6 one, or "none"."""
    try:
        ip = ip_address(address.split("%")[0])
    except ValueError:
        return "none"
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped:
        return str(mapped)
    return str(ip) if ip.version == 4 else f"{ip_address(int(ip) >> 64 << 64)}/64"


def counter_key(phone: str, trusted: str | None) -> str:
    """The subject under which failures for a phone are counted.

    A browser that is certainly its resident's, named by `trusted`, has a count to itself, so that what
    strangers do does not count there.
    """
    return f"{phone}+{hashlib.sha256(trusted.encode()).hexdigest()[:32]}" if trusted else phone


def advisory_lock(name: str) -> None:
    """Lock out others who count the same until the transaction ends; SQLite's writers already queue."""
    if not is_sqlite():
        db.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))


def _seconds_until(then: datetime, moment: datetime) -> int:
    return max(1, int((then - moment).total_seconds() + 0.999))
