"""Brings a billing file into the database: streamed into a staging table, then merged, a period at a time.

A merge is one transaction in the order of the keys: a failed one changes nothing, and SQLite's other writers
wait for the merge only, not for the reading of the file. Importing the same file again changes nothing.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from cabinet.billing.reader import Reject, Row, rows
from cabinet.models.audit import Audit
from cabinet.models.base import db, is_sqlite

BATCH = 10_000  # rows written to staging at a time
KEPT_REJECTS = 1000  # rejects that a report keeps; all are counted
STAGING = """(line INTEGER, period DATE, number VARCHAR(32), printed VARCHAR(64), els VARCHAR(32),
    zhku_id VARCHAR(32), address TEXT, last_name VARCHAR(120), first_name VARCHAR(120),
    middle_name VARCHAR(120), fias_house_guid VARCHAR(36), premises VARCHAR(64), amount_due BIGINT, amount_charged BIGINT,
    amount_paid BIGINT)"""
ACCOUNT_COLUMNS = (
    "printed", "els", "zhku_id", "address", "last_name", "first_name", "middle_name", "fias_house_guid",
    "premises",
)  # fmt: skip
AMOUNTS = ("amount_due", "amount_charged", "amount_paid")


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
    gets bytes read so far. Raises UnreadableFileError for a file that cannot be an export, OSError, and the
    database's errors; periods merged before an error stay.
    """
    report = Report(dry_run)

    def accepted() -> Iterator[Row]:
        for row in rows(path, progress):
            if isinstance(row, Reject):
                report.rejected += 1
                on_reject(row)
                if len(report.rejects) < KEPT_REJECTS:
                    report.rejects.append(row)
            else:
                report.accepted += 1
                yield row

    staging = _sqlite_staging if is_sqlite() else _postgres_staging
    with staging(accepted()) as table:
        total = report.accepted + report.rejected
        if total and report.rejected * 100 > max_rejects * total:
            report.refused = f"Отклонено {report.rejected} строк из {total}: больше {max_rejects:g} %."
            return report
        for period in _periods(table):
            report.periods.append(_merge(table, period, report))
    if not dry_run and report.accepted:
        with db.atomic():
            Audit.note(
                "billing-import", "system", file=path.name, accepted=report.accepted, rejected=report.rejected
            )
    return report


@contextmanager
def _sqlite_staging(accepted: Iterator[Row]) -> Iterator[str]:
    """Rows in a table of a database file of its own, so that the main one stays free meanwhile."""
    import sqlite3

    folder = Path(db.obj.database).parent
    handle, name = tempfile.mkstemp(prefix="import-", suffix=".db", dir=folder)
    os.close(handle)
    try:
        with closing(sqlite3.connect(name, isolation_level=None)) as file:
            file.execute("PRAGMA journal_mode=OFF")
            file.execute("PRAGMA synchronous=OFF")
            file.execute(f"CREATE TABLE billing_staging {STAGING}")
            file.execute("BEGIN")
            insert = f"INSERT INTO billing_staging VALUES ({','.join('?' * 15)})"
            texts: dict[date, str] = {}
            while batch := list(islice(accepted, BATCH)):
                file.executemany(
                    insert, [(r[0], texts.setdefault(r[1], r[1].isoformat()), *r[2:]) for r in batch]
                )
            file.execute("COMMIT")
        db.execute_sql("ATTACH DATABASE ? AS staging", (name,))
        try:
            yield "staging.billing_staging"
        finally:
            db.execute_sql("DETACH DATABASE staging")
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def _postgres_staging(accepted: Iterator[Row]) -> Iterator[str]:
    """Rows in a temporary table, by COPY."""
    db.execute_sql(f"CREATE TEMPORARY TABLE billing_staging {STAGING}")
    try:
        with (
            db.connection().cursor() as cursor,
            cursor.copy("COPY billing_staging FROM STDIN") as copy,
        ):
            while batch := list(islice(accepted, BATCH)):
                copy.write("".join(map(_copy_line, batch)))
        db.execute_sql("ANALYZE billing_staging")
        yield "billing_staging"
    finally:
        db.execute_sql("DROP TABLE IF EXISTS billing_staging")


ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copy_line(row: Row) -> str:
    text = "\t".join(row[2:12])
    if "\\" in text or "\n" in text or "\r" in text or text.count("\t") != 9:
        text = "\t".join(str(cell).translate(ESCAPES) for cell in row[2:12])
    amounts = "\t".join("\\N" if a is None else str(a) for a in row[12:])
    return f"{row[0]}\t{row[1]}\t{text}\t{amounts}\n"


def _periods(table: str) -> list[date]:
    found = [row[0] for row in db.execute_sql(f"SELECT DISTINCT period FROM {table}")]
    return sorted(date.fromisoformat(p) if isinstance(p, str) else p for p in found)


def _merge(table: str, period: date, report: Report) -> PeriodReport:
    """Merge one period, all or nothing; a dry run does the same and takes it back."""
    result = PeriodReport(period)
    ordered, rows_here = _order(table, period)
    kept = _count(ordered)
    report.repeated += rows_here - kept
    with db.atomic() as transaction:
        newest = db.execute_sql("SELECT MAX(period) FROM charge").fetchone()[0]
        newest = date.fromisoformat(newest) if isinstance(newest, str) else newest
        accounts, charges = _count("account"), _count_charges(period)
        updated = _merge_accounts(ordered, update=newest is None or period >= newest)
        result.new_accounts = _count("account") - accounts
        result.changed_accounts = updated - result.new_accounts
        written = _merge_charges(ordered)
        result.new_charges = _count_charges(period) - charges
        result.changed_charges = written - result.new_charges
        result.unchanged_charges = kept - written
        if report.dry_run:
            transaction.rollback()
    db.execute_sql(f"DROP TABLE {ordered}")
    return result


def _order(table: str, period: date) -> tuple[str, int]:
    """The period's rows in a table in the order of the keys, of repeated accounts the last line; and their
    number before. Made outside of the transaction: it needs no lock.
    """
    rows_here = _scalar(f"SELECT COUNT(*) FROM {table} WHERE period = {_mark()}", period)
    columns = ", ".join(("period", "number", *ACCOUNT_COLUMNS, *AMOUNTS))
    name = table + "_ordered"
    if is_sqlite():
        create = (
            f"CREATE TABLE {name} AS SELECT {columns}, MAX(line) FROM {table} "
            "WHERE period = ? GROUP BY number"
        )
    else:
        create = (
            f"CREATE TEMPORARY TABLE {name} AS SELECT DISTINCT ON (number) {columns} FROM {table} "
            "WHERE period = %s ORDER BY number, line DESC"
        )
    db.execute_sql(create, (_value(period),))
    return name, rows_here


def _merge_accounts(ordered: str, update: bool) -> int:
    columns = ", ".join(("number", *ACCOUNT_COLUMNS))
    change = "NOTHING"
    if update:
        sets = ", ".join(f"{c} = excluded.{c}" for c in ACCOUNT_COLUMNS)
        differs = " OR ".join(f"account.{c} <> excluded.{c}" for c in ACCOUNT_COLUMNS)
        change = f"UPDATE SET {sets} WHERE {differs}"
    sql = (
        f"INSERT INTO account ({columns}) SELECT {columns} FROM {ordered} WHERE true "
        f"ON CONFLICT (number) DO {change}"
    )
    return int(db.execute_sql(sql).rowcount)


def _merge_charges(ordered: str) -> int:
    distinct = "IS NOT" if is_sqlite() else "IS DISTINCT FROM"
    sets = ", ".join(f"{c} = excluded.{c}" for c in AMOUNTS)
    differs = " OR ".join(f"charge.{c} {distinct} excluded.{c}" for c in AMOUNTS)
    amounts = ", ".join(AMOUNTS)
    sql = (
        f"INSERT INTO charge (period, account, {amounts}) SELECT period, number, {amounts} FROM {ordered} "
        f"WHERE true ON CONFLICT (period, account) DO UPDATE SET {sets} WHERE {differs}"
    )
    return int(db.execute_sql(sql).rowcount)


def _count(table: str) -> int:
    return int(db.execute_sql(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def _count_charges(period: date) -> int:
    return _scalar(f"SELECT COUNT(*) FROM charge WHERE period = {_mark()}", period)


def _scalar(sql: str, period: date) -> int:
    return int(db.execute_sql(sql, (_value(period),)).fetchone()[0])


def _mark() -> str:
    return "?" if is_sqlite() else "%s"


def _value(period: date) -> Any:
    return period.isoformat() if is_sqlite() else period
