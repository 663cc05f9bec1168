"""Lanes: messages that have threads of their own, so that they never wait for those of other lanes."""

from dataclasses import dataclass

from cabinet.delivery import gateways
from cabinet.delivery.fan_out import split_entry
from cabinet.models.choosing import EVERY, Only
from config import Settings

SMS_AT_ONCE = 16  # 50 a second, by a gateway that takes a third of a second to answer
LAST_TRIES, FORMER = 60.0, 5.0  # seconds between looks for what the scout does not see


@dataclass(frozen=True)
class Lane:
    """Some messages of a channel, and how many are under way at once.

    One of its threads looks for work of its own accord every `pause` seconds: for last tries while its
    receiver rests, and for webhooks that settings do not name any more.
    """

    name: str
    channel: str
    threads: int
    only: Only = EVERY
    pause: float = LAST_TRIES


def lanes(settings: Settings) -> list[Lane]:
    """All lanes. Letters to residents do not wait for those to staff, nor one webhook for another.

    A webhook gets one event at a time, also when many have waited for it. Those that settings do not name
    any more share a lane. A code waits for nothing else.
    """
    hooks = tuple(dict.fromkeys(split_entry(entry)[1] for entry in settings.staff_webhooks))
    by_sms = tuple(dict.fromkeys(gateways.order(settings)))
    return [
        Lane("sms", "sms", SMS_AT_ONCE, Only(gateways=by_sms)),
        Lane("call", "call", 1),
        Lane("max", "max", 2),
        Lane("staff", "staff", 1),
        Lane("mail", "mail", 2, Only(for_staff=False)),
        Lane("staff-mail", "mail", 2, Only(for_staff=True)),
        *(Lane(f"webhook{n}", "webhook", 1, Only(to=hook)) for n, hook in enumerate(hooks, 1)),
        Lane("webhook", "webhook", 1, Only(not_to=hooks), FORMER),
    ]
