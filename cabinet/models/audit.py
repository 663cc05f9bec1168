"""Who did what, and when: authentication events and every staff view of personal data. Append-only."""

from typing import Any

from peewee import CharField, DateTimeField, JSONField

from cabinet.models.base import Model, now
from cabinet.models.prepared import insert
from cabinet.telemetry import events


class Audit(Model):
    """One event. `actor` is "user:ID", "staff:ID", "system" or "visitor"; `subject` what it was done to."""

    id: Any
    at = DateTimeField(default=now)
    actor = CharField(64)
    action = CharField(48)
    subject = CharField(64, default="")
    ip = CharField(45, default="")
    detail: Any = JSONField(default=dict)

    class Meta:
        indexes = (
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
        events.tell(action.replace("-", "_"), **by_staff)
        insert(cls(action=action, actor=actor, subject=subject, ip=ip, detail=detail))
