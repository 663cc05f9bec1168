"""Where the rows of a file wait for the merge: a table for each period, by account and without repeats.

Writing goes on elsewhere while the file is read here: in a process of SQLite's own, in PostgreSQL's server.
Nothing of it is in the way of the cabinet. One class per database.
"""

import fcntl
import marshal
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from itertools import groupby
from pathlib import Path
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Any

import peewee
import psycopg

from cabinet.billing import sqlite_writer
from cabinet.billing.reader import AMOUNTS, TEXTS, Batch
from cabinet.models.database import db

COLUMNS = ("number", "printed", *TEXTS, *AMOUNTS)
CHUNK = 15_000  # rows, about, written at a time
WORK_MEMORY = "64MB"  # for PostgreSQL's sorts
SWITCH_INTERVAL = 0.0002  # seconds; at Python's 5 ms the servers wait for more while the reader has the lock


class Staging:
    """What both databases share; a context manager that leaves nothing behind.

    `periods` maps each period of the file to the number of its accounts, `repeated` counts the rows that
    later ones of the same account and period replaced. Periods in `merged` need no merge of their charges.
    """

    def __init__(self, dry_run: bool) -> None:
        self.dry_run = dry_run
        self.rows: dict[date, int] = {}
        self.periods: dict[date, int] = {}
        self.merged: set[date] = set()

    @property
    def repeated(self) -> int:
        """How many rows later ones replaced."""
        return sum(self.rows.values()) - sum(self.periods.values())

    def fill(self, batches: Iterable[Batch]) -> int:
        """Write all rows, then order them; returns their number."""
        raise NotImplementedError

    def accounts(self, period: date) -> str:
        """The table of a period's rows with all columns, as SQL."""
        raise NotImplementedError

    def charges(self, period: date) -> str:
        """A table of a period's rows with number and amounts, as SQL."""
        raise NotImplementedError


class SqliteStaging(Staging):
    """In a database file of its own beside the main one, attached to it when all is written."""

    def __enter__(self) -> "SqliteStaging":
        folder = Path(db.obj.database).parent
        _remove_abandoned(folder)
        self.handle, self.file = tempfile.mkstemp(prefix="import-", suffix=".db", dir=folder)
        fcntl.flock(self.handle, fcntl.LOCK_SH)  # says that it is in use
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(peewee.OperationalError):
            db.execute_sql("DETACH DATABASE staging")
        os.close(self.handle)
        Path(self.file).unlink(missing_ok=True)

    def fill(self, batches: Iterable[Batch]) -> int:
        command = [sys.executable, "-I", sqlite_writer.__file__, self.file]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603
            assert process.stdin and process.stdout
            try:
                for batch in batches:
                    if batch.period not in self.rows:
                        self.rows[batch.period] = 0
                        self._send(process.stdin, "create", _name(batch.period), [*TEXTS], [*AMOUNTS])
                    self.rows[batch.period] += len(batch.numbers)
                    columns = _filled(batch)
                    values = list(map(list, columns.values()))
                    self._send(process.stdin, "insert", _name(batch.period), [*columns], values)
                for period in self.rows:
                    self._send(process.stdin, "order", _name(period), ["number", *AMOUNTS], [])
                process.stdin.close()
                repeats = process.stdout.read().split()
            except BrokenPipeError:
                repeats = []
            except BaseException:
                process.kill()
                raise
        if process.returncode or len(repeats) != len(self.rows):
            raise peewee.OperationalError("the rows could not be written; is the disk full?")
        for (period, count), repeated in zip(self.rows.items(), repeats, strict=True):
            self.periods[period] = count - int(repeated)
        db.execute_sql("ATTACH DATABASE ? AS staging", (self.file,))
        return sum(self.rows.values())

    @staticmethod
    def _send(pipe: Any, *message: Any) -> None:
        data = marshal.dumps(message)
        pipe.write(len(data).to_bytes(4, "little") + data)

    def accounts(self, period: date) -> str:
        return f"staging.{_name(period)}"

    charges = accounts


def _remove_abandoned(folder: Path) -> None:
    """Delete what imports left that were killed."""
    for path in folder.glob("import-*.db"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


class PostgresStaging(Staging):
    """In unlogged tables, filled by COPY over a connection of their own, which drops them at the end.

    What a killed import leaves of them the next one drops; it waits until this one has ended. All else is one
    transaction, whose uncommitted rows are in nobody's way: so the charges of a period of which the cabinet
    has none go into their table, side by side with the staging, while the rest of the file is being read.
    """

    def __enter__(self) -> "PostgresStaging":
        known = db.connection().info
        self.connection = psycopg.connect(known.dsn, password=known.password, autocommit=True)
        try:
            self._execute("SELECT pg_advisory_lock(hashtextextended('billing-import', 0))")
            self._drop()
            self._execute("BEGIN")
            self._execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
            self.transaction = db.atomic()
            self.transaction.__enter__()
        except BaseException:
            self.connection.close()
            raise
        db.execute_sql(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
        self.inserted: dict[date, bool] = {}  # whether all charges of a period are in already
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.transaction.__exit__(kind, error, traceback)
        finally:
            with suppress(psycopg.Error), self.connection:
                self.connection.rollback()
                self._drop()

    def _drop(self) -> None:
        names = self._execute(
            r"SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relpersistence = 'u' "
            r"AND relname LIKE 'billing\_import\_%' AND pg_table_is_visible(oid)"
        ).fetchall()
        for (name,) in names:
            self._execute(f"DROP TABLE IF EXISTS {name}")

    def _execute(self, sql: str) -> Any:
        return self.connection.execute(sql)

    def accounts(self, period: date) -> str:
        return f"billing_import_{period:%Y%m}"

    def charges(self, period: date) -> str:
        return f"billing_import_{period:%Y%m}_keys"

    def fill(self, batches: Iterable[Batch]) -> int:
        interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL)
        stagers = [_Stager(self._stage)]
        if not self.dry_run:
            charges = db.connection()
            stagers.append(_Stager(lambda chunk: self._charge(charges, chunk)))
        try:
            for rows in _chunks(batches):
                chunk = _Chunk(rows)
                if not all(stager.put(chunk) for stager in stagers):
                    break
        finally:
            errors = [error for stager in stagers if (error := stager.end())]
            sys.setswitchinterval(interval)
        if errors:
            raise peewee.DatabaseError(str(errors[0])) from errors[0]
        for period in sorted(self.rows):
            self._order(period)
        self._execute("COMMIT")
        return sum(self.rows.values())

    def _stage(self, chunk: "_Chunk") -> None:
        """Write rows of one period into its staging table."""
        rows = self.accounts(chunk.period)
        if chunk.period not in self.rows:
            self.rows[chunk.period] = 0
            texts = ", ".join(f"{name} TEXT NOT NULL DEFAULT ''" for name in TEXTS)
            amounts = ", ".join(f"{name} BIGINT" for name in AMOUNTS)
            self._execute(
                f'CREATE UNLOGGED TABLE {rows} (number TEXT COLLATE "C", printed TEXT, {texts}, {amounts})'
            )
        self.rows[chunk.period] += chunk.rows
        _copy(self.connection, f"COPY {rows} ({chunk.columns}) FROM STDIN (FREEZE)", chunk.text)

    def _charge(self, connection: Any, chunk: "_Chunk") -> None:
        """Write charges of one period, if it is new to the cabinet and as long as no account is repeated."""
        period = chunk.period
        if period not in self.inserted:
            known = connection.execute("SELECT 1 FROM charge WHERE period = %s LIMIT 1", (period,)).fetchone()
            self.inserted[period] = not known
        if not self.inserted[period]:
            return
        try:
            with connection.transaction():
                _copy(connection, f"COPY charge ({chunk.charge_columns}) FROM STDIN", chunk.charges)
        except psycopg.errors.UniqueViolation:  # the merge takes the last row of each account
            self.inserted[period] = False
            connection.execute("DELETE FROM charge WHERE period = %s", (period,))

    def _order(self, period: date) -> None:
        """Find the last row of each account and delete the others; needless where all went in at once."""
        rows, keys, amounts = self.accounts(period), self.charges(period), ", ".join(AMOUNTS)
        if self.inserted.get(period):
            self.periods[period] = self.rows[period]
            self.merged.add(period)
        else:
            self._execute(
                f"CREATE UNLOGGED TABLE {keys} AS SELECT DISTINCT ON (number) "
                f"number, {amounts}, ctid AS place FROM {rows} ORDER BY number, ctid DESC"
            )
            self._execute(
                f"DELETE FROM {rows} AS row WHERE NOT EXISTS "
                f"(SELECT 1 FROM {keys} AS key WHERE key.place = row.ctid)"
            )
            self.periods[period] = self._execute(f"SELECT COUNT(*) FROM {keys}").fetchone()[0]
            self._execute(f"ANALYZE {keys} (number)")
        self._execute(f"ANALYZE {rows} (number)")


class _Stager:
    """A thread that writes chunks while the next ones are read; after an error it only takes them."""

    def __init__(self, write: Callable[["_Chunk"], None]) -> None:
        self.write = write
        self.error: Exception | None = None
        self.queue = Queue["_Chunk | None"](2)
        self.thread = Thread(target=self._run, name="billing-import", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while chunk := self.queue.get():
            try:
                if not self.error:
                    self.write(chunk)
            except Exception as error:
                self.error = error

    def put(self, chunk: "_Chunk") -> bool:
        """Hand over a chunk; False if writing has failed."""
        self.queue.put(chunk)
        return not self.error

    def end(self) -> Exception | None:
        """Wait for the rest; returns what went wrong."""
        self.queue.put(None)
        self.thread.join()
        return self.error


def _copy(connection: Any, statement: str, text: bytes) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(text)


class _Chunk:
    """Batches of one period in the text form of COPY, made while the server writes the ones before."""

    def __init__(self, batches: list[Batch]) -> None:
        self.period = batches[0].period
        self.rows = sum(len(batch.numbers) for batch in batches)
        filled = {name for batch in batches for name in _filled(batch)}
        names = [name for name in COLUMNS if name in filled]
        amounts = [name for name in AMOUNTS if name in filled]
        self.columns = ", ".join(names)
        self.charge_columns = ", ".join(["period", "account", *amounts])
        text, charges = [], []
        for batch in batches:
            columns = _columns(batch)
            text.append(_copy_text(columns, names))
            columns["period"] = [self.period.isoformat()] * len(batch.numbers)
            charges.append(_copy_text(columns, ["period", "number", *amounts]))
        self.text, self.charges = "".join(text).encode(), "".join(charges).encode()


def _chunks(batches: Iterable[Batch]) -> Iterator[list[Batch]]:
    """Batches of one period, CHUNK rows of them together."""
    for _period, group in groupby(batches, key=lambda batch: batch.period):
        chunk: list[Batch] = []
        rows = 0
        for batch in group:
            chunk.append(batch)
            rows += len(batch.numbers)
            if rows >= CHUNK:
                yield chunk
                chunk, rows = [], 0
        if chunk:
            yield chunk


def _name(period: date) -> str:
    return f"period_{period:%Y%m}"


def _columns(batch: Batch) -> dict[str, Any]:
    values = (batch.numbers, batch.printed, *batch.texts, *batch.amounts)
    return dict(zip(COLUMNS, values, strict=True))


def _filled(batch: Batch) -> dict[str, Any]:
    """The columns that say something; an empty one would cost as much as a full one."""
    columns = {name: column for name, column in _columns(batch).items() if any(column)}
    if batch.printed is batch.numbers:
        del columns["printed"]
    return columns


ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copy_text(known: dict[str, Any], names: list[str]) -> str:
    """Columns in the text format of COPY."""
    columns, nulls = [], 0
    for name in names:
        column = known[name]
        if None in column:
            nulls += column.count(None)
            column = ["\\N" if cell is None else cell for cell in column]
        columns.append(column)
    rows = len(columns[0])
    text = "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"
    wanted = rows * (len(names) - 1), rows, nulls
    if "\r" in text or (text.count("\t"), text.count("\n"), text.count("\\")) != wanted:
        columns = [
            ["\\N" if cell is None else cell.translate(ESCAPES) for cell in known[name]] for name in names
        ]
        text = "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"
    return text
