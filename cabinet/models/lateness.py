"""Messages that wait too long."""

from datetime import timedelta
from typing import Any

from peewee import SQL, fn

from cabinet.models.base import now
from cabinet.models.message import CHANNELS, TOLD, Message
from cabinet.models.prepared import Prepared

LATE = timedelta(minutes=5)
MOST_LOOKED_AT = 1000


def late() -> dict[str, int]:
    """How many messages of each channel have waited longer than LATE; channels with none are left out.

    Of the MOST_LOOKED_AT that are to be sent next: what waits behind so many will be among them soon.
    """
    oldest = now() - LATE
    counted = {channel: int(_late.value(channel, oldest)) for channel in CHANNELS}
    return {channel: count for channel, count in counted.items() if count}


def _count_late(channel: Any, oldest: Any) -> Any:
    next_ones = (
        Message.select(Message.created_at, Message.template)
        .where(Message.channel == channel, Message.waiting())
        .order_by(Message.due_at)
        .limit(MOST_LOOKED_AT)
        .alias("next_ones")
    )
    too_old = (next_ones.c.created_at < oldest) & next_ones.c.template.not_in(TOLD)
    return Message.select(fn.COUNT(SQL("1"))).from_(next_ones).where(too_old)


_late: Prepared[Message] = Prepared(_count_late)
