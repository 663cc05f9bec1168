"""Merges staged rows into the accounts and charges, a period at a time."""

from datetime import date
from typing import Any

from cabinet.billing.batches import AMOUNTS, TEXTS
from cabinet.billing.journal import ACCOUNTS, CHARGES
from cabinet.billing.layout import Layout
from cabinet.billing.report import PeriodReport
from cabinet.billing.sql import any_differs, count, execute, exists, literal, run
from cabinet.billing.staging.base import Staging
from cabinet.models.audit import Audit
from cabinet.models.billing_period import BillingPeriod, Month, ordinary, recent_months
from cabinet.models.database import db, is_sqlite
from cabinet.models.import_batch import BatchPeriod, ImportBatch


class Merge:
    """Merges the periods of a staged file in their `order`: first the one whose texts count, then from the
    newest to the oldest.
    """

    def __init__(self, layout: Layout, staging: Staging) -> None:
        self.staging = staging
        self.texts = ("printed", *filter(layout.has, TEXTS))
        self.amounts = tuple(filter(layout.has, AMOUNTS))
        self.newest = self._newest() if self.amounts else max(staging.periods, default=None)
        self.order = sorted(staging.periods, key=lambda period: (period == self.newest, period), reverse=True)

    def _newest(self) -> date | None:
        """The period whose names and addresses count; None if the cabinet has a newer one.

        Neither here nor there do those count that hold too few accounts to be a month of billing: one
        mistyped year would decide.
        """
        newest = max(ordinary([Month(*item) for item in self.staging.periods.items()]), default=None)
        known = ordinary([month for month in recent_months() if month.period not in self.staging.merged])
        return None if newest is None or any(period > newest for period in known) else newest

    def run(self, batch: ImportBatch, period: date) -> PeriodReport:
        """Merge a period, all of it or, if anything raises, nothing; and what takes it back."""
        result = PeriodReport(period)
        staged = self.staging.periods[period]
        with db.atomic():
            if not is_sqlite():  # what was just written down has no statistics: one row is expected of it
                execute("SET LOCAL enable_nestloop = off")
            if "address" in self.texts:  # else the accounts were found in the cabinet
                result.new_accounts, result.changed_accounts = self._accounts(batch, period)
            fresh = period in self.staging.merged or not exists(
                "charge WHERE period = :period", period=period
            )
            if not self.amounts:
                fresh, staged = False, 0
            elif period in self.staging.merged:
                result.new_charges = staged
            else:
                result.new_charges, result.changed_charges = self._charges(batch, period, fresh)
            result.unchanged_charges = staged - result.new_charges - result.changed_charges
            self._note(batch, result, fresh)
        return result

    def _note(self, batch: ImportBatch, result: PeriodReport, fresh: bool) -> None:
        """Keep what the period brought."""
        counts: dict[str, Any] = vars(result)
        kept = {name: counts[name] for name in BatchPeriod._meta.fields if name in counts}
        BatchPeriod.create(batch=batch.id, fresh=fresh, **kept)
        if self.amounts:
            BillingPeriod.grow(result.period, result.new_charges, fresh)
        told = {**counts, "period": result.period.isoformat(), "import": batch.whole}
        Audit.record("billing-import", batch.actor, f"{result.period:%Y-%m}", file=batch.name, **told)

    def foretell(self, period: date) -> PeriodReport:
        """What `run` would report, if those before it in the order were merged before. Only reads."""
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

    def _accounts(self, batch: ImportBatch, period: date) -> tuple[int, int]:
        """Returns how many accounts are new and how many changed."""
        rows = f"{self.staging.accounts(period)} AS new"
        values = {"number": "new.number", **{name: self._new_text(name) for name in self.texts}}
        if not exists("account"):
            ImportBatch.update(fresh=True).where(ImportBatch.id == batch.id).execute()
            batch.fresh = True
            return _insert("account", values, rows), 0
        unknown = "NOT EXISTS (SELECT 1 FROM account WHERE account.number = new.number)"
        update = period == self.newest
        if not update and not exists(f"{rows} WHERE {unknown}"):
            return 0, 0  # so that the texts of older periods, mostly the same, need not be looked at
        if batch.fresh:  # all accounts are its own already
            return _insert("account", values, f"{rows} WHERE {unknown}"), 0
        if not ACCOUNTS.write_down(batch.id, rows, values, update):
            return 0, 0
        return ACCOUNTS.carry_out(batch.id, rows, values, update)

    def _new_text(self, column: str) -> str:
        return "COALESCE(new.printed, new.number)" if column == "printed" else f"new.{column}"

    def _charges(self, batch: ImportBatch, period: date, fresh: bool) -> tuple[int, int]:
        """Returns how many charges are new and how many changed."""
        rows = f"{self.staging.charges(period)} AS new"
        keys = {"period": literal(period), "account": "new.number"}
        values = {**keys, **{name: f"new.{name}" for name in self.amounts}}
        if fresh:
            return _insert("charge", values, rows), 0
        if not CHARGES.write_down(batch.id, rows, values, update=True):
            return 0, 0
        return CHARGES.carry_out(batch.id, rows, values, update=True)


def _insert(table: str, values: dict[str, str], rows: str) -> int:
    columns = f"{table} ({', '.join(values)})"
    return run(f"INSERT INTO {columns} SELECT {', '.join(values.values())} FROM {rows} ORDER BY new.number")
