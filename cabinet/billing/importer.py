"""Brings a billing file into the database: streamed into staging tables, then merged, a period at a time.

A merge is one transaction in the order of the keys: a failed one changes nothing, and SQLite's other writers
wait for the merge only, not for the reading of the file. Importing the same file again changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from cabinet.billing.reader import AMOUNTS, TEXTS, Reader, Reject, Source, examine
from cabinet.billing.staging import PostgresStaging, SqliteStaging
from cabinet.models.audit import Audit
from cabinet.models.database import db, is_sqlite
from cabinet.models.matching import match_requests

KEPT_REJECTS = 1000  # rejects that a report keeps; all are counted
AnyStaging = SqliteStaging | PostgresStaging


@dataclass
class PeriodReport:
    """What one period brought."""

    period: date
    new_accounts: int = 0
    changed_accounts: int = 0
    new_charges: int = 0
    changed_charges: int = 0
    unchanged_charges: int = 0


@dataclass
class Report:
    """What an import did, or would do. `periods` are in the order in which they are merged, newest first."""

    dry_run: bool
    accepted: int = 0
    rejected: int = 0
    repeated: int = 0  # accepted rows replaced by later ones of the same account and period
    rejects: list[Reject] = field(default_factory=list)
    periods: list[PeriodReport] = field(default_factory=list)
    matched_requests: int = 0  # connection requests whose account is there now
    refused: str = ""  # why nothing was imported

    @property
    def nothing(self) -> bool:
        """Whether nothing was imported."""
        return bool(self.refused) or not self.accepted


def import_billing(
    path: Path,
    dry_run: bool = False,
    max_rejects: float = 5.0,
    progress: Callable[[int], None] = lambda done: None,
    on_reject: Callable[[Reject], None] = lambda reject: None,
) -> Report:
    """Import a file of accounts and charges.

    More than `max_rejects` per cent of rejected rows, and nothing is imported: it is a wrong file. `progress`
    gets bytes read so far and must not use this thread's connection. Of an account repeated within a period
    the last row counts. Names and addresses are those of the newest period; older ones only add accounts that
    are missing. What the file has no column for stays as it is. A dry run only reads the database and reports
    what an import would do. SQLite merges each period in a transaction, the newest first; PostgreSQL holds
    the whole file in one.

    Raises UnreadableFileError for a file that cannot be an export, OSError, and the database's errors. On
    SQLite periods merged before an error stay.
    """
    report = Report(dry_run)

    def reject(row: Reject) -> None:
        report.rejected += 1
        on_reject(row)
        if len(report.rejects) < KEPT_REJECTS:
            report.rejects.append(row)

    source = examine(path)
    try:
        with (SqliteStaging if is_sqlite() else PostgresStaging)(dry_run) as staging:
            report.accepted = staging.fill(Reader(source, progress, reject))
            report.repeated = staging.repeated
            total = report.accepted + report.rejected
            if report.rejected * 100 > max_rejects * total:
                raise _TooManyRejectsError(f"{report.rejected} строк из {total}: больше {max_rejects:g} %")
            merge = _Merge(source, staging)
            for period in sorted(staging.periods, reverse=True):
                report.periods.append(merge.foretell(period) if dry_run else merge.run(period))
    except _TooManyRejectsError as error:
        report.refused = f"Отклонено {error}."
    if report.periods and not dry_run:
        report.matched_requests = match_requests()
    return report


class _TooManyRejectsError(Exception):
    """The file is a wrong one; takes back what PostgreSQL has of it."""


class _Merge:
    """Merges the periods of a staged file, newest first."""

    def __init__(self, source: Source, staging: AnyStaging) -> None:
        self.file, self.staging = source.path.name, staging
        self.texts = ("printed", *filter(source.has, TEXTS))
        self.amounts = tuple(filter(source.has, AMOUNTS))
        # the period whose names and addresses count; None if the cabinet has a newer one
        self.newest = max(staging.periods, default=None)
        if self.newest and _count(
            "(SELECT 1 FROM charge WHERE period > {} LIMIT 1) AS newer", "", self.newest
        ):
            self.newest = None

    def run(self, period: date) -> PeriodReport:
        """Merge a period, all of it or, if anything raises, nothing."""
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
