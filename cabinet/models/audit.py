"""Who did what, and when: authentication events and every staff view of personal data. Append-only."""

from typing import Any

from peewee import BigIntegerField, CharField, DateTimeField, JSONField, fn

from cabinet.models.base import Model, now
from cabinet.models.database import db
from cabinet.models.prepared import insert
from cabinet.telemetry import events

SALT = 32  # characters of `ip_seal` that are its salt


class Audit(Model):
    """One event. `actor` is "user:ID", "staff:ID", "system" or "visitor"; `subject` what it was done to.

    `place`, `digest` and `ip_seal` are of the chain (`audit_chain`), which comes a moment later. `ip_seal`
    stands in it for `ip`, so that the address can be erased.
    """

    id: Any
    at = DateTimeField(default=now)
    actor = CharField(64)
    action = CharField(48)
    subject = CharField(64, default="")
    ip = CharField(45, default="")
    detail: Any = JSONField(default=dict)
    place: Any = BigIntegerField(null=True)
    digest: Any = CharField(64, null=True)
    ip_seal: Any = CharField(64, null=True)

    class Meta:
        indexes = (
            (("place", "id"), False),
            (("action", "at", "id"), False),
            (("at", "id"), False),
            (("actor", "at", "id"), False),
            (("subject", "at", "id"), False),
        )

    @classmethod
    def record(
        cls, action: str, actor: str = "visitor", subject: str = "", ip: str = "", **detail: Any
    ) -> None:
        """Write an event inside the caller's transaction. `detail` must hold no secrets."""
        by_staff = {"actor": actor} if actor.startswith("staff:") else {}
        insert(cls(action=action, actor=actor, subject=subject, ip=ip, detail=detail))
        db.obj.after_commit(events.telling(action.replace("-", "_"), **by_staff))

    @classmethod
    def forget_addresses(cls, of: Any) -> None:
        """Erase the addresses in these rows, inside the caller's transaction; once, or the seal would go."""
        cls.update(ip="", ip_seal=fn.SUBSTR(cls.ip_seal, SALT + 1)).where(of, cls.ip != "").execute()
