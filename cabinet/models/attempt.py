"""Counted attempts: look-ups, codes, SMS, passwords, requests.

Counting is exact under any concurrency and in any window of time: every attempt is a row, written by a
transaction of its own that is committed before whatever is attempted.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from itertools import chain
from typing import Any

from peewee import BigIntegerField, CharField, DateTimeField

from cabinet.models.base import Model, now, stored
from cabinet.models.database import transaction
from cabinet.models.locks import lock_names
from cabinet.models.prepared import execute, moment_of, numbered

MINUTE, HOUR, DAY = 60, 3600, 86400
EVERYBODY = ""  # the subject of what all have in common; its attempts are numbered

Limit = tuple[int, int]  # attempts, seconds
Question = tuple[str, tuple[Any, ...]]  # a statement with one answer, and its values


class TooManyError(Exception):
    """A limit is reached; `wait` is the number of seconds after which to try again, `limit` its kind."""

    def __init__(self, wait: int, limit: str) -> None:
        super().__init__(wait)
        self.wait = wait
        self.limit = limit


_HIGHEST = "SELECT MAX(number) FROM attempt WHERE kind = ? AND number IS NOT NULL"


def nth_since(kind: str, subject: str, since: datetime, place: int) -> Question:
    """When the newest attempt was, the second newest, …; None if there are fewer since then."""
    if subject == EVERYBODY:  # found by its number: OFFSET walks over the newer ones, hundreds of thousands
        nth = f"SELECT at FROM attempt WHERE kind = ? AND number <= ({_HIGHEST}) - ?"  # noqa: S608
        values = (kind, kind, place - 1, since)
        return (f"SELECT at FROM ({nth} ORDER BY number DESC LIMIT 1) AS nth WHERE at > ?", values)  # noqa: S608
    return (
        "SELECT at FROM attempt WHERE kind = ? AND subject = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?",
        (kind, subject, since, place - 1),
    )


def count_since(kind: str, subject: str, since: Any) -> Question:
    """How many attempts there were since then, a moment or what is `stored` of one."""
    return ("SELECT COUNT(*) FROM attempt WHERE kind = ? AND subject = ? AND at > ?", (kind, subject, since))


def blocking(kind: str, subject: str, limits: tuple[Limit, ...], moment: datetime) -> list[Question]:
    """For each limit the attempt that must leave its window before another fits; see `longest_wait`."""
    windows = [(most, moment - timedelta(seconds=seconds)) for most, seconds in limits]
    return [nth_since(kind, subject, since, max(most, 1)) for most, since in windows]


def longest_wait(answers: list[datetime | None], limits: tuple[Limit, ...], moment: datetime) -> int:
    """The seconds that the limits ask to wait, by the answers to `blocking`; 0 when there is room now."""
    return max((_wait(*one, moment) for one in zip(answers, limits, strict=True)), default=0)


def waits_by(
    answers: Iterable[datetime | None], asked: Sequence[tuple[str, str, tuple[Limit, ...]]], moment: datetime
) -> list[int]:
    """The seconds that each of several (kind, subject, limits) has to wait, by all answers to `blocking`."""
    rest = iter(answers)
    return [longest_wait([next(rest) for _ in limits], limits, moment) for _kind, _subject, limits in asked]


class Attempt(Model):
    """One attempt of `kind` by `subject` (a phone, an account number, a client address, EVERYBODY).

    `number` counts those of EVERYBODY by kind, so that the hundred thousandth newest is a look-up too.
    """

    id: Any
    kind = CharField(32)
    subject = CharField(64)
    at = DateTimeField(default=now)
    number = BigIntegerField(null=True)

    class Meta:
        indexes = ((("kind", "subject", "at"), False), (("at",), False))

    @classmethod
    def take(cls, kind: str, subject: str, *limits: Limit) -> int:
        """Count one attempt if every limit allows it.

        Each limit is (attempts, seconds). Returns 0 when counted, else the seconds after which to try
        again; a refused attempt is not counted, so waiting always helps.
        """
        with transaction():
            lock_names(f"{kind}:{subject}")
            wait = cls.wait(kind, subject, *limits)
            if not wait:
                cls.add((kind, subject))
            return wait

    @classmethod
    def add(cls, *counted: tuple[str, str]) -> tuple[int, ...]:
        """Count one attempt of each (kind, subject), inside the caller's transaction; returns their ids."""
        moment = stored(now())
        values: list[Any] = []
        for kind, subject in counted:
            values += [kind, subject, moment, *([kind] if subject == EVERYBODY else [])]
        of_all = tuple(subject == EVERYBODY for _kind, subject in counted)
        return numbered(_addition(of_all), values, len(counted))

    @classmethod
    def forget(cls, numbers: Sequence[int], all_of: tuple[str, str] = ("", "")) -> None:
        """Take back attempts by their ids, and `all_of` one kind and subject: they were no failures."""
        own = f"id IN ({', '.join('?' * len(numbers))})" if numbers else ""
        others = "kind = ? AND subject = ?" if all_of[0] else ""
        given = [*numbers, *(all_of if others else ())]
        with transaction():
            execute(f"DELETE FROM attempt WHERE {' OR '.join(filter(None, (own, others)))}", given)  # noqa: S608

    @classmethod
    def wait(cls, kind: str, subject: str, *limits: Limit) -> int:
        """Seconds after which one more attempt is allowed; 0 when it is now."""
        return cls.waits((kind, subject, limits))[0]

    @classmethod
    def waits(cls, *asked: tuple[str, str, tuple[Limit, ...]]) -> list[int]:
        """Seconds after which one more attempt of each (kind, subject, limits) is allowed: one statement."""
        moment = now()
        questions = [question for one in asked for question in blocking(*one, moment)]
        return waits_by(cls.ask(*questions), asked, moment)

    @classmethod
    def count(cls, kind: str, subject: str, seconds: int) -> int:
        """Attempts of the last `seconds`."""
        return int(cls.ask(count_since(kind, subject, now() - timedelta(seconds=seconds)))[0])

    @classmethod
    def ask(cls, *questions: Question) -> list[Any]:
        """The answers to several questions, by one statement."""
        asked, values = zip(*questions, strict=True)
        row = execute(_together(asked), [*chain.from_iterable(values)]).fetchone()
        return [moment_of(value) for value in row]

    @classmethod
    def give_back_all(cls, *counted: tuple[str, str]) -> None:
        """Take back the newest attempt of each (kind, subject)."""
        if not counted:
            return
        newest = [_newest(*one) for one in counted]
        sql = f"DELETE FROM attempt WHERE id IN ({', '.join(f'({one})' for one, _values in newest)})"  # noqa: S608
        with transaction():
            lock_names(*(f"{kind}:{subject}" for kind, subject in counted))  # or two would take one back
            execute(sql, [value for _one, values in newest for value in values])


Attempt.add_index(
    Attempt.index(Attempt.kind, Attempt.number, where=Attempt.number.is_null(False), name="attempt_number")
)


@lru_cache(maxsize=64)
def _addition(of_all: tuple[bool, ...]) -> str:
    """The statement that counts so many attempts, of which these are numbered."""
    places = (f"(?, ?, ?, {f'COALESCE(({_HIGHEST}), 0) + 1' if one else 'NULL'})" for one in of_all)
    return f"INSERT INTO attempt (kind, subject, at, number) VALUES {', '.join(places)}"  # noqa: S608


@lru_cache(maxsize=64)
def _together(asked: tuple[str, ...]) -> str:
    """The statement that asks all of these."""
    return "SELECT " + ", ".join(f"({question})" for question in asked)


@lru_cache(maxsize=1024)
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


def _newest(kind: str, subject: str) -> Question:
    if subject == EVERYBODY:  # the highest, so that no number is left out
        return f"SELECT id FROM attempt WHERE kind = ? AND number = ({_HIGHEST})", (kind, kind)  # noqa: S608
    return "SELECT id FROM attempt WHERE kind = ? AND subject = ? ORDER BY at DESC LIMIT 1", (kind, subject)


def _wait(blocked_by: datetime | None, limit: Limit, moment: datetime) -> int:
    most, seconds = limit
    if most <= 0:
        return seconds
    if blocked_by is None:
        return 0
    return max(1, int((blocked_by + timedelta(seconds=seconds) - moment).total_seconds() + 0.999))
