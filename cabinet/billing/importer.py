"""Brings a billing file into the database: streamed into a staging table, then merged, a period at a time.

A merge is one transaction in the order of the keys: a failed one changes nothing, and SQLite's other writers
wait for the merge only, not for the reading of the file. Importing the same file again changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from cabinet.billing.reader import AMOUNTS, TEXTS, Reject, examine, records
from cabinet.billing.staging import PostgresStaging, SqliteStaging
from cabinet.models.audit import Audit
from cabinet.models.base import db, is_sqlite

KEPT_REJECTS = 1000  # rejects that a report keeps; all are counted


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
    """What an import did, or would do."""

    dry_run: bool
    accepted: int = 0
    rejected: int = 0
    repeated: int = 0
    rejects: list[Reject] = field(default_factory=list)
    periods: list[PeriodReport] = field(default_factory=list)
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
    gets bytes read so far. Of an account repeated within a period the last line counts. Raises
    UnreadableFileError for a file that cannot be an export, OSError, and the database's errors; periods
    merged before an error stay.
    """
    report = Report(dry_run)

    def reject(row: Reject) -> None:
        report.rejected += 1
        on_reject(row)
        if len(report.rejects) < KEPT_REJECTS:
            report.rejects.append(row)

    source = examine(path)
    with (SqliteStaging if is_sqlite() else PostgresStaging)(source, progress) as staging:
        staging.fill(records(source, progress, reject))
        staging.judge_odd(reject)
        report.accepted = staging.run(f"SELECT COUNT(*) FROM {staging.table}").fetchone()[0]
        total = report.accepted + report.rejected
        if report.rejected * 100 > max_rejects * total:
            report.refused = f"Отклонено {report.rejected} строк из {total}: больше {max_rejects:g} %."
            return report
        periods = staging.periods()
        staging.attach()
        for period, spellings in periods.items():
            report.periods.append(_merge(staging, period, spellings, report))
    if not dry_run and report.accepted:
        with db.atomic():
            counts: dict[str, Any] = {"accepted": report.accepted, "rejected": report.rejected}
            Audit.note("billing-import", "system", file=path.name, **counts)
    return report


def _merge(
    staging: SqliteStaging | PostgresStaging, period: date, spellings: list[str], report: Report
) -> PeriodReport:
    """Merge one period, all or nothing; a dry run does the same and takes it back."""
    result = PeriodReport(period)
    with db.atomic() as transaction:
        if not is_sqlite():
            db.execute_sql("SET LOCAL work_mem = '64MB'")
        newest = db.execute_sql("SELECT MAX(period) FROM charge").fetchone()[0]
        newest = date.fromisoformat(newest) if isinstance(newest, str) else newest
        accounts, charges = _count("account"), _count_charges(period)
        updated = _merge_accounts(staging, spellings, update=newest is None or period >= newest)
        result.new_accounts = _count("account") - accounts
        result.changed_accounts = max(0, updated - result.new_accounts)
        written = _merge_charges(staging, period, spellings)
        result.new_charges = _count_charges(period) - charges
        result.changed_charges = max(0, written - result.new_charges)
        here = f"FROM {staging.table} WHERE {_these(spellings)}"
        rows = db.execute_sql(f"SELECT COUNT(*) {here}", tuple(spellings)).fetchone()[0]
        distinct = f"SELECT COUNT(*) FROM (SELECT DISTINCT {staging.number()} {here}) AS keys"
        keys = db.execute_sql(distinct, tuple(spellings)).fetchone()[0]
        report.repeated += rows - keys
        result.unchanged_charges = keys - result.new_charges - result.changed_charges
        if report.dry_run:
            transaction.rollback()
    return result


def _these(spellings: list[str]) -> str:
    mark = "?" if is_sqlite() else "%s"
    return f"period = {mark}" if len(spellings) == 1 else f"period IN ({', '.join([mark] * len(spellings))})"


def _source(staging: SqliteStaging | PostgresStaging, columns: list[str], spellings: list[str]) -> str:
    """The period's rows in the order of the keys; a repeated account's last line comes last, or alone."""
    number, where = staging.number(), _these(spellings)
    if is_sqlite():
        order = f"{number}, line" if len(spellings) > 1 else f"{number}, rowid"
        return f"SELECT {', '.join(columns)} FROM {staging.table} WHERE {where} ORDER BY {order}"
    return (
        f"SELECT DISTINCT ON ({number}) {', '.join(columns)} FROM {staging.table} WHERE {where} "
        f"ORDER BY {number}, line DESC"
    )


def _merge_accounts(staging: SqliteStaging | PostgresStaging, spellings: list[str], update: bool) -> int:
    """Returns the number of accounts that are new or changed."""
    values = [staging.number(), "account", *map(staging.text, TEXTS)]
    source = _source(staging, values, spellings)
    return _upsert("account", ("number",), ("printed", *TEXTS), source, tuple(spellings), update)


def _merge_charges(staging: SqliteStaging | PostgresStaging, period: date, spellings: list[str]) -> int:
    """Returns the number of charges that are new or changed."""
    day = "?" if is_sqlite() else "CAST(%s AS DATE)"
    source = _source(staging, [day, staging.number(), *map(staging.kopecks, AMOUNTS)], spellings)
    return _upsert("charge", ("period", "account"), AMOUNTS, source, (period.isoformat(), *spellings))


def _upsert(
    table: str,
    keys: tuple[str, ...],
    columns: tuple[str, ...],
    source: str,
    values: tuple[str, ...],
    update: bool = True,
) -> int:
    """Insert what is new and, if `update`, change what differs; returns how many of both."""
    names, distinct = ", ".join((*keys, *columns)), "IS NOT" if is_sqlite() else "IS DISTINCT FROM"
    differs = " OR ".join(f"{table}.{c} {distinct} new.{c}" for c in columns)
    sets = ", ".join(f"{c} = new.{c}" for c in columns)
    if is_sqlite():
        change = f"UPDATE SET {sets} WHERE {differs}".replace("new.", "excluded.") if update else "NOTHING"
        sql = f"INSERT INTO {table} ({names}) {source} ON CONFLICT ({', '.join(keys)}) DO {change}"
        return int(db.execute_sql(sql, values).rowcount)
    # on PostgreSQL two passes over the difference are twice as quick as ON CONFLICT
    same = " AND ".join(f"{table}.{k} = new.{k}" for k in keys)
    new = f"WITH new ({names}) AS ({source})"
    changed = 0
    if update:
        sql = f"{new} UPDATE {table} SET {sets} FROM new WHERE {same} AND ({differs})"
        changed = int(db.execute_sql(sql, values).rowcount)
    sql = (
        f"{new} INSERT INTO {table} ({names}) SELECT * FROM new "
        f"WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {same})"
    )
    return changed + int(db.execute_sql(sql, values).rowcount)


def _count(table: str) -> int:
    return int(db.execute_sql(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def _count_charges(period: date) -> int:
    mark = "?" if is_sqlite() else "%s"
    value: Any = period.isoformat() if is_sqlite() else period
    return int(db.execute_sql(f"SELECT COUNT(*) FROM charge WHERE period = {mark}", (value,)).fetchone()[0])
