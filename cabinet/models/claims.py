"""How messages are claimed: the longest-due first, of all of a channel or of some."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, TypeVar, cast

from peewee import fn

from cabinet.models.base import new_id, now
from cabinet.models.database import is_sqlite
from cabinet.models.prepared import Prepared
from cabinet.models.shared_commit import together

STAFF = "staff/"  # how the templates of the staff's letters begin

Begin = Callable[[Any], None]
M = TypeVar("M")


@dataclass(frozen=True)
class Only:
    """Which messages to choose from; what is not given does not matter.

    `templates` names theirs. `for_staff`: letters to staff, or to residents. `to` is their receiver,
    `not_to` are receivers of others.
    """

    templates: tuple[str, ...] = ()
    for_staff: bool | None = None
    to: str | None = None
    not_to: tuple[str, ...] = ()

    def conditions(self, message: Any) -> list[Any]:
        """As conditions on the table of messages."""
        found = []
        if self.templates:
            found.append(message.template.in_(self.templates))
        if self.for_staff is not None:
            begins = fn.SUBSTR(message.template, 1, len(STAFF))
            found.append(begins == STAFF if self.for_staff else begins != STAFF)
        if self.to is not None:
            found.append(message.to == self.to)
        if self.not_to:
            found.append(message.to.not_in(self.not_to))
        return found


EVERY = Only()


@lru_cache(maxsize=64)
def claims(message: Any, only: Only) -> tuple[Prepared[Any], Prepared[Any]]:
    """Finds the longest-due message of these, and claims it."""

    def due(channel: Any, moment: Any) -> Any:
        mine = [message.channel == channel, message.due_at <= moment, *only.conditions(message)]
        return message.select(message.id).where(*mine).order_by(message.due_at).limit(1)

    def claim(channel: Any, moment: Any, until: Any, claim: Any) -> Any:
        chosen = due(channel, moment)
        if not is_sqlite():
            chosen = chosen.for_update("FOR UPDATE SKIP LOCKED")
        since = fn.COALESCE(message.tried_since, moment)
        changes = {"due_at": until, "tries": message.tries + 1, "tried_since": since, "claim": claim}
        # by =, for a plan may ask what stands in IN once a row, and so claim several
        taken = message.update(**changes).where(message.id == chosen)
        return taken.returning(*message._meta.sorted_fields)

    return Prepared(due), Prepared(claim)


def claimed(message: type[M], channel: str, only: Only, begin: Begin | None, lease: timedelta) -> M | None:
    """Claim the longest-due message of these, and let `begin` have it in the same transaction; or None."""
    due, claim = claims(cast(Any, message), only)
    moment, mine = now(), new_id()
    if due.value(channel, moment) is None:
        return None

    def work() -> M | None:
        found: M | None = claim.first(channel, moment, moment + lease, mine)
        if found is not None and begin is not None:
            begin(found)
        return found

    return together(work)
