"""Staging in a separate SQLite file, written by a second process while this one reads."""

import fcntl
import marshal
import os
import sqlite3
import subprocess  # nosec B404 # ours
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import Any

import peewee

from cabinet.billing.batches import AMOUNTS, TEXTS, Batch
from cabinet.billing.staging import repeats, sqlite_writer
from cabinet.billing.staging.base import Conflict, NotWrittenError, Places, Staging, filled
from cabinet.billing.staging.totals import Reading
from cabinet.models.database import db

MAPPED = 64 << 20  # bytes of the file that are read where the system has them: rows are wanted in any order
PAUSE = 100  # after so many batches without its rows a period is probably complete


class SqliteStaging(Staging):
    """Stages rows in a database file next to the main one, attached once everything is written."""

    @property
    def schema(self) -> str:
        """The name under which the file is attached."""
        return f"staging{self.part}"

    def __enter__(self) -> "SqliteStaging":
        folder = Path(db.obj.database).parent
        _remove_abandoned(folder)
        self.handle, self.file = tempfile.mkstemp(prefix="import-", suffix=".db", dir=folder)
        fcntl.flock(self.handle, fcntl.LOCK_SH)  # marks the file as in use
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(peewee.OperationalError):
            db.execute_sql(f"DETACH DATABASE {self.schema}")
        os.close(self.handle)
        Path(self.file).unlink(missing_ok=True)

    def fill(self, batches: Iterable[Batch]) -> None:
        command = [sys.executable, "-IS", sqlite_writer.__file__, self.file]  # no package is used
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603
            assert process.stdin and process.stdout
            try:
                self._write(process.stdin, batches)
                process.stdin.close()
                counts = list(map(int, process.stdout.read().split()))
            except BrokenPipeError:
                counts = []
                with suppress(BrokenPipeError):  # what still waits to be sent would fail once more
                    process.stdin.close()
            except BaseException:
                process.kill()
                with suppress(BrokenPipeError):  # what is left to be written is not what went wrong
                    process.stdin.close()
                raise
        if process.returncode or len(counts) != 3 * len(self.rows):
            raise NotWrittenError("the rows could not be written; is the disk full?")
        for place, period in enumerate(self.rows):
            self._settled(period, *counts[3 * place : 3 * place + 3])
        db.execute_sql(f"ATTACH DATABASE ? AS {self.schema}", (self.file,))
        db.execute_sql(f"PRAGMA {self.schema}.mmap_size = {MAPPED}")

    def _write(self, pipe: Any, batches: Iterable[Batch]) -> None:
        services = False
        latest: dict[date, int] = {}  # the last batch of each period that has no index yet
        for count, batch in enumerate(batches):
            if batch.period not in self.rows:
                services = bool(batch.services)
                self.rows[batch.period] = Places()
                texts = [*TEXTS, "service"] if services else [*TEXTS]
                self._send(pipe, "create", _name(batch.period), texts, [*AMOUNTS])
            self.rows[batch.period].add(batch.lines)
            columns = filled(batch)
            self._send(pipe, "insert", _name(batch.period), [*columns], list(map(_packed, columns.values())))
            latest[batch.period] = count
            if count % PAUSE == 0:
                for period in [known for known, last in latest.items() if last <= count - PAUSE]:
                    self._send(pipe, "index", _name(period), ["number", *AMOUNTS], [])
                    del latest[period]
        for period in self.rows:
            settling = list(repeats.settle(_name(period), repeats.SQLITE, services))
            self._send(pipe, "order", _name(period), ["number", *AMOUNTS], settling)

    def conflicts(self) -> Iterator[Conflict]:
        for period, places in self.rows.items():
            for place, number, kind in self._rows_of(repeats.conflicts_of(_name(period))):
                yield Conflict(places.line(place), number, kind)

    def readings(self) -> Iterator[Reading]:
        for period in self.rows:
            for accounts, once, asked, halves in self._rows_of(repeats.reading_of(_name(period))):
                yield Reading(accounts, bool(once), bool(asked), halves)

    def _rows_of(self, table: str) -> Iterator[Any]:
        """The rows of a table; none if it does not exist."""
        known = f"SELECT 1 FROM {self.schema}.sqlite_master WHERE name = ?"
        if db.execute_sql(known, (table,)).fetchone():
            yield from db.execute_sql(f"SELECT * FROM {self.schema}.{table}")

    @staticmethod
    def _send(pipe: Any, *message: Any) -> None:
        data = marshal.dumps(message)
        pipe.write(len(data).to_bytes(4, "little") + data)

    def accounts(self, period: date) -> str:
        return f"{self.schema}.{_name(period)}"

    charges = accounts

    def finds(self, query: str) -> bool:
        file = f"{Path(self.file).absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(":memory:", uri=True)) as connection:
            connection.execute(f"ATTACH DATABASE ? AS {self.schema}", (file,))
            return connection.execute(query).fetchone() is not None


def _packed(column: Sequence[str | None]) -> str | list[str | None]:
    """A column in the form cheapest to send: a single text if all its cells are texts without line feeds."""
    try:
        text = "\n".join(column)  # type: ignore[arg-type]
    except TypeError:  # there is a None
        return list(column)
    return text if text.count("\n") == len(column) - 1 else list(column)


def _remove_abandoned(folder: Path) -> None:
    """Delete the files of killed imports."""
    for path in folder.glob("import-*.db"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def _name(period: date) -> str:
    return f"period_{period:%Y%m}"
