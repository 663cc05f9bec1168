"""The feed: events for the company's systems in one order, for those that ask instead of being called.

An event's place is counted in a row that stays locked until the commit, so places are committed in their
order: who has read up to one has missed none before it, whatever was under way meanwhile. A place names its
message and copies nothing, so an erasure or the end of a term empties the feed, too.
"""

from dataclasses import dataclass
from typing import Any

from peewee import BigIntegerField, CharField, IntegerField, fn

from cabinet.models.base import Model
from cabinet.models.database import db
from cabinet.models.message import Message
from cabinet.models.prepared import insert

MOST = 500  # events of a page


class UnknownEventError(Exception):
    """No such event is kept, or some that came after it are no more."""


class EventHead(Model):
    """The last place that was given. One row, with id 1."""

    id = IntegerField(primary_key=True, default=1)
    place = BigIntegerField(default=0)


class EventPlace(Model):
    """Where an event stands in the feed; `message` is the event's id."""

    place: Any = BigIntegerField(primary_key=True)
    message: Any = CharField(22, unique=True)


@dataclass(frozen=True)
class Page:
    """Events in order, and whether there are more after them."""

    events: list[Message]
    more: bool


def publish(message: Message) -> None:
    """Put an event at the end of the feed, last in the caller's transaction, which others wait for."""
    counted = EventHead.insert(id=1, place=1).on_conflict(
        conflict_target=[EventHead.id], update={EventHead.place: EventHead.place + 1}
    )
    [head] = counted.returning(EventHead.place).execute()
    insert(EventPlace(place=head.place, message=message.id))


def page_after(event_id: str | None, limit: int) -> Page:
    """The events that follow this one, or the oldest that are kept; at most `limit`, and at most MOST.

    Raises UnknownEventError.
    """
    limit = max(1, min(limit, MOST))
    query = (
        Message.select()
        .join(EventPlace, on=(EventPlace.message == Message.id))
        .where(EventPlace.place > _place_of(event_id))
        .order_by(EventPlace.place)
        .limit(limit + 1)
    )
    events = list(query)
    return Page(events[:limit], len(events) > limit)


def _place_of(event_id: str | None) -> int:
    if event_id is None:
        return 0
    found = EventPlace.get_or_none(EventPlace.message == event_id)
    if found is None or found.place < (_last_gone() or 0):
        raise UnknownEventError
    return int(found.place)


def _last_gone() -> int | None:
    """The last place before the events that are kept; what is gone among these is passed over."""
    kept = EventPlace.select(EventPlace.place).join(Message, on=(EventPlace.message == Message.id))
    # the first in order, and not MIN, which would look at all of them for each question of a reader
    first = (
        kept.order_by(EventPlace.place).limit(1).scalar()
        or (EventHead.select(EventHead.place).scalar() or 0) + 1
    )
    last = EventPlace.select(fn.MAX(EventPlace.place)).where(EventPlace.place < first).scalar()
    return None if last is None else int(last)


def forget_gone() -> int:
    """Forget the places of events that are no more, but for the last of them: who has read it missed none."""
    last = _last_gone()
    if last is None:
        return 0
    with db.atomic():
        return int(EventPlace.delete().where(EventPlace.place < last).execute())
