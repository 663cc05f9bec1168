"""Who takes no messages now, so that staff see why some wait: the mail server, webhooks, gateways."""

from dataclasses import dataclass
from datetime import datetime

from cabinet.delivery.fan_out import split_entry
from cabinet.models import GatewayHealth
from cabinet.models.base import settings
from cabinet.models.choosing import HOOK, MAIL, hook_line
from cabinet.wording.formats import masked

MOST = 20  # that are shown


@dataclass(frozen=True)
class Resting:
    """A receiver that is left alone `since` then, for this `reason`; `channel` is mail, webhook or sms.

    `name` is the host of a webhook, empty if settings no longer name it, and the name of a gateway.
    """

    channel: str
    name: str
    since: datetime | None
    reason: str


def resting() -> list[Resting]:
    """Those that rest, or whose rest is over and who are being tried."""
    hosts = {hook_line(url): masked(url) for _kinds, url in map(split_entry, settings().staff_webhooks)}
    away = GatewayHealth.select().where(GatewayHealth.open_until.is_null(False))
    return [
        Resting(_channel(one.gateway), hosts.get(one.gateway, _gateway(one.gateway)), one.since, one.reason)
        for one in away.order_by(GatewayHealth.gateway).limit(MOST)
    ]


def _channel(line: str) -> str:
    if line.startswith(HOOK):
        return "webhook"
    return MAIL if line == MAIL else "sms"


def _gateway(line: str) -> str:
    return line if _channel(line) == "sms" else ""
