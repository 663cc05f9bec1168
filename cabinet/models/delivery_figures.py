"""How SMS and calls fare: by gateway, way and operator, for an hour and a day."""

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any

from peewee import JOIN

from cabinet.models.base import now
from cabinet.models.code import OneTimeCode
from cabinet.models.delivery_try import UNSENT, DeliveryTry
from cabinet.models.fate import State

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST = 20_000  # tries that are looked at, the newest


@dataclass
class Figures:
    """Of one gateway, way or operator. `seconds` are those from the hand-over until the code was typed.

    `sent` were handed over and not certainly refused; of the `codes` among them some were typed.
    """

    sent: int = 0
    refused: int = 0
    delivered: int = 0
    codes: int = 0
    typed: int = 0
    segments: int = 0
    price: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> int | None:
        """Seconds in which half of the codes were typed."""
        return round(median(self.seconds)) if self.seconds else None


@dataclass(frozen=True)
class Fact:
    """What is looked at of a try."""

    gateway: str
    way: str
    operator: str
    state: str
    cost: tuple[int, int]
    is_code: bool
    took: float | None  # seconds until its code was typed


def facts(since: timedelta) -> tuple[list[Fact], bool]:
    """The tries of the last hour or day, and whether these are all."""
    begin = now() - since
    typed = (
        OneTimeCode.select(OneTimeCode.message, OneTimeCode.used_at)
        .where(OneTimeCode.created_at > begin - DAY, OneTimeCode.used_at.is_null(False))
        .alias("typed")
    )
    rows = (
        DeliveryTry.select(DeliveryTry, typed.c.used_at.alias("typed_at"))
        .join(typed, JOIN.LEFT_OUTER, on=(typed.c.message == DeliveryTry.message))
        .where(DeliveryTry.at > begin)
        .order_by(DeliveryTry.at.desc())
        .limit(MOST + 1)
        .objects()
    )
    found = list(map(_fact, rows))
    return found[:MOST], len(found) <= MOST


def by(found: list[Fact], key: Callable[[Fact], Any]) -> dict[Any, Figures]:
    """The figures of the tries that share a key, the most used first."""
    groups: dict[Hashable, Figures] = defaultdict(Figures)
    for fact in found:
        _count(groups[key(fact)], fact)
    return dict(sorted(groups.items(), key=lambda item: -item[1].sent - item[1].refused))


def _count(figures: Figures, fact: Fact) -> None:
    if fact.state in UNSENT:
        figures.refused += 1
        return
    figures.sent += 1
    figures.delivered += fact.state == State.DELIVERED
    figures.codes += fact.is_code
    figures.segments += fact.cost[0]
    figures.price += fact.cost[1]
    if fact.took is not None:
        figures.typed += 1
        figures.seconds.append(fact.took)


def _fact(row: Any) -> Fact:
    moment: Any = OneTimeCode.used_at  # SQLite has texts for moments
    typed_at = moment.python_value(row.typed_at)
    took = max(0.0, (typed_at - row.at).total_seconds()) if typed_at else None
    is_code = row.purpose.partition("/")[0] in ("code", "")
    return Fact(row.gateway, row.way, row.operator, row.state, row.cost, is_code, took)
