"""Looks for what waits too long, and tells: in the log each time, by mail once until all is well again."""

import logging
from datetime import timedelta

from peewee import fn

from cabinet.delivery.fan_out import chosen
from cabinet.models import Attempt, Message
from cabinet.models.base import now, settings
from cabinet.models.database import db
from cabinet.models.message import LANES

log = logging.getLogger(__name__)

LATE = timedelta(minutes=5)
ALERT = "delivery_late"  # the kind of event by which receivers are chosen
LETTER = f"staff/{ALERT}"


def late() -> dict[str, int]:
    """How many messages of each lane wait for longer than LATE; lanes with none are left out."""
    waiting = (Message.waiting(), Message.created_at < now() - LATE, Message.template != LETTER)
    counted = {
        lane: int(Message.select(fn.COUNT(Message.id)).where(Message.lane == lane, *waiting).scalar())
        for lane in LANES
    }
    return {lane: count for lane, count in counted.items() if count}


def warn_of_late() -> dict[str, int]:
    """Log what waits too long and mail it once, until nothing waits any more; returns the counts."""
    found = late()
    for lane, count in found.items():
        log.warning("%d of lane %s wait for over 5 minutes", count, lane)
    with db.atomic():
        told = Attempt.select().where(Attempt.kind == ALERT).exists()
        if found and not told:
            Attempt.create(kind=ALERT, subject=ALERT)
            waiting = [{"lane": lane, "count": found[lane]} for lane in LANES if lane in found]
            for address in chosen(settings().staff_emails, ALERT):
                Message.enqueue("mail", LETTER, to=address, data={"waiting": waiting}, expires=86400)
        elif told and not found:
            Attempt.delete().where(Attempt.kind == ALERT).execute()
    return found
