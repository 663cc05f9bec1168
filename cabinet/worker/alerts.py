"""Warns of messages that wait too long: in the log each time, by e-mail once per spell."""

import logging

from cabinet.delivery.fan_out import chosen
from cabinet.models import Attempt, Message
from cabinet.models.base import settings
from cabinet.models.database import db
from cabinet.models.message import CHANNELS, LATE_ALERT

log = logging.getLogger(__name__)

ALERT = LATE_ALERT.removeprefix("staff/")  # the kind of event by which receivers are chosen


def warn_of_late() -> dict[str, int]:
    """Log how many messages of each channel are late, e-mail it once per spell; returns the counts."""
    found = Message.late()
    for channel, count in found.items():
        log.warning("%d %s messages have waited over 5 minutes", count, channel)
    with db.atomic():
        warned = Attempt.select().where(Attempt.kind == ALERT).exists()
        if found and not warned:
            Attempt.create(kind=ALERT, subject=ALERT)
            waiting = [{"lane": channel, "count": found[channel]} for channel in CHANNELS if channel in found]
            for address in chosen(settings().staff_emails, ALERT):
                Message.enqueue("mail", LATE_ALERT, to=address, data={"waiting": waiting}, expires=86400)
        elif warned and not found:
            Attempt.delete().where(Attempt.kind == ALERT).execute()
    return found
