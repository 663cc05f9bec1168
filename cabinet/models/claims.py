"""How messages are claimed: the longest-due first, of all of a channel or of some.

Messages whose receiver is left alone stay as they are and are passed by: a rest costs one row, however many
wait.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar, cast

from peewee import SQL, Case, Table, Value, fn

from cabinet.models.base import new_id, now
from cabinet.models.database import is_sqlite
from cabinet.models.prepared import Prepared
from cabinet.models.shared_commit import together

STAFF = "staff/"  # how the templates of the staff's letters begin
MAIL, HOOK = "mail", "hook/"
LEASE = 60  # seconds a worker may take for one message before another may take it over
MOST_PATIENCE = timedelta(hours=72)  # from the first try to the last, however long a receiver is away
EVER = datetime(2000, 1, 1)

Begin = Callable[[Any], None]
M = TypeVar("M")

_health: Any = Table("gateway_health", ("gateway", "open_until", "since"))


def hook_line(to: str) -> str:
    """A webhook's name in GatewayHealth. An address may hold a secret and be long: its digest will do."""
    return HOOK + urlsafe_b64encode(hashlib.sha256(to.encode()).digest())[:11].decode()


@dataclass(frozen=True)
class Only:
    """Which messages to choose from; what is not given does not matter.

    `templates` names theirs. `for_staff`: letters to staff, or to residents. `to` is the webhook that gets
    them; `not_to`: a webhook gets them that is none of these.
    """

    templates: tuple[str, ...] = ()
    for_staff: bool | None = None
    to: str | None = None
    not_to: tuple[str, ...] | None = None

    @property
    def line(self) -> str | None:
        """The one receiver of all these, by its name in GatewayHealth; None where there may be several."""
        if self.for_staff is not None:
            return MAIL
        return None if self.to is None else hook_line(self.to)

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


def index_lanes(message: Any) -> None:
    """Index what one lane has to do, and nobody else."""
    waits, mail = message.due_at.is_null(False), message.channel == "mail"
    hooks = message.channel == "webhook"
    for name, columns, where in (
        ("message_for_staff", (message.channel, message.due_at), mail & _is_for(message, True)),
        ("message_for_residents", (message.channel, message.due_at), mail & _is_for(message, False)),
        ("message_for_webhook", (message.channel, message.to, message.due_at), hooks),
        ("message_failed", (message.channel, message.tried_since), _failed(message)),
    ):
        message.add_index(message.index(*columns, where=waits & where, name=name))


def _is_for(message: Any, staff: bool) -> Any:
    begins = fn.SUBSTR(message.template, SQL("1"), SQL("6"))
    return begins == SQL(f"'{STAFF}'") if staff else begins != SQL(f"'{STAFF}'")


def _failed(message: Any) -> Any:
    return message.error != SQL("''")


def _of(message: Any, channel: str) -> Any:
    """A literal: of a parameter, where an index has one, SQLite plans the statement anew each time."""
    if not channel.isalpha():
        raise ValueError("no channel")
    return message.channel == SQL(f"'{channel}'")


def due(message: Any, only: Only, channel: str, moment: Any) -> Any:
    """Selects the moments of those that are due, unless their receiver rests.

    A rest sets the end of the range that is read: as a condition of its own it would be asked of each row.
    """
    until = moment
    if only.line is not None:
        until = fn.COALESCE(_line(only, Value(EVER)).where(_health.open_until > moment), moment)
    mine = [_of(message, channel), message.due_at <= until, *only.conditions(message)]
    return message.select(message.due_at).where(*mine)


def _line(only: Only, what: Any) -> Any:
    return _health.select(what).where(_health.gateway == only.line)


def _next_due(message: Any, only: Only, channel: str, moment: Any, _before: Any) -> Any:
    return due(message, only, channel, moment).order_by(message.due_at).limit(1)


def _next_worn_out(message: Any, only: Only, channel: str, moment: Any, before: Any) -> Any:
    """Of those that failed before, one that has its last try though its receiver rests."""
    mine = [_of(message, channel), message.due_at <= moment, *only.conditions(message)]
    failed = [_failed(message), message.tried_since < before]
    return message.select(message.due_at).where(*mine, *failed).order_by(message.tried_since).limit(1)


def _next_behind(message: Any, only: Only, channel: str, _moment: Any, before: Any) -> Any:
    """The same, of those that only waited behind others."""
    away = _line(only, before).where(_health.since < before)
    mine = [_of(message, channel), message.due_at < away, *only.conditions(message)]
    return message.select(message.due_at).where(*mine).order_by(message.due_at).limit(1)


Finding = tuple[Prepared[Any], Prepared[Any]]


@lru_cache(maxsize=64)
def claims(message: Any, channel: str, only: Only) -> list[Finding]:
    """Each finds a message of these, and claims it; the later ones what is tried during a rest, too."""
    ways = [_next_due] if only.line is None else [_next_due, _next_worn_out, _next_behind]
    return [_finding(message, channel, only, way) for way in ways]


def _since(message: Any, only: Only, moment: Any) -> Any:
    """Since when it is tried: what waits for somebody who is away was not taken up for that alone."""
    if only.line is None:
        return fn.COALESCE(message.tried_since, moment)
    later = Case(None, [(_health.since > message.due_at, _health.since)], message.due_at)
    waits = _line(only, later).where(_health.since.is_null(False))
    return fn.COALESCE(message.tried_since, waits, moment)


def _finding(message: Any, channel: str, only: Only, choose: Callable[..., Any]) -> Finding:
    def find(moment: Any, before: Any) -> Any:
        return choose(message, only, channel, moment, before)

    def claim(moment: Any, before: Any, until: Any, claim: Any) -> Any:
        chosen = find(moment, before).select(message.id)
        if not is_sqlite():
            chosen = chosen.for_update("FOR UPDATE SKIP LOCKED")
        first = _since(message, only, moment)
        changes = {"due_at": until, "tries": message.tries + 1, "tried_since": first, "claim": claim}
        # by =, for a plan may ask what stands in IN once a row, and so claim several
        taken = message.update(**changes).where(message.id == chosen)
        return taken.returning(*message._meta.sorted_fields)

    return Prepared(find), Prepared(claim)


def claimed(message: type[M], channel: str, only: Only, begin: Begin | None) -> M | None:
    """Claim the longest-due message of these, and let `begin` have it in the same transaction; or None."""
    moment = now()
    before = moment - MOST_PATIENCE
    for claim in _found(message, channel, only, moment, before):
        mine = (moment, before, moment + timedelta(seconds=LEASE), new_id())

        def work(claim: Prepared[Any] = claim, mine: tuple[Any, ...] = mine) -> M | None:
            found: M | None = claim.first(*mine)
            if found is not None and begin is not None:
                begin(found)
            return found

        if (taken := together(work)) is not None:
            return taken
    return None


def _found(
    message: type[M], channel: str, only: Only, moment: datetime, before: datetime
) -> Iterator[Prepared[Any]]:
    """What claims what there is, the longest-due first."""
    parts = [only] if only.not_to is None else [*_others(message, only)]
    for ways in zip(*(claims(cast(Any, message), channel, part) for part in parts), strict=True):
        found = [(find.value(moment, before), n) for n, (find, _claim) in enumerate(ways)]
        yield from (ways[n][1] for since, n in sorted((s, n) for s, n in found if s is not None))


def _others(message: Any, only: Only) -> Iterator[Only]:
    """For each other webhook that something waits for: one look-up, however much it is."""
    yield replace(only, to="", not_to=None)  # which is nobody's address, and is told so
    to = ""
    while (to := _after(message).value(to)) is not None:
        if to not in (only.not_to or ()):
            yield replace(only, to=to, not_to=None)


@lru_cache(maxsize=1)
def _after(message: Any) -> Prepared[Any]:
    def after(to: Any) -> Any:
        waits = [_of(message, "webhook"), message.due_at.is_null(False), message.to > to]
        return message.select(message.to).where(*waits).order_by(message.to).limit(1)

    return Prepared(after)
