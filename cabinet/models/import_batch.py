"""Imports that can be taken back: what each brought, and what was there before it.

A row of `account_before` or `charge_before` says what an import found where it changed something: the values
of the columns whose bits are in `cells`; INSERTED there says that there was no such row. Nothing is written
for what an import inserts into an empty table of accounts or an empty month ("fresh"): all rows there that no
other import has inserted are its own. `cabinet.billing.undo` relies on that.
"""

from typing import Any

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    DateTimeField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from cabinet.models.base import Model, now
from cabinet.models.database import db
from cabinet.models.import_job import ImportJob

INSERTED = 1  # bit of `cells`; those of the columns follow
STATES = ("running", "done", "failed", "undoing", "undone")


class ImportBatch(Model):
    """One import of a file; a later one has a higher `id`.

    `actor` is who ordered it, as in the audit. `job` is the `ImportJob` that it came by, if any. "running" is
    an import at work or cut short; cut short, it is taken back and has "failed". `fresh`: there was no
    account before it. `taken_back` counts rows, accounts and charges, while that is done.
    """

    id: Any
    created_at = DateTimeField(default=now)
    actor = CharField(64)
    job = CharField(22, null=True, index=True)
    name = CharField(255)
    state = CharField(8, default="running", index=True)
    fresh = BooleanField(default=False)
    finished_at = DateTimeField(null=True)
    taken_back = IntegerField(default=0)
    undone_by = CharField(64, default="")

    def periods(self) -> "list[BatchPeriod]":
        """What it brought, by month, newest first."""
        mine = BatchPeriod.select().where(BatchPeriod.batch == self.id)
        return list(mine.order_by(BatchPeriod.period.desc()))

    def order_undo(self, actor: str) -> bool:
        """Let it be taken back; False unless it is in the database whole."""
        cls = type(self)
        with db.atomic():
            fresh: dict[str, Any] = {"state": "undoing", "undone_by": actor}
            ordered = cls.update(**fresh).where(cls.id == self.id, cls.state == "done").execute()
            if ordered:
                ImportJob.follow(self.job, "undoing")
            return bool(ordered)

    def close(self, state: str) -> None:
        """It is in, has failed or is taken back; inside the caller's transaction."""
        cls = type(self)
        self.state = state
        cls.update(state=state, finished_at=now()).where(cls.id == self.id).execute()
        if state == "undone":
            ImportJob.follow(self.job, state)

    def size(self) -> int:
        """How many accounts and charges it made or changed, as often as it did."""
        return sum(period.size for period in self.periods())

    def advance(self, rows: int, size: int) -> None:
        """So many rows more are taken back, of `size`; inside the caller's transaction."""
        cls = type(self)
        more: dict[Any, Any] = {cls.taken_back: cls.taken_back + rows}
        cls.update(more).where(cls.id == self.id).execute()
        if self.job is not None:
            read: dict[Any, Any] = {
                ImportJob.progress: ImportJob.progress + ImportJob.size * rows / max(1, size)
            }
            ImportJob.update(read).where(ImportJob.id == self.job).execute()

    @classmethod
    def of_job(cls, job: str) -> "ImportBatch | None":
        """What came of a file that staff uploaded."""
        mine = cls.select().where(cls.job == job, cls.state.not_in(("running", "failed")))
        newest: ImportBatch | None = mine.order_by(cls.id.desc()).first()
        return newest

    @classmethod
    def unfinished(cls) -> "list[ImportBatch]":
        """Those to be taken back, the latest first: ordered so, or cut short."""
        return list(cls.select().where(cls.state.in_(("running", "undoing"))).order_by(cls.id.desc()))


class BatchPeriod(Model):
    """What an import brought of one month. `fresh`: billing had nothing of that month before."""

    batch = IntegerField()
    period = DateField()
    fresh = BooleanField()
    new_accounts = IntegerField(default=0)
    changed_accounts = IntegerField(default=0)
    new_charges = IntegerField(default=0)
    changed_charges = IntegerField(default=0)

    class Meta:
        primary_key = CompositeKey("batch", "period")

    @property
    def size(self) -> int:
        """How many rows it made or changed."""
        return self.new_accounts + self.changed_accounts + self.new_charges + self.changed_charges


class AccountBefore(Model):
    """An account as an import found it; see the module."""

    number = CharField(32)
    batch = IntegerField()
    cells = SmallIntegerField()
    printed = CharField(64, null=True)
    els = CharField(32, null=True)
    zhku_id = CharField(32, null=True)
    address = TextField(null=True)
    last_name = CharField(120, null=True)
    first_name = CharField(120, null=True)
    middle_name = CharField(120, null=True)
    fias_house_guid = CharField(36, null=True)
    premises = CharField(64, null=True)

    class Meta:
        primary_key = CompositeKey("number", "batch")
        without_rowid = True


class ChargeBefore(Model):
    """A charge as an import found it; see the module."""

    period = DateField()
    account = CharField(32)
    batch = IntegerField()
    cells = SmallIntegerField()
    amount_due = BigIntegerField(null=True)
    amount_charged = BigIntegerField(null=True)
    amount_paid = BigIntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("period", "account", "batch")
        without_rowid = True
