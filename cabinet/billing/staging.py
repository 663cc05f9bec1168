"""Where the rows of a file wait for the merge: a table for each period, ordered by account, without repeats.

Everything here leaves the tables of the cabinet alone and holds none of their locks. One class per database.
"""

import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from cabinet.billing.reader import AMOUNTS, TEXTS, Batch
from cabinet.models.base import db

COLUMNS = ("number", "printed", *TEXTS, *AMOUNTS)
WORK_MEMORY = "64MB"  # for PostgreSQL's sorts


class Staging:
    """What both databases share; a context manager that leaves nothing behind.

    `periods` maps each period of the file to the number of its accounts, `repeated` counts the rows that
    later ones of the same account and period replaced.
    """

    def __init__(self) -> None:
        self.periods: dict[date, int] = {}
        self.repeated = 0

    def fill(self, batches: Iterable[Batch]) -> int:
        """Write all rows, then order them; returns their number."""
        rows: dict[date, int] = {}
        for period, group in groupby(batches, key=lambda batch: batch.period):
            if period not in rows:
                self._create(_name(period))
                rows[period] = 0
            rows[period] += self._write(_name(period), group)
        for period, count in sorted(rows.items()):
            self.periods[period] = count - self._order(_name(period))
        total = sum(rows.values())
        self.repeated = total - sum(self.periods.values())
        self._finish()
        return total

    def accounts(self, period: date) -> str:
        """The table of a period's rows with all columns, as SQL."""
        raise NotImplementedError

    def charges(self, period: date) -> str:
        """A table of a period's rows with number and amounts in the order of the number, as SQL."""
        raise NotImplementedError

    def _create(self, table: str) -> None:
        raise NotImplementedError

    def _write(self, table: str, batches: Iterable[Batch]) -> int:
        raise NotImplementedError

    def _order(self, table: str) -> int:
        """Order a table and delete repeats but the last; returns how many."""
        raise NotImplementedError

    def _finish(self) -> None:
        """All is written."""


class SqliteStaging(Staging):
    """In a database file of its own beside the main one, attached to it when all is written."""

    def __enter__(self) -> "SqliteStaging":
        folder = Path(db.obj.database).parent
        _remove_abandoned(folder)
        self.handle, self.file = tempfile.mkstemp(prefix="import-", suffix=".db", dir=folder)
        fcntl.flock(self.handle, fcntl.LOCK_SH)  # says that it is in use
        self.connection = sqlite3.connect(self.file, isolation_level=None)
        for pragma in (
            "journal_mode=OFF",
            "synchronous=OFF",
            "cache_size=-16384",
            "temp_store=FILE",
            "threads=2",
        ):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("BEGIN")
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(Exception):
            db.execute_sql("DETACH DATABASE staging")
        self.connection.close()
        os.close(self.handle)
        Path(self.file).unlink(missing_ok=True)

    def accounts(self, period: date) -> str:
        return f"staging.{_name(period)}"

    charges = accounts

    def _create(self, table: str) -> None:
        texts = ", ".join(f"{name} TEXT NOT NULL DEFAULT ''" for name in TEXTS)
        amounts = ", ".join(f"{name} INTEGER" for name in AMOUNTS)
        self.connection.execute(f"CREATE TABLE {table} (number TEXT, printed TEXT, {texts}, {amounts})")

    def _write(self, table: str, batches: Iterable[Batch]) -> int:
        rows = 0
        for batch in batches:
            # columns that are empty all over the batch are left out: each costs as much as a full one
            columns: dict[str, Sequence[Any]] = {"number": batch.numbers}
            if batch.printed is not batch.numbers:
                columns["printed"] = batch.printed
            columns |= {name: c for name, c in zip(TEXTS, batch.texts, strict=True) if any(c)}
            columns |= {n: c for n, c in zip(AMOUNTS, batch.amounts, strict=True) if c.count(None) < len(c)}
            marks = ", ".join("?" * len(columns))
            self.connection.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",
                zip(*columns.values(), strict=True),
            )
            rows += len(batch.numbers)
        return rows

    def _order(self, table: str) -> int:
        run = self.connection.execute
        run(f"CREATE INDEX {table}_key ON {table} (number, {', '.join(AMOUNTS)})")
        if not run(f"SELECT 1 FROM {table} GROUP BY number HAVING COUNT(*) > 1 LIMIT 1").fetchone():
            return 0
        return run(
            f"DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM {table} AS later "
            f"WHERE later.number = {table}.number AND later.rowid > {table}.rowid)"
        ).rowcount

    def _finish(self) -> None:
        self.connection.execute("COMMIT")
        db.execute_sql("ATTACH DATABASE ? AS staging", (self.file,))


def _remove_abandoned(folder: Path) -> None:
    """Delete what imports left that were killed."""
    for path in folder.glob("import-*.db"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


class PostgresStaging(Staging):
    """In temporary tables, filled by COPY."""

    def __enter__(self) -> "PostgresStaging":
        self.tables: list[str] = []
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(Exception):
            for table in self.tables:
                db.execute_sql(f"DROP TABLE IF EXISTS {table}, {table}_keys")

    def accounts(self, period: date) -> str:
        return f"pg_temp.{_name(period)}"

    def charges(self, period: date) -> str:
        return f"pg_temp.{_name(period)}_keys"

    def _create(self, table: str) -> None:
        texts = ", ".join(f"{name} TEXT" for name in TEXTS)
        amounts = ", ".join(f"{name} BIGINT" for name in AMOUNTS)
        db.execute_sql(
            f'CREATE TEMPORARY TABLE {table} (number TEXT COLLATE "C", printed TEXT, {texts}, {amounts})'
        )
        self.tables.append(table)

    def _write(self, table: str, batches: Iterable[Batch]) -> int:
        rows = 0
        with db.connection().cursor() as cursor, cursor.copy(f"COPY pg_temp.{table} FROM STDIN") as copy:
            for batch in batches:
                copy.write(_copy_text(batch))
                rows += len(batch.numbers)
        return rows

    def _order(self, table: str) -> int:
        with db.atomic():
            db.execute_sql(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
            db.execute_sql(
                f"CREATE TEMPORARY TABLE {table}_keys AS SELECT DISTINCT ON (number) number, "
                f"{', '.join(AMOUNTS)}, ctid AS place FROM pg_temp.{table} ORDER BY number, ctid DESC"
            )
            repeats = _count(f"pg_temp.{table}") - _count(f"pg_temp.{table}_keys")
            if repeats:
                db.execute_sql(
                    f"DELETE FROM pg_temp.{table} AS row WHERE NOT EXISTS "
                    f"(SELECT 1 FROM pg_temp.{table}_keys AS key WHERE key.place = row.ctid)"
                )
            db.execute_sql(f"ANALYZE pg_temp.{table} (number)")
            db.execute_sql(f"ANALYZE pg_temp.{table}_keys (number)")
        return repeats


def _count(table: str) -> int:
    return int(db.execute_sql(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def _name(period: date) -> str:
    return f"period_{period:%Y%m}"


ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copy_text(batch: Batch) -> str:
    """A batch in the text format of COPY."""
    amounts = [["\\N" if a is None else str(a) for a in column] for column in batch.amounts]
    texts = [batch.numbers, batch.printed, *batch.texts]
    lines = "\n".join(map("\t".join, zip(*texts, strict=True)))
    wanted = len(batch.numbers) * (len(texts) - 1), len(batch.numbers) - 1
    if "\\" in lines or "\r" in lines or (lines.count("\t"), lines.count("\n")) != wanted:
        texts = [[text.translate(ESCAPES) for text in column] for column in texts]
    return "\n".join(map("\t".join, zip(*texts, *amounts, strict=True))) + "\n"
