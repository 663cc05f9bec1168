"""Merges staged rows into the accounts and charges, a period at a time."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Any

from cabinet.billing.batches import AMOUNTS, TEXTS
from cabinet.billing.journal import ACCOUNTS, CHARGES
from cabinet.billing.layout import Layout
from cabinet.billing.pace import Pace, Step, Stretch
from cabinet.billing.report import PeriodReport
from cabinet.billing.sql import any_differs, count, execute, exists, is_charged, literal, run
from cabinet.billing.staging.base import Staging
from cabinet.models.audit import Audit
from cabinet.models.billing_period import BillingPeriod, Month, ordinary, recent_months
from cabinet.models.database import db, is_sqlite
from cabinet.models.import_batch import BatchPeriod, ImportBatch


class Merge:
    """Merges the periods of a staged file in `order`: first the one whose texts count, then the others from
    newest to oldest.
    """

    def __init__(self, layout: Layout, staging: Staging) -> None:
        self.staging = staging
        self.texts = ("printed", *filter(layout.has, TEXTS))
        self.amounts = tuple(filter(layout.has, AMOUNTS))
        self.newest = self._newest() if self.amounts else max(staging.periods, default=None)
        self.pace = Pace()
        self.beside = ThreadPoolExecutor(1, "billing-beside")
        self.beyond: dict[date, Future[bool]] = {}  # whether a period has accounts that the newest has not
        self.order = sorted(staging.periods, key=lambda period: (period == self.newest, period), reverse=True)

    def _newest(self) -> date | None:
        """The period whose names and addresses count; None if the cabinet has a newer one.

        Periods with too few accounts to be a month of billing are ignored, in the file and in the cabinet:
        otherwise a single mistyped year would decide.
        """
        newest = max(ordinary([Month(*item) for item in self.staging.periods.items()]), default=None)
        known = ordinary([month for month in recent_months() if month.period not in self.staging.merged])
        return None if newest is None or any(period > newest for period in known) else newest

    def run(self, batch: ImportBatch, period: date) -> PeriodReport:
        """Merge a period, one stretch of accounts per transaction, and record what is needed to undo it.

        Residents see an account and its charge either as they were or as they will be; a month new to
        billing stays hidden until all of it is in.
        """
        result = PeriodReport(period)
        accounts, charges = self._open(batch, period)
        if period == self.newest and "address" in self.texts:
            self._compare_others()
        for stretch in self.pace.through(self.staging.accounts(period)):
            with self.pace.turn():
                new, changed = accounts(stretch)
                result.new_accounts += new
                result.changed_accounts += changed
                new, changed = charges(stretch)
                result.new_charges += new
                result.changed_charges += changed
        if self.amounts:
            staged = self.staging.periods[period]
            if period in self.staging.merged:
                result.new_charges = staged
            result.unchanged_charges = staged - result.new_charges - result.changed_charges
        return result

    def _open(self, batch: ImportBatch, period: date) -> tuple[Step, Step]:
        """Record that a period is being merged; returns the steps for its accounts and for its charges."""
        fresh = bool(self.amounts) and (period in self.staging.merged or not is_charged(period))
        if self.amounts and not fresh:
            BillingPeriod.count(period)
        with db.atomic():
            if not is_sqlite():  # new records have no statistics: the planner expects one row
                execute("SET LOCAL enable_nestloop = off")
            # a file without addresses has only accounts that the cabinet knows
            accounts = self._accounts(batch, period) if "address" in self.texts else _nothing
            BatchPeriod.create(batch=batch.id, period=period, fresh=fresh)
            if fresh:
                BillingPeriod.hide(period)
        if not self.amounts or period in self.staging.merged:
            return accounts, _nothing
        return accounts, self._charges(batch, period, fresh)

    def close(self, batch: ImportBatch, reports: list[PeriodReport]) -> None:
        """Store the figures of all periods once they are in; runs inside the caller's transaction."""
        for result in reports:
            counts: dict[str, Any] = vars(result)
            kept = {name: counts[name] for name in BatchPeriod._meta.fields if name in counts}
            mine = (BatchPeriod.batch == batch.id) & (BatchPeriod.period == result.period)
            BatchPeriod.update(**kept).where(mine).execute()
            BillingPeriod.grow(result.period, result.new_charges)
            told = {**counts, "period": result.period.isoformat(), "import": batch.whole}
            Audit.record("billing-import", batch.actor, f"{result.period:%Y-%m}", file=batch.name, **told)

    def foretell(self, period: date) -> PeriodReport:
        """What `run` would report after the periods before it in `order`. Only reads."""
        result = PeriodReport(period)
        rows, keys = self.staging.accounts(period), self.staging.charges(period)
        before = map(self.staging.charges, self.order[: self.order.index(period)])
        known = " AND ".join(
            f"NOT EXISTS (SELECT 1 FROM {table} AS o WHERE o.{name} = new.number)"
            for table, name in (("account", "number"), *((table, "number") for table in before))
        )
        if "address" in self.texts:
            result.new_accounts = count(f"{keys} AS new WHERE {known}")
        if period == self.newest and "address" in self.texts:
            differs = any_differs("account", {name: self._new_text(name) for name in self.texts})
            result.changed_accounts = count(
                f"account JOIN {rows} AS new ON account.number = new.number WHERE {differs}"
            )
        if not self.amounts:
            return result
        joined = f"{keys} AS new JOIN charge ON charge.account = new.number AND charge.period = :period"
        old = count(joined, period=period)
        result.new_charges = self.staging.periods[period] - old
        differs = any_differs("charge", {name: f"new.{name}" for name in self.amounts})
        result.changed_charges = count(f"{joined} WHERE {differs}", period=period)
        result.unchanged_charges = old - result.changed_charges
        return result

    def _accounts(self, batch: ImportBatch, period: date) -> Step:
        """The step that merges accounts; it returns how many are new and how many changed."""
        rows = f"{self.staging.accounts(period)} AS new"
        values = {"number": "new.number", **{name: self._new_text(name) for name in self.texts}}
        if not exists("account"):
            ImportBatch.update(fresh=True).where(ImportBatch.id == batch.id).execute()
            batch.fresh = True
            return _inserting("account", values, rows, "TRUE")
        unknown = "NOT EXISTS (SELECT 1 FROM account WHERE account.number = new.number)"
        update = period == self.newest
        if not update and (self._is_covered(period) or not exists(f"{rows} WHERE {unknown}")):
            return _nothing  # saves comparing the texts of older periods, which rarely differ
        if batch.fresh:  # every account in the cabinet came from this import
            return _inserting("account", values, rows, unknown)
        return ACCOUNTS.merging(batch.id, rows, values, update)

    def _compare_others(self) -> None:
        """See, beside the merge of the newest period, which others have accounts that it has not."""
        newest, *others = map(self.staging.accounts, self.order)
        missing = f"NOT EXISTS (SELECT 1 FROM {newest} AS o WHERE o.number = new.number)"
        for period, rows in zip(self.order[1:], others, strict=True):
            query = f"SELECT 1 FROM {rows} AS new WHERE {missing} LIMIT 1"
            self.beyond[period] = self.beside.submit(self.staging.finds, query)
        for period in self.order[1:]:
            self.beside.submit(self._discard, period)

    def _is_covered(self, period: date) -> bool:
        """Whether the newest period, which is in before all others, is known to have all accounts of one."""
        beyond = self.beyond.get(period)
        return beyond is not None and not beyond.exception() and not beyond.result()

    def _discard(self, period: date) -> None:
        """Let a period go of which nothing is left to be merged: dropping many rows takes a while."""
        if period in self.staging.merged and self._is_covered(period):
            self.staging.discard(period)

    def _new_text(self, column: str) -> str:
        return "COALESCE(new.printed, new.number)" if column == "printed" else f"new.{column}"

    def _charges(self, batch: ImportBatch, period: date, fresh: bool) -> Step:
        """The step that merges charges; it returns how many are new and how many changed."""
        rows = f"{self.staging.charges(period)} AS new"
        keys = {"period": literal(period), "account": "new.number"}
        values = {**keys, **{name: f"new.{name}" for name in self.amounts}}
        if fresh:
            return _inserting("charge", values, rows, "TRUE")
        return CHARGES.merging(batch.id, rows, values, update=True, look=self._begin)

    def _begin(self, statement: str) -> Callable[[], object]:
        """Make a table of what is staged beside the merge of accounts; returns what waits for its end."""
        return self.beside.submit(self.staging.make, statement).result


def _nothing(_stretch: Stretch) -> tuple[int, int]:
    return 0, 0


def _inserting(table: str, values: dict[str, str], rows: str, where: str) -> Step:
    """A step that inserts rows, none of which is in the table yet."""
    insert = f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {rows}"

    def step(stretch: Stretch) -> tuple[int, int]:
        whole = f"{insert} WHERE {where} AND {stretch.has('new.number')} ORDER BY new.number"
        return run(whole, **stretch.values), 0

    return step
