"""Billing files that staff upload: the row is the source of truth, from the upload to the report."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from peewee import BigIntegerField, CharField, DateField, DateTimeField, IntegerField, JSONField, TextField

from cabinet.models.base import Model, new_id, now
from cabinet.models.database import db, is_sqlite
from cabinet.models.unit import whole
from cabinet.telemetry import cause

CHOICES = "choices"  # the key, beside those of layouts, of what was chosen among alternatives
LEASE = 120  # seconds without a sign of life after which a job may be taken over
STATES = ("checking", "asking", "checked", "running", "done", "failed", "undoing", "undone")
WAITING_FOR_STAFF = ("asking", "checked")
FORGOTTEN = "Файл долго ждал решения и удалён. Если он ещё нужен, отправьте его снова."
UNWANTED = "Файл решили не загружать и удалили."


class ImportJob(Model):
    """A file on its way into billing. `state` "checking" and "running" are a worker's to do.

    A file is first checked (a dry run), then, when staff say so, run. `report` is what came of the latest;
    "asking" is a check that cannot go on without an answer. The answers are kept here: `period` of a file
    that names none, and in `accept` the codes of what staff take in spite of a warning. `layouts` say what
    columns mean that nobody knew: see `said`. `samples` are the first rows as they would be stored, or those
    that are shown with a question, people's names among them: they go as soon as the job is over.
    `request_id` is of the request that sent the file, for the log.
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
    period = DateField(null=True)
    accept = TextField(default="")
    samples: Any = JSONField(null=True)
    layouts: Any = JSONField(null=True)
    request_id = CharField(64, null=True, default=lambda: cause.current() or None)

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

    @property
    def undecided(self) -> bool:
        """Whether staff are to say how it goes on."""
        return self.state in WAITING_FOR_STAFF

    @property
    def accepted(self) -> list[str]:
        """The codes of what staff take in spite of a warning."""
        return str(self.accept).split()

    @property
    def said(self) -> dict[str, dict[str, Any]]:
        """What it was told of layouts, by their keys; it goes by this, whatever is saved or forgotten since.

        Each has `titles` and `columns` as a `ColumnMap`, who said so (`by`) and when (`at`), whether it is
        `saved`, and `ask` if it is only a proposal and staff want to be asked.
        """
        return {key: told for key, told in (self.layouts or {}).items() if key != CHOICES}

    @property
    def chosen(self) -> dict[str, str]:
        """What staff chose among alternatives that the file has, by the codes of the questions."""
        return dict((self.layouts or {}).get(CHOICES, {}))

    def _told(self, said: dict[str, dict[str, Any]], chosen: dict[str, str]) -> dict[str, Any] | None:
        return {**said, **({CHOICES: chosen} if chosen else {})} or None

    def order_run(self, accept: Iterable[str] = ()) -> bool:
        """Let a checked file be imported; False when that was ordered already or there is nothing to do.

        `accept` are the warnings accepted. The check must still be the one that this object was read with.
        """
        saved = {key: {**said, "saved": True} for key, said in self.said.items()}
        fresh = {"progress": 0, "claim": None, "alive_at": None, "layouts": self._told(saved, self.chosen)}
        return self._decide(("checked",), state="running", accept=" ".join(accept), **fresh)

    def answer(self, period: date) -> bool:
        """Name the month of the file and have it checked again; False as with `order_run`."""
        return self._check_again(period=period)

    def answer_layout(self, key: str, said: dict[str, Any]) -> bool:
        """Say what its columns mean and have the file checked again; False as with `order_run`."""
        return self._check_again(layouts=self._told({**self.said, key: said}, self.chosen))

    def choose(self, code: str, value: str) -> bool:
        """Choose an alternative and have the file checked again; False as with `order_run`."""
        return self._check_again(layouts=self._told(self.said, {**self.chosen, code: value}))

    def _check_again(self, **answer: Any) -> bool:
        fresh = {"state": "checking", "progress": 0, "claim": None, "alive_at": None, "samples": None}
        return self._decide(WAITING_FOR_STAFF, accept="", **fresh, **answer)

    def drop(self) -> bool:
        """It is not to be imported; False as with `order_run`."""
        return self._decide(
            WAITING_FOR_STAFF, state="failed", error=UNWANTED, samples=None, finished_at=now()
        )

    @whole
    def _decide(self, states: tuple[str, ...], **changes: Any) -> bool:
        cls = type(self)
        seen = (cls.id == self.id) & cls.state.in_(states) & (cls.finished_at == self.finished_at)
        return bool(cls.update(**changes).where(seen).execute())

    @classmethod
    def follow(cls, job: str | None, state: str) -> None:
        """What came of the file is being taken back, or is; inside the caller's transaction."""
        fresh: dict[str, Any] = {"state": state, "progress": 0}
        cls.update(**fresh).where(cls.id == job).execute()

    @classmethod
    def give_up(cls, before: datetime) -> None:
        """Drop checked files on which nobody decided since `before`."""
        forgotten: dict[str, Any] = {"state": "failed", "error": FORGOTTEN, "samples": None}
        old = cls.state.in_(WAITING_FOR_STAFF) & (cls.finished_at < before)
        with db.atomic():
            cls.update(finished_at=now(), **forgotten).where(old).execute()

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
            cls.update(claim=claim, alive_at=moment).where(cls.id == due).execute()
            return cls.get_or_none(cls.claim == claim)

    def remember_layout(self, key: str, said: dict[str, Any]) -> bool:
        """Go by a saved layout from now on; False when another worker has taken the job."""
        self.layouts = self._told({**self.said, key: said}, self.chosen)
        return self._mine(layouts=self.layouts)

    def report_progress(self, progress: int) -> bool:
        """Record how many bytes have been read; False when another worker has taken the job."""
        return self._mine(progress=progress, alive_at=now())

    def finish(self, state: str, report: dict[str, Any], error: str = "", samples: Any = None) -> bool:
        """Finish the run, or wait for the staff's decision, with the rows that they are to see."""
        result = {"state": state, "report": report, "error": error[:500], "samples": samples}
        return self._mine(claim=None, alive_at=None, finished_at=now(), **result)

    @whole
    def _mine(self, **changes: Any) -> bool:
        cls = type(self)
        return bool(cls.update(**changes).where(cls.id == self.id, cls.claim == self.claim).execute())
