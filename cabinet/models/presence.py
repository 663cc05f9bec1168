"""Who of the staff has a request open right now: a mark that is renewed while they look, and no lock.

A mark that is not renewed for LIVE counts no more; leaving the page takes it away.
"""

from datetime import timedelta
from typing import Any

from peewee import BooleanField, CharField, CompositeKey, DateTimeField, ForeignKeyField

from cabinet.models.base import Model, now
from cabinet.models.database import db
from cabinet.models.request_words import Searched

LIVE = timedelta(seconds=75)
RENEWED = timedelta(seconds=35)  # a younger mark is left as it is: writing it would tell nothing new


class Presence(Model):
    """`staff` (a `Staff.id`) has had the request open since `since`; `writing`: with an unsent reply."""

    request_id: int
    request = ForeignKeyField(Searched, index=False, on_delete="CASCADE")
    staff: Any = CharField(22)
    since: Any = DateTimeField(default=now)
    seen_at: Any = DateTimeField(default=now)
    writing: Any = BooleanField(default=False)

    class Meta:
        primary_key = CompositeKey("request", "staff")


def come(request: int, staff: str, writing: bool = False) -> None:
    """This person looks at the request; writes no more often than once in RENEWED."""
    moment = now()
    mark = Presence.get_or_none(Presence.request == request, Presence.staff == staff)
    if mark and mark.writing == writing and mark.seen_at > moment - RENEWED:
        return
    since = mark.since if mark and mark.seen_at > moment - LIVE else moment
    told = {"since": since, "seen_at": moment, "writing": writing}
    with db.atomic():
        mine = Presence.insert(request=request, staff=staff, **told)
        mine.on_conflict(conflict_target=[Presence.request, Presence.staff], update=told).execute()


def leave(request: int, staff: str) -> None:
    """This person looks at it no more."""
    with db.atomic():
        Presence.delete().where(Presence.request == request, Presence.staff == staff).execute()


def forget_gone() -> int:
    """Delete the marks that count no more; returns how many."""
    with db.atomic():
        return int(Presence.delete().where(Presence.seen_at < now() - LIVE).execute())


def others(staff: str) -> list[Presence]:
    """The marks of everybody else that count now; who came first is first."""
    live = (Presence.staff != staff, Presence.seen_at > now() - LIVE)
    return list(Presence.select().where(*live).order_by(Presence.since))
