"""Alarms are told once when they begin and once when they are over: log, metric, mail and webhook.

Mail and webhooks have messages of their own, so that each goes out whatever becomes of the other.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from cabinet.delivery.fan_out import chosen
from cabinet.delivery.surroundings import AROUND, host, surroundings
from cabinet.delivery.troubles import Trouble, troubles
from cabinet.models import Alarm, Message
from cabinet.models.base import now, settings
from cabinet.models.database import db

log = logging.getLogger(__name__)

ALARM, OVER = "alarm", "alarm_over"
LIFE = 259_200  # seconds that mail and webhooks are tried
FORGOTTEN = timedelta(
    days=1
)  # when the alarm of a host that may be no more is over, unless it raises it again


def watch(more: Iterable[Trouble] = (), unknown: Iterable[str] = ()) -> None:
    """Look at everything, raise the alarms that are new, and clear those that are over.

    `more` are troubles that the caller found; alarms whose name begins with one of `unknown` stay as they
    are, for nobody can tell.
    """
    left = (*unknown, *AROUND)
    found = [one for one in (*troubles(), *more) if not one.name.startswith(left)]
    _settle(found, lambda alarm: not alarm.name.startswith(left))


def look_around() -> None:
    """Raise and clear the alarms about what is around this host."""
    mine = {f"{kind}{host()}" for kind in AROUND}
    old = now() - FORGOTTEN
    _settle(
        surroundings(settings()),
        lambda alarm: alarm.name in mine or (alarm.name.startswith(AROUND) and alarm.at < old),
    )


def _settle(troubles: Iterable[Trouble], knows: Callable[[Alarm], bool]) -> None:
    """Raise the alarms that are new, and clear those that are over and that we know of."""
    found = {one.name: one for one in troubles}
    standing = {alarm.name: alarm for alarm in Alarm.standing()}
    for name, trouble in found.items():
        if name not in standing:
            _begin(trouble)
    for name, alarm in standing.items():
        if name not in found and knows(alarm):
            _end(alarm)


def _begin(trouble: Trouble) -> None:
    with db.atomic():
        begun = Alarm.begin(trouble.name, trouble.data)
        if begun:
            told = _told(trouble.name, trouble.data)
            _tell(trouble.kind or ALARM, trouble.data if trouble.kind else told)
    if begun:
        log.error("alarm: %s %s", trouble.name, trouble.data)


def _end(alarm: Alarm) -> None:
    with db.atomic():
        ended = Alarm.end(alarm.name)
        if ended:
            _tell(OVER, {**_told(alarm.name, alarm.data), "since": alarm.at.isoformat()})
    if ended:
        log.warning("alarm over: %s", alarm.name)


def _told(name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"alarm": name.partition("/")[0], "facts": data}


def _tell(kind: str, data: dict[str, Any]) -> None:
    letter = f"staff/{kind}"
    for address in chosen(settings().staff_emails, kind):
        Message.enqueue("mail", letter, to=address, data=data, expires=LIFE)
    for url in chosen(settings().staff_webhooks, kind):
        Message.enqueue("webhook", kind, to=url, data=data, expires=LIFE)
