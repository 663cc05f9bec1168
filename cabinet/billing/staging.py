"""The file's records in a table of their own before they are merged: as text, judged by the database where a
quick look is enough and by `reader.Taker` where it is not. One class for each database.
"""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg

from cabinet import fields
from cabinet.billing.reader import AMOUNTS, CHUNK, TEXTS, WIDTHS, Reject, Row, Source, Taker
from cabinet.models.base import db

BATCH = 20_000  # records written at a time
Found = Callable[[Reject], None]


class Staging:
    """What both databases share. `table` is its name in SQL; a context manager that leaves nothing behind."""

    table = "billing_raw"
    mark = "?"
    collation = ""

    def __init__(self, source: Source, progress: Callable[[int], None]) -> None:
        self.source = source
        self.progress = progress
        self.columns = [name or f"unused_{place}" for place, name in enumerate(source.columns)]

    def run(self, sql: str, values: Iterable[Any] = ()) -> Any:
        """Run a statement; returns its cursor."""
        raise NotImplementedError

    def fill(self, records: Iterator[list[str]]) -> None:
        """Write all records."""
        raise NotImplementedError

    def put_back(self, rows: list[Row], texts: dict[date, str]) -> None:
        """Write rows that Python has taken, in the form that the quick look accepts."""
        raise NotImplementedError

    def text(self, name: str) -> str:
        """SQL: a text without spaces around it, cut to what its column of `account` holds."""
        column = self.column(name)
        return column if column == "''" else f"SUBSTR(TRIM({column}), 1, {WIDTHS[name]})"

    def column(self, name: str) -> str:
        """A column, or an empty text if the file lacks it."""
        return name if name in self.source.columns else "''"

    def plain(self) -> str:
        """SQL: a quick look is enough to take the record."""
        raise NotImplementedError

    def number(self) -> str:
        """SQL: the key of the account."""
        return f"COALESCE(number, LTRIM(account, '0')){self.collation}"

    def kopecks(self, name: str) -> str:
        """SQL: an amount, NULL if empty."""
        digits = f"REPLACE(REPLACE({self.column(name)}, '.', ''), ',', '')"
        return f"CAST(NULLIF({digits}, '') AS BIGINT)"

    def periods(self) -> dict[date, list[str]]:
        """The periods of the file, oldest first, each with the ways in which it is written."""
        found: dict[date, list[str]] = {}
        for (text,) in self.run(f"SELECT DISTINCT period FROM {self.table}").fetchall():
            try:
                found.setdefault(fields.period(text), []).append(text)
            except fields.FieldError:
                continue
        return dict(sorted(found.items()))

    def judge_odd(self, reject: Found) -> None:
        """Take or reject, one by one, the records that a quick look is not enough for."""
        known = [text for texts in self.periods().values() for text in texts]
        marks = ", ".join([self.mark] * len(known)) or "''"
        odd = f"number IS NULL AND (NOT ({self.plain()}) OR period NOT IN ({marks}))"
        taker, spelling = Taker(self.source), {day: texts[0] for day, texts in self.periods().items()}
        cells = ", ".join(self.columns)
        found = False
        for batch in self.pages(f"SELECT line, {cells} FROM {self.table} WHERE {odd}", known):
            found, taken = True, []
            for line, *record in batch:
                row = taker.take(line, record)
                if isinstance(row, Reject):
                    reject(row)
                else:
                    taken.append(row)
            self.put_back(taken, spelling)
        if found:
            self.run(f"DELETE FROM {self.table} WHERE {odd}", known)

    def pages(self, sql: str, values: list[str]) -> Iterator[list[Any]]:
        """The answer of a query, BATCH rows at a time, while other statements run."""
        raise NotImplementedError

    def _cells(self, row: Row, spelling: dict[date, str]) -> list[Any]:
        """A taken row as a record of the table: line, number and then the file's columns."""
        texts = dict(zip(TEXTS, row.texts, strict=True))
        amounts = dict(zip(AMOUNTS, row.amounts, strict=True))
        known: dict[str, str] = {"account": row.printed, "period": spelling[row.period], **texts}
        known |= {name: "" if a is None else _canonical(a) for name, a in amounts.items()}
        return [row.line, row.number, *(known.get(name or "", "") for name in self.source.columns)]


class SqliteStaging(Staging):
    """In a database file of its own, attached later, so that the main one stays free meanwhile."""

    def __enter__(self) -> "SqliteStaging":
        handle, self.file = tempfile.mkstemp(prefix="import-", suffix=".db", dir=Path(db.obj.database).parent)
        os.close(handle)
        self.connection = sqlite3.connect(self.file, isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-32768", "temp_store=FILE"):
            self.run(f"PRAGMA {pragma}")
        columns = ", ".join(f"{name} TEXT" for name in self.columns)
        self.run(f"CREATE TABLE {self.table} ({columns}, line INTEGER, number TEXT)")
        self.attached = False
        return self

    def __exit__(self, *_error: object) -> None:
        if self.attached:
            db.execute_sql("DETACH DATABASE staging")
        self.connection.close()
        Path(self.file).unlink(missing_ok=True)

    def run(self, sql: str, values: Iterable[Any] = ()) -> Any:
        return self.connection.execute(sql, tuple(values))

    def fill(self, records: Iterator[list[str]]) -> None:
        marks = ", ".join("?" * (len(self.columns) + 1))
        insert = f"INSERT INTO {self.table} ({', '.join(self.columns)}, line) VALUES ({marks})"
        self.run("BEGIN")
        self.connection.executemany(insert, records)
        self.run("COMMIT")

    def put_back(self, rows: list[Row], texts: dict[date, str]) -> None:
        names = ", ".join(("line", "number", *self.columns))
        marks = ", ".join("?" * (len(self.columns) + 2))
        self.run("BEGIN")
        self.connection.executemany(
            f"INSERT INTO {self.table} ({names}) VALUES ({marks})", (self._cells(r, texts) for r in rows)
        )
        self.run("COMMIT")

    def pages(self, sql: str, values: list[str]) -> Iterator[list[Any]]:
        # a table of their lines, because the answer must not see what is put back meanwhile
        self.run(f"CREATE TABLE odd AS {sql}", values)
        last = 0
        while batch := self.run(
            "SELECT rowid, * FROM odd WHERE rowid > ? ORDER BY rowid LIMIT ?", (last, BATCH)
        ).fetchall():
            last = batch[-1][0]
            yield [row[1:] for row in batch]
        self.run("DROP TABLE odd")

    def plain(self) -> str:
        def money(name: str) -> str:
            x = self.column(name)
            return (
                f"({x} = '' OR {x} GLOB '*[0-9][.,][0-9][0-9]' AND {x} NOT GLOB '*[^0-9.,]*' "
                f"AND {x} NOT GLOB '*[.,]*[.,]*' AND LENGTH({x}) <= 13)"
            )

        tests = ["account NOT GLOB '*[^0-9]*'", "LENGTH(account) <= 32"]
        tests += ["(account GLOB '[1-9]*' OR LTRIM(account, '0') <> '')", "TRIM(address) <> ''"]
        tests += [money(name) for name in AMOUNTS if self.column(name) != "''"]
        tests.append(f"({self.column('amount_due')} <> '' OR {self.column('amount_charged')} <> '')")
        return "0" if self.source.has_nul else " AND ".join(tests)

    def attach(self) -> None:
        """Order the records and let the main database see them."""
        self.run(f"CREATE INDEX by_key ON {self.table} (period, {self.number()})")
        db.execute_sql("ATTACH DATABASE ? AS staging", (self.file,))
        self.attached = True
        self.table = f"staging.{self.table}"


class PostgresStaging(Staging):
    """In a temporary table, filled by COPY."""

    mark = "%s"
    collation = ' COLLATE "C"'

    def __enter__(self) -> "PostgresStaging":
        columns = ", ".join(f"{name} TEXT" for name in self.columns)
        self.run(f"CREATE TEMPORARY TABLE {self.table} ({columns}, line BIGSERIAL, number TEXT)")
        return self

    def __exit__(self, *_error: object) -> None:
        if not db.is_closed():
            db.execute_sql(f"DROP TABLE IF EXISTS {self.table}")

    def run(self, sql: str, values: Iterable[Any] = ()) -> Any:
        with db.atomic():
            return db.execute_sql(sql, tuple(values))

    def fill(self, records: Iterator[list[str]]) -> None:
        if not self._fill_at_once():
            self._copy(", ".join((*self.columns, "line")), records)
        self.run(f"ANALYZE {self.table}")

    def _fill_at_once(self) -> bool:
        """Let the database read the file itself. False when it stumbles or would count other lines."""
        names = ", ".join(self.columns)
        delimiter = self.source.delimiter.replace("\t", "\\t")
        options = f"FORMAT csv, HEADER, DELIMITER E'{delimiter}', FORCE_NOT_NULL ({names}), ENCODING "
        options += "'WIN1251'" if self.source.encoding == "cp1251" else "'UTF8'"
        self.run(f"ALTER SEQUENCE {self.table}_line_seq MINVALUE 2 START 2 RESTART")
        try:
            with (
                self.source.path.open("rb") as file,
                db.connection().cursor() as cursor,
                cursor.copy(f"COPY {self.table} ({names}) FROM STDIN ({options})") as copy,
            ):
                while chunk := file.read(CHUNK):
                    copy.write(chunk)
                    self.progress(file.tell())
            if self.run(f"SELECT COUNT(*) + 1 FROM {self.table}").fetchone()[0] == self.source.lines:
                return True
        except psycopg.DataError:
            pass
        self.run(f"TRUNCATE {self.table}")
        return False

    def put_back(self, rows: list[Row], texts: dict[date, str]) -> None:
        self._copy(", ".join(("line", "number", *self.columns)), (self._cells(r, texts) for r in rows))

    def _copy(self, names: str, records: Iterable[list[Any]]) -> None:
        records = iter(records)
        with (
            db.connection().cursor() as cursor,
            cursor.copy(f"COPY {self.table} ({names}) FROM STDIN") as copy,
        ):
            while batch := list(islice(records, BATCH)):
                copy.write("\n".join(map(_copy_line, batch)) + "\n")

    def pages(self, sql: str, values: list[str]) -> Iterator[list[Any]]:
        self.run(f"CREATE TEMPORARY TABLE billing_odd AS {sql}", values)
        self.run("ALTER TABLE billing_odd ADD COLUMN place BIGSERIAL PRIMARY KEY")
        last = 0
        while batch := self.run(
            "SELECT * FROM billing_odd WHERE place > %s ORDER BY place LIMIT %s", (last, BATCH)
        ).fetchall():
            last = batch[-1][-1]
            yield [row[:-1] for row in batch]
        self.run("DROP TABLE billing_odd")

    def plain(self) -> str:
        def money(name: str) -> str:
            x = self.column(name)
            rest = f"TRANSLATE({x}, '0123456789', '')"
            return (
                f"({x} = '' OR {rest} IN ('.', ',') AND LEFT(RIGHT({x}, 3), 1) IN ('.', ',') "
                f"AND CHAR_LENGTH({x}) BETWEEN 4 AND 13)"
            )

        tests = ["TRANSLATE(account, '0123456789', '') = ''", "CHAR_LENGTH(account) <= 32"]
        tests += ["LTRIM(account, '0') <> ''", "TRIM(address) <> ''"]
        tests += [money(name) for name in AMOUNTS if self.column(name) != "''"]
        tests.append(f"({self.column('amount_due')} <> '' OR {self.column('amount_charged')} <> '')")
        return "FALSE" if self.source.has_nul else " AND ".join(tests)

    def attach(self) -> None:
        """The table is where the main database sees it already."""


def _canonical(kopecks: int) -> str:
    return f"{'-' if kopecks < 0 else ''}{abs(kopecks) // 100}.{abs(kopecks) % 100:02d}"


ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})


def _copy_line(record: list[Any]) -> str:
    """A record in the text format of COPY."""
    line = "\t".join(map(str, record))
    if "\\" in line or "\n" in line or "\r" in line or "\0" in line or line.count("\t") != len(record) - 1:
        line = "\t".join(str(cell).translate(ESCAPES) for cell in record)
    return line
