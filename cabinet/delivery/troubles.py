"""What is wrong with delivery right now. Everything is read by an index and bounded."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cabinet.delivery import gateways
from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.models import Attempt, DeliveryTry, Heartbeat, Message, OneTimeCode
from cabinet.models.attempt import DAY, EVERYBODY, HOUR, nth_since
from cabinet.models.base import now
from cabinet.models.base import settings as current_settings
from cabinet.models.delivery_try import UNSENT
from cabinet.models.fate import Fault, State
from cabinet.models.lateness import late
from cabinet.models.message import CHANNELS
from cabinet.models.spending import budgets
from config import Settings

REFUSED_IN_A_ROW = 5
FEWEST_CODES, LEAST_TYPED = 50, 40  # codes that are looked at, percent of them that must have been typed
STEPS = (50, 80, 100)  # percent of a budget
SHARES = (50, 100)  # percent of the codes that newcomers may have in a day
HOURS_SHARE = 90  # … in an hour: below 100, around which a flood goes up and down while it is refused
MOST_COUNTED = 1000
NOBODYS = ("code", "max_contact", "max_no_code", "max_hello")  # nobody's work once they are dead


@dataclass(frozen=True)
class Trouble:
    """`name` is its kind and what it is about; `data` is told to staff, as the event `kind` if given."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    kind: str = ""


def troubles() -> list[Trouble]:
    """All that the database shows."""
    looks = (_late, _dead, _refused, _untyped, _spent, _newcomers, _worker)
    return [trouble for look in looks for trouble in look()]


def low_balances(settings: Settings) -> tuple[list[Trouble], list[str]]:
    """Gateways with less money than SMS_BALANCE_LOW, and the names of alarms about those that did not say."""
    low, silent = [], []
    for gateway in gateways.in_order(settings) if settings.sms_balance_low else []:
        name = f"balance/{gateway.name}"
        try:
            balance = gateway.balance()
        except (RefusedError, UnavailableError):
            silent.append(name)
            continue
        if balance is not None and balance < settings.sms_balance_low * 100:
            low.append(Trouble(name, {"gateway": gateway.title, "balance": balance}))
    return low, silent


def _late() -> Iterator[Trouble]:
    if found := late():
        waiting = [{"lane": channel, "count": found[channel]} for channel in CHANNELS if channel in found]
        yield Trouble("late", {"waiting": waiting}, "delivery_late")


def _dead() -> Iterator[Trouble]:
    """Another code is the resident's to ask for, and so is what the bot said to who has blocked it since.

    Everything else needs staff.
    """
    dead = Message.select(Message.id).where(Message.dead(), Message.template.not_in(NOBODYS))
    if count := dead.limit(MOST_COUNTED).count():
        yield Trouble("dead", {"count": count})


def _refused() -> Iterator[Trouble]:
    """The last tries all failed, by no fault of the numbers: nor is it theirs what befalls several."""
    lately = DeliveryTry.at > now() - timedelta(days=1)
    recent = DeliveryTry.select().where(lately).order_by(DeliveryTry.at.desc()).limit(REFUSED_IN_A_ROW)
    last = list(recent)
    if len(last) < REFUSED_IN_A_ROW or not all(map(_failed, last)):
        return
    numbers = Message.select(Message.to).where(Message.id.in_([one.message for one in last])).distinct()
    if all(_fault(one).ours or one.state == State.UNAVAILABLE for one in last) or numbers.count() > 1:
        yield Trouble("refused", {"reason": last[0].reason})


def _failed(one: DeliveryTry) -> bool:
    ours = one.state == State.UNAVAILABLE or _fault(one).ours or _fault(one) is Fault.UNKNOWN
    return ours and one.state in (*UNSENT, State.UNDELIVERED)


def _fault(one: DeliveryTry) -> Fault:
    return Fault(one.fault or Fault.UNKNOWN)


def _untyped() -> Iterator[Trouble]:
    """Of the last codes whose time is over too few were typed: they do not arrive, or nobody wants them."""
    over = OneTimeCode.created_at < now() - timedelta(seconds=current_settings().code_lifetime)
    codes = (
        OneTimeCode.select(OneTimeCode.used_at)
        .where(over, OneTimeCode.message.is_null(False))
        .order_by(OneTimeCode.created_at.desc())
        .limit(FEWEST_CODES)
    )
    used = [code.used_at is not None for code in codes]
    if len(used) == FEWEST_CODES and sum(used) * 100 < LEAST_TYPED * FEWEST_CODES:
        yield Trouble("untyped", {"typed": sum(used), "sent": FEWEST_CODES})


def _spent() -> Iterator[Trouble]:
    for budget in budgets():
        spent = budget.spent
        for percent in STEPS:
            if spent * 100 >= budget.most * percent:
                name = f"budget/{budget.period}/{budget.unit}/{percent}"
                about = {"period": budget.period, "unit": budget.unit, "percent": percent}
                yield Trouble(name, about)


def _newcomers() -> Iterator[Trouble]:
    """Who asks for so many is a crowd, or a stranger who pays nothing for them."""
    s, moment = current_settings(), now()
    shares = [(f"{percent}", "day", s.sms_global_day, DAY, percent) for percent in SHARES]
    shares.append(("hour", "hour", s.sms_global_hour, HOUR, HOURS_SHARE))
    reached = Attempt.ask(
        *(
            nth_since(
                "sms-all", EVERYBODY, moment - timedelta(seconds=seconds), max(1, most * percent // 100)
            )
            for _name, _period, most, seconds, percent in shares
        )
    )
    for (name, period, most, _seconds, percent), at in zip(shares, reached, strict=True):
        if at:
            yield Trouble(f"newcomers/{name}", {"percent": percent, "most": most, "period": period})


def _worker() -> Iterator[Trouble]:
    """One that never ran is nothing new: `doctor` says so."""
    if Heartbeat.worker_is_gone():
        yield Trouble("worker")
