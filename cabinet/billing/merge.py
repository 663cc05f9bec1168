"""Merges staged rows into the accounts and charges, a period at a time."""

from datetime import date
from typing import Any

from cabinet.billing.batches import AMOUNTS, TEXTS
from cabinet.billing.layout import Layout
from cabinet.billing.report import PeriodReport
from cabinet.billing.staging.base import Staging
from cabinet.models.audit import Audit
from cabinet.models.database import db, is_sqlite


class Merge:
    """Merges the periods of a staged file, newest first."""

    def __init__(self, file: str, layout: Layout, staging: Staging) -> None:
        self.file, self.staging = file, staging
        self.texts = ("printed", *filter(layout.has, TEXTS))
        self.amounts = tuple(filter(layout.has, AMOUNTS))
        # the period whose names and addresses count; None if the cabinet has a newer one
        self.newest = max(staging.periods, default=None)
        if self.newest and _count(
            "(SELECT 1 FROM charge WHERE period > {} LIMIT 1) AS newer", "", self.newest
        ):
            self.newest = None

    def run(self, period: date) -> PeriodReport:
        """Merge a period, all of it or, if anything raises, nothing.

        Whatever is kept to take the import back belongs into the same transaction, before the rows change.
        """
        result = PeriodReport(period)
        with db.atomic():
            result.new_accounts, result.changed_accounts = self._accounts(period)
            staged = self.staging.periods[period]
            if period in self.staging.merged:
                result.new_charges = staged
            else:
                result.new_charges, result.changed_charges = self._charges(period)
                result.unchanged_charges = staged - result.new_charges - result.changed_charges
            counts: dict[str, Any] = {**vars(result), "period": period.isoformat()}
            Audit.record("billing-import", "system", f"{period:%Y-%m}", file=self.file, **counts)
        return result

    def foretell(self, period: date) -> PeriodReport:
        """What `run` would report, if the newer periods were merged before. Only reads."""
        result = PeriodReport(period)
        rows, keys = self.staging.accounts(period), self.staging.charges(period)
        newer = [self.staging.charges(other) for other in self.staging.periods if other > period]
        known = " AND ".join(
            f"NOT EXISTS (SELECT 1 FROM {table} AS o WHERE o.{name} = new.number)"
            for table, name in (("account", "number"), *((table, "number") for table in newer))
        )
        result.new_accounts = _count(f"{keys} AS new", f"WHERE {known}")
        if period == self.newest:
            differs = _differs("account", {name: self._new_text(name) for name in self.texts})
            result.changed_accounts = _count(
                f"account JOIN {rows} AS new ON account.number = new.number", f"WHERE {differs}"
            )
        joined = f"{keys} AS new JOIN charge ON charge.account = new.number AND charge.period = {{}}"
        old = _count(joined, "", period)
        result.new_charges = self.staging.periods[period] - old
        differs = _differs("charge", {name: f"new.{name}" for name in self.amounts})
        result.changed_charges = _count(joined, f"WHERE {differs}", period)
        result.unchanged_charges = old - result.changed_charges
        return result

    def _accounts(self, period: date) -> tuple[int, int]:
        """Returns how many accounts are new and how many changed."""
        rows, known = self.staging.accounts(period), _exists("account")
        unknown = "NOT EXISTS (SELECT 1 FROM account WHERE account.number = new.number)"
        update = known and period == self.newest
        if known and not update and not _count(f"{rows} AS new", f"WHERE {unknown}"):
            return 0, 0  # so that the texts of older periods, mostly the same, need not be looked at
        values = {"number": "new.number", **{name: self._new_text(name) for name in self.texts}}
        return _upsert("account", {"number": "new.number"}, values, f"{rows} AS new", not known, update)

    def _new_text(self, column: str) -> str:
        return "COALESCE(new.printed, new.number)" if column == "printed" else f"new.{column}"

    def _charges(self, period: date) -> tuple[int, int]:
        """Returns how many charges are new and how many changed."""
        keys = {"period": _literal(period), "account": "new.number"}
        values = {**keys, **{name: f"new.{name}" for name in self.amounts}}
        empty = not _exists(f"charge WHERE period = {_literal(period)}")
        return _upsert("charge", keys, values, f"{self.staging.charges(period)} AS new", empty, not empty)


def _upsert(
    table: str, keys: dict[str, str], values: dict[str, str], source: str, empty: bool, update: bool
) -> tuple[int, int]:
    """Insert what is new and, if `update`, change what differs; returns how many of each.

    `keys` and `values` are columns with their SQL, `empty` says that nothing of the source can be in the
    table. SQLite takes all in one pass over an index, for it would keep in memory what it had to sort or
    join; PostgreSQL is quicker in two passes over the difference.
    """
    names, changes = ", ".join(values), [name for name in values if name not in keys]
    insert = f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())} FROM {source}"
    if is_sqlite():
        excluded = {name: f"excluded.{name}" for name in changes}
        change = f"UPDATE SET {_sets(excluded)} WHERE {_differs(table, excluded)}" if update else "NOTHING"
        before = _count(table)
        written = _run(f"{insert} WHERE true ORDER BY new.number ON CONFLICT ({', '.join(keys)}) DO {change}")
        new_rows = _count(table) - before
        return new_rows, written - new_rows
    if empty:
        return _run(insert), 0
    same = " AND ".join(f"{table}.{name} = {sql}" for name, sql in keys.items())
    new = {name: values[name] for name in changes}
    differing = f"UPDATE {table} SET {_sets(new)} FROM {source} WHERE {same} AND {_differs(table, new)}"
    changed = _run(differing) if update else 0
    return _run(
        f"{insert} WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {same}) ORDER BY new.number"
    ), changed


def _sets(values: dict[str, str]) -> str:
    return ", ".join(f"{name} = {sql}" for name, sql in values.items())


def _differs(table: str, values: dict[str, str]) -> str:
    distinct = "IS NOT" if is_sqlite() else "IS DISTINCT FROM"
    return "(" + " OR ".join(f"{table}.{name} {distinct} {sql}" for name, sql in values.items()) + ")"


def _literal(period: date) -> str:
    return f"'{period.isoformat()}'" if is_sqlite() else f"DATE '{period.isoformat()}'"


def _exists(rows: str) -> bool:
    return db.execute_sql(f"SELECT 1 FROM {rows} LIMIT 1").fetchone() is not None


def _count(table: str, where: str = "", *periods: date) -> int:
    return int(_execute(f"SELECT COUNT(*) FROM {table} {where}", *periods).fetchone()[0])


def _run(sql: str, *periods: date) -> int:
    """Run a statement; returns the number of rows it wrote."""
    return int(_execute(sql, *periods).rowcount)


def _execute(sql: str, *periods: date) -> Any:
    """Run a statement in which each `{}` is a period."""
    values = [period.isoformat() if is_sqlite() else period for period in periods]
    return db.execute_sql(sql.replace("{}", "?" if is_sqlite() else "%s"), values)
