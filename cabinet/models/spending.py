"""What SMS and calls cost, by day and gateway, and the budgets at which spending stops.

Each try to send is counted before it begins, in the transaction that records it, and corrected by what the
gateway says: the table always holds the sum of the tries. Days and months are those of Moscow.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from peewee import CharField, CompositeKey, DateField, IntegerField, fn

from cabinet.models.attempt import Question
from cabinet.models.base import Model, now, settings
from cabinet.models.code_streak import StoppedError
from cabinet.models.database import is_sqlite
from cabinet.models.locks import lock_names

MOSCOW = timedelta(hours=3)
RESERVED = 10  # percent of each budget that only codes of residents may use


class SpentError(StoppedError):
    """The company's budget is used up; the wait is until the next day or month begins."""


class Spending(Model):
    """Segments and kopecks that a gateway's SMS and calls cost on a day; a call is one segment."""

    day = DateField()
    gateway = CharField(16)
    segments = IntegerField(default=0)
    price = IntegerField(default=0)

    class Meta:
        primary_key = CompositeKey("day", "gateway")

    @classmethod
    def add(cls, at: datetime, gateway: str, segments: int, price: int) -> None:
        """Count so much more, or less, on the day of `at`, inside the caller's transaction."""
        if segments or price:
            more = {"segments": cls.segments + segments, "price": cls.price + price}
            row = {"day": day_of(at), "gateway": gateway, "segments": segments, "price": price}
            cls.insert(**row).on_conflict(conflict_target=[cls.day, cls.gateway], update=more).execute()

    @classmethod
    def since(cls, day: date) -> tuple[int, int]:
        """Segments and kopecks of all gateways from this day on."""
        sums = cls.select(fn.SUM(cls.segments), fn.SUM(cls.price)).where(cls.day >= day)
        segments, price = sums.scalar(as_tuple=True)
        return int(segments or 0), int(price or 0)


@dataclass(frozen=True)
class Budget:
    """A budget of a "day" or a "month", in "segments" or "kopecks"."""

    period: str
    unit: str
    most: int

    @property
    def begin(self) -> date:
        """The first day of the present period."""
        today = day_of(now())
        return today if self.period == "day" else today.replace(day=1)

    @property
    def spent(self) -> int:
        """What is used up of it."""
        return Spending.since(self.begin)[self.unit == "kopecks"]

    def question(self) -> Question:
        """The same, to be asked together with other questions."""
        column = "segments" if self.unit == "segments" else "price"
        return (f"SELECT COALESCE(SUM({column}), 0) FROM spending WHERE day >= ?", (_stored(self.begin),))  # noqa: S608

    def limit(self, known: bool) -> int:
        """What may be spent: a part is reserved for residents, so that strangers cannot use up all."""
        return self.most if known else self.most * (100 - RESERVED) // 100

    def wait(self) -> int:
        """Seconds until the next day or month begins."""
        first = self.begin
        following = first + timedelta(days=1) if self.period == "day" else _next_month(first)
        begins = datetime.combine(following, datetime.min.time()) - MOSCOW
        return max(1, int((begins - now()).total_seconds()) + 1)


def budgets() -> list[Budget]:
    """The budgets that the settings name."""
    s = settings()
    return [*_budgets(s.sms_day_segments, s.sms_day_roubles, s.sms_month_segments, s.sms_month_roubles)]


@lru_cache(maxsize=8)
def _budgets(
    day_segments: int, day_roubles: int, month_segments: int, month_roubles: int
) -> tuple[Budget, ...]:
    every = [
        Budget("day", "segments", day_segments),
        Budget("day", "kopecks", day_roubles * 100),
        Budget("month", "segments", month_segments),
        Budget("month", "kopecks", month_roubles * 100),
    ]
    return tuple(one for one in every if one.most)


def check(known: bool, spent: list[Any]) -> None:
    """Raises SpentError when a budget is used up, by the answers to the questions of `budgets()`."""
    over = [one for one, used in zip(budgets(), spent, strict=True) if int(used) >= max(1, one.limit(known))]
    if over:
        raise SpentError(max(one.wait() for one in over), "sms-budget")


def reserve(segments: int, price: int) -> None:
    """Raises SpentError when so much more exceeds a budget; nobody else spends until the transaction ends."""
    if not (every := budgets()):
        return
    lock_names("spending")
    for one in every:
        if one.spent + (segments if one.unit == "segments" else price) > one.most:
            raise SpentError(one.wait(), "sms-budget")


def price_of(line: str, segments: int) -> int:
    """Kopecks that so many segments cost, by SMS_PRICES; `line` is a gateway, or its calls: "twilio/call"."""
    return round(prices().get(line, 0) * segments)


def prices() -> dict[str, float]:
    """Kopecks of a segment or call, by gateway or "gateway/call". Raises ValueError for what is no price."""
    found = {}
    for entry in settings().sms_prices:
        line, _mark, roubles = entry.partition("=")
        found[line] = float(roubles) * 100
    return found


def day_of(at: datetime) -> date:
    """The day in Moscow."""
    return (at + MOSCOW).date()


def _next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def _stored(day: date) -> Any:
    return day.isoformat() if is_sqlite() else day
