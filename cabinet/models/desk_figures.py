"""What waits at the staff's desk today: each figure from a bounded number of rows, however many there are."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median
from typing import Any

from peewee import Select, fn

from cabinet.models.attempt import Attempt
from cabinet.models.base import now, settings
from cabinet.models.database import db
from cabinet.models.message import Message
from cabinet.models.registration import Registration, step_of
from cabinet.models.request import OPEN_STATES, ConnectionRequest
from cabinet.models.working_days import earlier, is_working

MOSCOW = timedelta(hours=3)
WEEK, DAY = timedelta(days=7), timedelta(days=1)
MOST = 1000  # registrations and requests that are looked at, the newest
MOST_ATTEMPTS = 5000
RECENTLY_CLOSED = 200  # requests of each end of which the usual time is taken


@dataclass(frozen=True)
class Stops:
    """Registrations of a week: how many began and got to the end, and at which step the others stopped.

    `whole`: all of the week were looked at. `missed` counts what went wrong in the last day by its kind.
    """

    began: int
    done: int
    at: dict[str, int]
    missed: dict[str, int]
    whole: bool


def overdue_since(moment: datetime | None = None) -> datetime | None:
    """Open requests from before this are overdue; None where no days are promised. Days off do not count."""
    days = settings().request_answer_days
    local = (moment or now()) + MOSCOW
    if not is_working(local.date()):
        local = datetime.combine(earlier(local.date(), 1), time.max)
    day = earlier(local.date(), days)
    return datetime.combine(day, local.time()) - MOSCOW if days else None


def overdue(most: int, assignee: str = "") -> list[ConnectionRequest]:
    """Open requests that should have been answered by now, longest waiting first; all, or a colleague's."""
    theirs = [ConnectionRequest.assignee == assignee] if assignee else []
    return _oldest(most, _is_late(), *theirs)


def count_overdue(most: int) -> int:
    """How many open requests should have been answered by now, as far as `most`."""
    row = ConnectionRequest
    late = row.select(row.id).where(_is_late())
    return min(most, sum(late.where(row.state == one).limit(most).count() for one in OPEN_STATES))


def _is_late() -> Any:
    """The condition; where no days are promised there is no moment to be before."""
    return ConnectionRequest.created_at < overdue_since()


def oldest_open() -> ConnectionRequest | None:
    """The open request that waits longest."""
    return next(iter(_oldest(1)), None)


def _oldest(most: int, *conditions: Any) -> list[ConnectionRequest]:
    found: list[ConnectionRequest] = []
    for state in OPEN_STATES:  # each by its index
        rows = ConnectionRequest.select().where(ConnectionRequest.state == state, *conditions)
        found += list(rows.order_by(ConnectionRequest.created_at, ConnectionRequest.number).limit(most))
    return sorted(found, key=lambda row: (row.created_at, row.number))[:most]


def mine(staff: str) -> int:
    """How many requests this member of staff is at work on, as far as MOST."""
    theirs = ConnectionRequest.select(ConnectionRequest.id).where(
        ConnectionRequest.state == "in_work", ConnectionRequest.assignee == staff
    )
    return int(theirs.limit(MOST).count())


def usual_time() -> timedelta | None:
    """In which half of the requests closed last were closed; None if none were."""
    taken: list[float] = []
    for state in ("done", "refused"):
        rows = ConnectionRequest.select(ConnectionRequest.created_at, ConnectionRequest.closed_at).where(
            ConnectionRequest.state == state
        )
        newest: Any = rows.order_by(ConnectionRequest.created_at.desc()).limit(RECENTLY_CLOSED).tuples()
        taken += [(closed - created).total_seconds() for created, closed in newest if closed]
    return timedelta(seconds=median(taken)) if taken else None


def stops() -> Stops:
    """Where people stopped who began to register in the last week and have no time left to go on."""
    over = now() - timedelta(seconds=settings().registration_lifetime)
    row = Registration
    newest = (
        row.select(
            *(row.completed_at, row.phone_verified_at, row.account, row.address_confirmed_at, row.profile_at)
        )
        .where(row.created_at >= now() - WEEK, row.created_at <= over)
        .order_by(row.created_at.desc())
        .limit(MOST)
    )
    at = Counter(step_of(*reached) for reached in db.execute(newest).fetchall())
    done, began = at["done"], at.total()
    del at["done"]
    return Stops(began, done, dict(at), _missed(), began < MOST)


def _missed() -> dict[str, int]:
    """How often a code was wrong, a receipt was not found, an SMS was given up, in the last day."""
    since = now() - DAY
    newest = Attempt.select(Attempt.kind).where(Attempt.at >= since).order_by(Attempt.at.desc())
    some = newest.limit(MOST_ATTEMPTS).alias("some")
    kinds = dict(
        db.execute(Select((some,), (some.c.kind, fn.COUNT(some.c.kind))).group_by(some.c.kind)).fetchall()
    )
    dead = Message.select(Message.id).where(Message.channel == "sms", Message.dead_at >= since)
    return {
        "code": kinds.get("wrong-code", 0),
        "account": kinds.get("lookup-phone", 0),
        "sms": int(dead.limit(MOST).count()),
    }
