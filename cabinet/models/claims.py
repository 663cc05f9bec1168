"""How messages are claimed: the longest-due first, of all of a channel or of some."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar, cast

from cabinet.models import choosing
from cabinet.models.base import new_id, now
from cabinet.models.choosing import EVERY, Only
from cabinet.models.database import is_sqlite
from cabinet.models.prepared import Prepared
from cabinet.models.shared_commit import together

LEASE = 60  # seconds a worker may take for one message before another may take it over
MOST_PATIENCE = timedelta(hours=72)  # from the first try to the last, however long a receiver is away

Begin = Callable[[Any], None]
M = TypeVar("M")
Finding = tuple[Prepared[Any], Prepared[Any]]


@lru_cache(maxsize=64)
def claims(message: Any, channel: str, only: Only) -> list[Finding]:
    """Each finds a message of these, and claims it: codes, what is due, and what is tried during a rest."""
    return [_finding(message, channel, only, way) for way in choosing.ways(only)]


def _finding(message: Any, channel: str, only: Only, choose: Callable[..., Any]) -> Finding:
    def find(moment: Any, before: Any) -> Any:
        return choose(message, only, channel, moment, before)

    def claim(moment: Any, before: Any, until: Any, claim: Any) -> Any:
        chosen = find(moment, before).select(message.id)
        if not is_sqlite():
            chosen = chosen.for_update("FOR UPDATE SKIP LOCKED")
        first = choosing.tried_since(message, only, moment)
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
    several = only.gateways or only.not_to is not None
    if several and _any_due(cast(Any, message), channel).value(moment) is None:
        return  # as mostly, by one look
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


@lru_cache(maxsize=8)
def _any_due(message: Any, channel: str) -> Prepared[Any]:
    return Prepared(lambda moment: choosing.due(message, EVERY, channel, moment).limit(1))


@lru_cache(maxsize=1)
def _after(message: Any) -> Prepared[Any]:
    def after(to: Any) -> Any:
        waits = [choosing.of(message, "webhook"), message.due_at.is_null(False), message.to > to]
        return message.select(message.to).where(*waits).order_by(message.to).limit(1)

    return Prepared(after)
