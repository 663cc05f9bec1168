"""Billing files that staff upload: the row is the source of truth, from the upload to the report."""

from datetime import datetime, timedelta
from typing import Any

from peewee import BigIntegerField, CharField, DateTimeField, IntegerField, JSONField, TextField

from cabinet.models.base import Model, new_id, now
from cabinet.models.database import db, is_sqlite

LEASE = 120  # seconds without a sign of life after which a job may be taken over
STATES = ("checking", "checked", "running", "done", "failed", "undoing", "undone")


class ImportJob(Model):
    """A file on its way into billing. `state` "checking" and "running" are a worker's to do.

    A file is first checked (a dry run), then, when staff say so, run. `report` is what came of the latest.
    """

    id = CharField(22, primary_key=True, default=new_id)
    created_at = DateTimeField(default=now)
    staff = CharField(22)
    name = CharField(255)
    size = BigIntegerField(default=0)
    state = CharField(8, default="checking", index=True)
    progress = IntegerField(default=0)
    report: Any = JSONField(default=dict)
    error = TextField(default="")
    claim = CharField(22, null=True)
    alive_at = DateTimeField(null=True)
    finished_at = DateTimeField(null=True)

    class Meta:
        indexes = ((("created_at", "id"), False),)

    @property
    def pending(self) -> bool:
        """Whether a worker has it or will."""
        return self.state in ("checking", "running", "undoing")

    @property
    def over(self) -> bool:
        """Whether its file is no longer needed."""
        return self.state in ("done", "failed", "undoing", "undone")

    @property
    def percent(self) -> int:
        """How much of the file has been read, in per cent."""
        return min(100, self.progress * 100 // max(1, self.size)) if self.pending else 100

    def order_run(self) -> bool:
        """Let a checked file be imported; False when that was ordered already or there is nothing to do."""
        cls = type(self)
        fresh: dict[str, Any] = {"state": "running", "progress": 0, "claim": None, "alive_at": None}
        with db.atomic():
            return bool(cls.update(**fresh).where(cls.id == self.id, cls.state == "checked").execute())

    @classmethod
    def follow(cls, job: str | None, state: str) -> None:
        """What came of the file is being taken back, or is; inside the caller's transaction."""
        fresh: dict[str, Any] = {"state": state, "progress": 0}
        cls.update(**fresh).where(cls.id == job).execute()

    @classmethod
    def give_up(cls, before: datetime) -> None:
        """Drop checked files that were not imported since `before`."""
        forgotten: dict[str, Any] = {"state": "failed", "error": "not run in time", "finished_at": now()}
        with db.atomic():
            cls.update(**forgotten).where(cls.state == "checked", cls.finished_at < before).execute()

    @classmethod
    def claim_next(cls) -> "ImportJob | None":
        """Take the oldest unclaimed job; a worker that died loses it after LEASE seconds."""
        moment, claim = now(), new_id()
        free = cls.alive_at.is_null() | (cls.alive_at < moment - timedelta(seconds=LEASE))
        waiting = cls.state.in_(("checking", "running"))
        due = cls.select(cls.id).where(waiting, free).order_by(cls.created_at).limit(1)
        if not due.exists():
            return None
        if not is_sqlite():
            due = due.for_update("FOR UPDATE SKIP LOCKED")  # type: ignore[arg-type]
        with db.atomic():
            cls.update(claim=claim, alive_at=moment).where(cls.id.in_(due)).execute()
            return cls.get_or_none(cls.claim == claim)

    def report_progress(self, progress: int) -> bool:
        """Record how many bytes have been read; False when another worker has taken the job."""
        return self._mine(progress=progress, alive_at=now())

    def finish(self, state: str, report: dict[str, Any], error: str = "") -> bool:
        """Finish the run, or wait for the staff's decision."""
        return self._mine(
            state=state, report=report, error=error[:500], claim=None, alive_at=None, finished_at=now()
        )

    def _mine(self, **changes: Any) -> bool:
        cls = type(self)
        with db.atomic():
            return bool(cls.update(**changes).where(cls.id == self.id, cls.claim == self.claim).execute())
