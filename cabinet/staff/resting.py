"""Who takes no messages now, so that staff see why some wait: the mail server, webhooks, gateways."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cabinet.delivery import gateways
from cabinet.delivery.fan_out import split_entry
from cabinet.models import GatewayHealth, Message
from cabinet.models.base import settings
from cabinet.models.choosing import HOOK, MAIL, hook_line
from cabinet.wording.formats import masked

MOST = 20  # that are shown
CALL = "/call"  # ends the line of a gateway's calls


@dataclass(frozen=True)
class Resting:
    """A receiver that is left alone `since` then, for this `reason`.

    `channel` is mail, webhook, sms, call or max. `name` is the host of a webhook, empty if settings no longer
    name it, and the name of a gateway.
    """

    channel: str
    name: str
    since: datetime | None
    reason: str


def resting() -> list[Resting]:
    """Those that rest, or whose rest is over and who are being tried; none that nobody needs any more."""
    away = GatewayHealth.select().where(GatewayHealth.open_until.is_null(False))
    rows = list(away.order_by(GatewayHealth.gateway))
    if not rows:
        return []
    needed = dict(_named())
    if any(one.gateway.startswith(HOOK) and one.gateway not in needed for one in rows):
        needed = {**dict(_waited_for()), **needed}
    return [Resting(*needed[one.gateway], one.since, one.reason) for one in rows if one.gateway in needed][
        :MOST
    ]


def _named() -> Iterator[tuple[str, tuple[str, str]]]:
    """The lines of all that settings name: channel and name of each."""
    yield MAIL, (MAIL, "")
    if not gateways.missing("max", settings()):
        yield "max", ("max", "")
    for _kinds, url in map(split_entry, settings().staff_webhooks):
        yield hook_line(url), ("webhook", masked(url))
    for name in gateways.order(settings()):
        yield name, ("sms", name)
        yield name + CALL, ("call", name)


def _waited_for() -> Iterator[tuple[str, tuple[str, str]]]:
    """The lines of webhooks that something waits for, whoever named them."""
    waits = Message.select(Message.to).where(Message.channel == "webhook", Message.due_at.is_null(False))
    for row in waits.distinct():
        yield hook_line(row.to), ("webhook", "")
