"""What happens to an account: sign-ins and what they are guarded by, kept for a stated term (EVENTS_KEPT).

What residents change is in `audit`; together they answer who was in, how, when and from where.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import CharField, DateTimeField, JSONField, fn

from cabinet.models.audit import Audit
from cabinet.models.base import Model, now
from cabinet.models.database import db
from cabinet.models.prepared import insert
from cabinet.models.user import User
from cabinet.telemetry import events

NAMES = {
    "wrong-password": "login_refused",
    "locked-out": "lock_out",
    "wrong-code": "code_wrong",
}  # in the log
BY_OTHERS = (
    *("user-blocked", "user-unblocked", "staff-resident-sessions-ended", "number-passed-on"),
    *("staff-resident-renamed", "staff-account-linked", "staff-account-unlinked"),
    *("staff-phone-change-asked", "staff-phone-changed", "staff-number-dropped", "staff-cabinet-seen"),
    "staff-data-handed-out",
    *("staff-data-request-recorded", "staff-data-request-closed"),
    *("staff-deletion-requested", "staff-deletion-cancelled"),
)


class AccountEvent(Model):
    """One event. `phone` is the number it happened to, `user_id` the resident whose rights were used."""

    id: Any
    at = DateTimeField(default=now)
    kind = CharField(24)
    phone = CharField(16)
    user_id = CharField(22, null=True)
    ip = CharField(45, default="")
    browser = CharField(300, default="")
    detail: Any = JSONField(default=dict)

    class Meta:
        indexes = (
            (("phone", "at", "id"), False),
            (("user_id", "at", "id"), False),
            (("at", "id"), False),
        )

    @classmethod
    def record(
        cls, kind: str, phone: str, ip: str, browser: str = "", user_id: str | None = None, **detail: Any
    ) -> None:
        """Write an event inside the caller's transaction. `detail` must hold no secrets."""
        insert(cls(kind=kind, phone=phone, ip=ip, browser=browser[:300], user_id=user_id, detail=detail))
        db.obj.after_commit(events.telling(NAMES.get(kind) or kind.replace("-", "_")))

    @classmethod
    def signed_in_since(cls, user: User, moment: datetime) -> bool:
        """Whether anybody signed in to the resident's cabinet at the moment or later."""
        arrived = cls.kind.in_(("signed-in", "signed-in-new"))
        return cls.select().where(cls.user_id == user.id, arrived, cls.at >= moment).exists()

    @classmethod
    def move(cls, former: User, user: User) -> None:
        """Make the events of one cabinet those of another, inside the transaction that merges them."""
        nobodys = (cls.phone == former.phone) & cls.user_id.is_null() & (cls.at >= has_number_since(former))
        cls.update(user_id=user.id).where((cls.user_id == former.id) | nobodys).execute()


@dataclass(frozen=True)
class Happening:
    """An event as it is shown: its kind, when, from where; not from where if the company did it."""

    what: str
    at: datetime
    ip: str
    browser: str


def history_of(user: User, most: int = 100) -> list[Happening]:
    """The latest events of a resident, newest first; none of an earlier holder of the phone."""
    event, ids = AccountEvent, ids_of(user)
    nameless = (event.phone == user.phone) & event.user_id.is_null() & (event.at >= has_number_since(user))
    events = event.select().where((event.user_id == user.id) | nameless).order_by(event.at.desc())
    own = Audit.select().where(Audit.actor.in_([f"user:{one}" for one in ids])).order_by(Audit.at.desc())
    others = Audit.select().where(Audit.subject.in_(ids), Audit.action.in_(BY_OTHERS))
    found = [Happening(e.kind, e.at, e.ip, e.browser) for e in events.limit(most)]
    found += [Happening(a.action, a.at, a.ip, "") for a in own.limit(most)]
    found += [Happening(a.action, a.at, "", "") for a in others.order_by(Audit.at.desc()).limit(most)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:most]


def ids_of(user: User) -> list[str]:
    """The ids by which the journal knows a resident: first their own, then those of cabinets merged into it.

    Rows of the journal stay as they were written, whoever's the cabinet became.
    """
    ids = [user.id]
    for one in ids:  # which grows meanwhile
        merged = Audit.select(Audit.detail).where(
            Audit.actor == f"user:{one}", Audit.action == "cabinets-merged"
        )
        ids += [row.detail["merged"] for row in merged.order_by(Audit.id)]
    return ids


def has_number_since(user: User) -> datetime:
    """When the number became the resident's."""
    return number_changed_at(user) or user.created_at


def number_changed_at(user: User) -> datetime | None:
    """When the resident's number was last changed for another; None if it never was."""
    mine = (Audit.actor == f"user:{user.id}") & Audit.action.in_(("phone-changed", "phone-taken-back"))
    by_staff = (Audit.subject == user.id) & (Audit.action == "staff-phone-changed")
    times = [Audit.select(fn.MAX(Audit.at)).where(one).scalar() for one in (mine, by_staff)]
    return max((at for at in times if at), default=None)
