"""Numbers that a resident had before, and until when: whoever comes by one later may have no cabinet yet."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from peewee import fn

from cabinet.models.account_event import AccountEvent
from cabinet.models.audit import Audit
from cabinet.models.user import User

OWN = ("phone-changed", "phone-taken-back")
LOST = ("staff-phone-changed", "staff-number-dropped", "number-passed-on", "cabinet-merged-away")


def seen_at(user: User, *theirs: Iterable[Any]) -> dict[str, datetime]:
    """The numbers a resident is known to have had, and when each was seen last to be theirs.

    `theirs`: their requests, drafts, consents.
    """
    latest = fn.MAX(AccountEvent.at).alias("at")
    mine = AccountEvent.select(AccountEvent.phone, latest).where(AccountEvent.user_id == user.id)
    found: dict[str, datetime] = {}
    for row in chain(mine.group_by(AccountEvent.phone), *theirs):
        at = row.created_at if hasattr(row, "created_at") else row.at
        found[row.phone] = max(at, found.get(row.phone, at))
    return found


def left(user: User, ids: Iterable[str], seen: Mapping[str, datetime]) -> dict[str, datetime]:
    """When each former number ceased to be the resident's: by the next change, else when it was seen last.

    `ids`: the resident's by the journal; `seen`: from `seen_at`.
    """
    known = list(ids)
    changed = Audit.actor.in_([f"user:{one}" for one in known]) & Audit.action.in_(OWN)
    lost = Audit.subject.in_(known) & Audit.action.in_(LOST)
    moments = [row.at for row in Audit.select(Audit.at).where(changed | lost).order_by(Audit.at)]
    former = {phone: at for phone, at in seen.items() if phone != user.phone}
    return {phone: next((one for one in moments if one >= at), at) for phone, at in former.items()}
