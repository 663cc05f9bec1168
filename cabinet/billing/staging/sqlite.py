"""Staging in a file of SQLite's own, written by a process beside the reading one."""

import fcntl
import marshal
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import peewee

from cabinet.billing.batches import AMOUNTS, TEXTS, Batch
from cabinet.billing.staging import sqlite_writer
from cabinet.billing.staging.base import Staging, filled
from cabinet.models.database import db


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
                    columns = filled(batch)
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


def _name(period: date) -> str:
    return f"period_{period:%Y%m}"
