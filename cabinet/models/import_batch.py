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
    JSONField,
    SmallIntegerField,
    TextField,
)

from cabinet.models.base import Model, now
from cabinet.models.database import db
from cabinet.models.import_job import ImportJob

INSERTED = 1  # bit of `cells`; those of the columns follow
COUNTS = ("new_accounts", "changed_accounts", "new_charges", "changed_charges")
STATES = ("running", "done", "failed", "undoing", "undone", "past")


class ImportBatch(Model):
    """One import of a file, or a part of one; a later one has a higher `id`.

    Lists of accounts that came together with charges are parts that are written down each by itself, because
    all may change the same account. Staff and the command line know only the import as a whole: its first
    part, of which the others are `part_of`.

    `actor` is who ordered it, as in the audit. `job` is the `ImportJob` that it came by, if any. "running" is
    an import at work or cut short; cut short, it is taken back and has "failed". `fresh`: there was no
    account before it. "past" is one that is being forgotten. `taken_back` counts rows, accounts and
    charges, while that is done. `matching` says how far open connection requests have been compared with
    what it brought; None: all the way.
    """

    id: Any
    created_at = DateTimeField(default=now)
    part_of = IntegerField(null=True, index=True)
    actor = CharField(64)
    job = CharField(22, null=True, index=True)
    name = CharField(255)
    state = CharField(8, default="running", index=True)
    fresh = BooleanField(default=False)
    finished_at = DateTimeField(null=True)
    taken_back = IntegerField(default=0)
    undone_by = CharField(64, default="")
    matching: Any = JSONField(null=True)

    @property
    def whole(self) -> int:
        """The `id` of the import of which it is a part, if only the first."""
        return int(self.part_of or self.id)

    def parts(self) -> "list[ImportBatch]":
        """All parts of the import, the latest first."""
        return list(type(self).select().where(self._together()).order_by(type(self).id.desc()))

    def _together(self) -> Any:
        cls = type(self)
        return (cls.id == self.whole) | (cls.part_of == self.whole)

    def periods(self) -> "list[BatchPeriod]":
        """What the import brought, by month, newest first."""
        return BatchPeriod.of([part.id for part in self.parts()])

    def order_undo(self, actor: str) -> bool:
        """Let it be taken back, all parts of it; False unless it is in the database whole."""
        cls = type(self)
        with db.atomic():
            fresh: dict[str, Any] = {"state": "undoing", "undone_by": actor}
            ordered = cls.update(**fresh).where(self._together(), cls.state == "done").execute()
            if ordered:
                ImportJob.follow(self.job, "undoing")
            return bool(ordered)

    def complete(self) -> None:
        """All parts are in, and are to be matched; inside the caller's transaction."""
        cls = type(self)
        cls.update(state="done", finished_at=now()).where(self._together()).execute()
        cls.update(matching={}).where(cls.id == self.id).execute()
        self.state = "done"

    def close(self, state: str) -> None:
        """It has failed or is taken back; inside the caller's transaction. The first part is the last one."""
        cls = type(self)
        self.state = state
        cls.update(state=state, finished_at=now()).where(cls.id == self.id).execute()
        if state == "undone" and self.part_of is None:
            ImportJob.follow(self.job, state)

    def size(self) -> int:
        """How many accounts and charges the import made or changed, as often as it did."""
        return sum(period.size for period in self.periods())

    def advance(self, rows: int, size: int) -> None:
        """So many rows more of the import are taken back, of `size` if that is known; inside the caller's
        transaction.
        """
        cls = type(self)
        more: dict[Any, Any] = {cls.taken_back: cls.taken_back + rows}
        cls.update(more).where(cls.id == self.whole).execute()
        if self.job is not None and size:
            read: dict[Any, Any] = {ImportJob.progress: ImportJob.progress + ImportJob.size * rows / size}
            ImportJob.update(read).where(ImportJob.id == self.job).execute()

    @classmethod
    def of_job(cls, job: str) -> "ImportBatch | None":
        """What came of a file that staff uploaded."""
        whole = cls.select().where(cls.job == job, cls.part_of.is_null())
        mine = whole.where(cls.state.not_in(("running", "failed")))
        newest: ImportBatch | None = mine.order_by(cls.id.desc()).first()
        return newest

    @classmethod
    def unfinished(cls) -> "list[ImportBatch]":
        """Parts to be taken back, the latest first: ordered so, or cut short."""
        return list(cls.select().where(cls.state.in_(("running", "undoing"))).order_by(cls.id.desc()))

    @classmethod
    def unmatched(cls) -> "list[ImportBatch]":
        """Imports that connection requests are to be compared with, the earliest first."""
        return list(cls.select().where(cls.matching.is_null(False)).order_by(cls.id))


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

    @classmethod
    def of(cls, batches: list[int]) -> "list[BatchPeriod]":
        """What these brought together, by month, newest first."""
        found: dict[Any, BatchPeriod] = {}
        for row in cls.select().where(cls.batch.in_(batches)).order_by(cls.period.desc(), cls.batch):
            held = found.setdefault(row.period, row)
            if held is not row:
                held.fresh = held.fresh or row.fresh
                for name in COUNTS:
                    setattr(held, name, getattr(held, name) + getattr(row, name))
        return list(found.values())

    @property
    def size(self) -> int:
        """How many rows it made or changed."""
        return sum(getattr(self, name) for name in COUNTS)


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
