"""The process that writes rows beside SQLite dies: the import says so, and leaves nothing half done."""

from pathlib import Path
from typing import Any

import peewee
import pytest
from flask import Flask

from cabinet.billing.importer import import_billing
from cabinet.billing.staging import sqlite_writer
from cabinet.billing.staging.sqlite import SqliteStaging
from cabinet.models import ImportBatch
from tests.billing.files import stored, write
from tests.billing.test_import_failures import left_behind, rows
from tests.waiting import until

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SENTENCE = "the rows could not be written; is the disk full?"
HURT = """
import os, resource, runpy, signal, sqlite3
connect, moment = sqlite3.connect, {moment!r}

class Dying(sqlite3.Connection):
    def execute(self, sql, *values):
        if moment and sql.startswith(moment):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(sql, *values)

sqlite3.connect = lambda *path, **options: connect(*path, factory=Dying, **options)
if not moment:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # as a disk without room
runpy.run_path({writer!r}, run_name="__main__")
"""


@pytest.fixture(params=["PRAGMA", "CREATE TABLE", "INSERT", "CREATE INDEX", "COMMIT", ""])
def hurt(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that is killed at its first statement of a kind, or finds the disk full."""
    script = tmp_path / "writer.py"
    script.write_text(HURT.format(moment=request.param, writer=sqlite_writer.__file__), encoding="utf-8")
    monkeypatch.setattr(sqlite_writer, "__file__", str(script))


@pytest.mark.sample(3)
def test_a_writer_that_dies_ends_the_import_and_leaves_all_as_it_was(
    database: peewee.Database, tmp_path: Path, hurt: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "b.csv", rows(5000))
    with pytest.raises(peewee.OperationalError, match="could not be written"):
        import_billing(file)
    assert stored() == ({}, {}) and not ImportBatch.select().exists() and not left_behind(tmp_path)
    monkeypatch.undo()
    assert import_billing(file).accepted == 15_000


def test_a_writer_that_is_gone_before_anything_is_written(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits to be sent to it must not fail once more when its pipe is closed."""
    script, gone, write_rows = tmp_path / "writer.py", tmp_path / "gone", SqliteStaging._write
    script.write_text(f"import os\nos.close(0)\nopen({str(gone)!r}, 'x').close()", encoding="utf-8")
    monkeypatch.setattr(sqlite_writer, "__file__", str(script))

    def later(self: SqliteStaging, *pipe_and_rows: Any) -> None:
        until(gone.exists)
        write_rows(self, *pipe_and_rows)

    monkeypatch.setattr(SqliteStaging, "_write", later)
    with pytest.raises(peewee.OperationalError, match="could not be written"):
        import_billing(write(tmp_path / "b.csv", rows(1000)))
    assert stored() == ({}, {}) and not left_behind(tmp_path)


@pytest.mark.parametrize("hurt", ["INSERT", ""], indirect=True)
def test_the_command_says_so(database: peewee.Database, app: Flask, tmp_path: Path, hurt: None) -> None:
    file = write(tmp_path / "b.csv", rows(1000))
    done = app.test_cli_runner().invoke(args=["billing", "import", str(file)])
    assert done.exit_code == 1 and SENTENCE in done.output and "Traceback" not in done.output
