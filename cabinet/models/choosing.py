"""Which messages a lane may take up now, and the indexes that find them.

Messages whose receiver is left alone stay as they are and are passed by: a rest costs one row, however many
wait. So do SMS while all gateways rest, but for codes, which go or die in time.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import SQL, Case, Table, Value, fn

STAFF = "staff/"  # how the templates of the staff's letters begin
MAIL, HOOK = "mail", "hook/"
EVER = datetime(2000, 1, 1)

_health: Any = Table("gateway_health", ("gateway", "open_until", "since"))


def hook_line(to: str) -> str:
    """A webhook's name in GatewayHealth. An address may hold a secret and be long: its digest will do."""
    return HOOK + urlsafe_b64encode(hashlib.sha256(to.encode()).digest())[:11].decode()


@dataclass(frozen=True)
class Only:
    """Which messages to choose from; what is not given does not matter.

    `templates` names theirs. `for_staff`: letters to staff, or to residents. `to` is the webhook that gets
    them; `not_to`: a webhook gets them that is none of these. `gateways`, by their names in GatewayHealth:
    all but codes waits while all of them rest.
    """

    templates: tuple[str, ...] = ()
    for_staff: bool | None = None
    to: str | None = None
    not_to: tuple[str, ...] | None = None
    gateways: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Who takes these, any of them each, by their names in GatewayHealth; none where it differs."""
        if self.for_staff is not None:
            return (MAIL,)
        return self.gateways if self.to is None else (hook_line(self.to),)

    def conditions(self, message: Any) -> list[Any]:
        """As conditions on the table of messages. Literals, as in the indexes of these alone."""
        found = []
        if self.templates:
            found.append(message.template.in_(self.templates))
        if self.for_staff is not None:
            found.append(_is_for(message, self.for_staff))
        if self.to is not None:
            found.append(message.to == self.to)
        return found


EVERY = Only()


def index_lanes(message: Any) -> None:  # pragma: no mutants — when loaded
    """Index what one lane has to do, and nobody else."""
    waits, mail = message.due_at.is_null(False), message.channel == "mail"
    hooks = message.channel == "webhook"
    for name, columns, where in (
        ("message_for_staff", (message.channel, message.due_at), mail & _is_for(message, True)),
        ("message_for_residents", (message.channel, message.due_at), mail & _is_for(message, False)),
        ("message_for_webhook", (message.channel, message.to, message.due_at), hooks),
        ("message_failed", (message.channel, message.tried_since), _failed(message)),
        ("message_codes", (message.channel, message.due_at), _is_code(message)),
    ):
        message.add_index(message.index(*columns, where=waits & where, name=name))


def index_what_is_over(message: Any) -> None:  # pragma: no mutants — when loaded
    """Index what was sent, and what was given up, of all channels and of one; nothing that waits."""
    for name, moment in (("message_sent", message.sent_at), ("message_dead", message.dead_at)):
        over = moment.is_null(False)
        message.add_index(message.index(moment, message.id, where=over, name=name))
        of_lane = message.index(message.channel, moment, message.id, where=over, name=f"{name}_of_lane")
        message.add_index(of_lane)


def _is_for(message: Any, staff: bool) -> Any:
    begins = fn.SUBSTR(message.template, SQL("1"), SQL("6"))
    return begins == SQL(f"'{STAFF}'") if staff else begins != SQL(f"'{STAFF}'")


def _is_code(message: Any) -> Any:
    return message.template == SQL("'code'")


def _failed(message: Any) -> Any:
    return message.error != SQL("''")


def of(message: Any, channel: str) -> Any:
    """A literal: of a parameter, where an index has one, SQLite plans the statement anew each time."""
    if not channel.isalpha():
        raise ValueError("no channel")
    return message.channel == SQL(f"'{channel}'")


def due(message: Any, only: Only, channel: str, moment: Any) -> Any:
    """Selects the moments of those that are due, unless their receiver rests.

    A rest sets the end of the range that is read: as a condition of its own it would be asked of each row.
    """
    until = _rests(only, _health.open_until > moment, Value(EVER), moment) if only.lines else moment
    mine = [of(message, channel), message.due_at <= until, *only.conditions(message)]
    return message.select(message.due_at).where(*mine)


def something_due(message: Any, only: Only, channel: str, moment: Any) -> Any:
    """The condition that there is something to do: during a rest of all gateways codes alone are."""
    unless_at_rest = fn.EXISTS(due(message, only, channel, moment))
    if not only.gateways:
        return unless_at_rest
    anything = fn.EXISTS(due(message, EVERY, channel, moment))  # mostly there is not, by one look
    return anything & (unless_at_rest | fn.EXISTS(_codes(message, channel, moment)))


def _rests(only: Only, condition: Any, then: Any, otherwise: Any = None) -> Any:
    """Selects `then` if all that take these are left alone and meet the condition, `otherwise` if not."""
    condition &= _health.gateway.in_(only.lines)
    all_of_them = fn.COUNT(SQL("1")) == SQL(str(len(only.lines)))
    return _health.select(Case(None, [(all_of_them, then)], otherwise)).where(condition)


def _codes(message: Any, channel: str, moment: Any) -> Any:
    mine = [of(message, channel), message.due_at <= moment, _is_code(message)]
    return message.select(message.due_at).where(*mine)


def _next_code(message: Any, _only: Only, channel: str, moment: Any, _before: Any) -> Any:
    return _codes(message, channel, moment).order_by(message.due_at).limit(1)


def _next_due(message: Any, only: Only, channel: str, moment: Any, _before: Any) -> Any:
    return due(message, only, channel, moment).order_by(message.due_at).limit(1)


def _next_worn_out(message: Any, only: Only, channel: str, moment: Any, before: Any) -> Any:
    """Of those that failed before, one that has its last try though its receiver rests."""
    mine = [of(message, channel), message.due_at <= moment, *only.conditions(message)]
    failed = [_failed(message), message.tried_since < before]
    return message.select(message.due_at).where(*mine, *failed).order_by(message.tried_since).limit(1)


def _next_behind(message: Any, only: Only, channel: str, _moment: Any, before: Any) -> Any:
    """The same, of those that only waited behind others."""
    away = _rests(only, _health.since < before, before)
    mine = [of(message, channel), message.due_at < away, *only.conditions(message)]
    return message.select(message.due_at).where(*mine).order_by(message.due_at).limit(1)


def tried_since(message: Any, only: Only, moment: Any) -> Any:
    """Since when it is tried: what waits for somebody who is away was not taken up for that alone."""
    if not only.lines:
        return fn.COALESCE(message.tried_since, moment)
    rested = fn.MAX(_health.since)
    later = Case(None, [(rested > message.due_at, rested)], message.due_at)
    return fn.COALESCE(message.tried_since, _rests(only, _health.since.is_null(False), later), moment)


def ways(only: Only) -> list[Callable[..., Any]]:
    """Each selects one, the foremost: of codes, of what is due, and of what is tried during a rest."""
    found = [_next_due, *([_next_worn_out, _next_behind] if only.lines else ())]
    return [_next_code, *found] if only.gateways else found
