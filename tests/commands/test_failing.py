"""A database that fails a command: a sentence for the operator, and no traceback."""

from collections.abc import Callable
from pathlib import Path

import peewee
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from cabinet.models import migrations
from cabinet.models.database import db
from tests.databases import disconnect

ASKED = (
    ["messages", "list"],
    ["readers", "list"],
    ["billing", "list"],
    ["audit", "verify"],
    ["staff", "rotate"],
    ["incident", "--ip", "203.0.113.9"],
    ["db", "status"],
    ["db", "upgrade"],
)
REFUSAL = 'connection to server at "db1", port 5432 failed: FATAL:  the database system is starting up'


def refused(words: str) -> Callable[..., None]:
    """What the driver does, with Peewee's own words for it."""

    def connect(*_args: object, **_named: object) -> None:
        try:
            raise psycopg.OperationalError(words)
        except psycopg.OperationalError as cause:
            error = peewee.OperationalError(*cause.args)
            vars(error)["orig"] = cause
            raise error from None

    return connect


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    disconnect()
    return app.test_cli_runner()


@pytest.mark.parametrize("command", ASKED, ids=" ".join)
def test_one_that_is_away(
    runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setattr(db.obj, "connect", refused(f"connection failed: {REFUSAL}\n\tIs the server running?"))
    result = runner.invoke(args=command)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1 and result.output.startswith(f"Error: the database fails: {REFUSAL}\n")


@pytest.mark.parametrize("words", ['invalid integer value "half-a-password" for connection option "port"'])
def test_what_may_hold_part_of_a_password_is_not_told(
    runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setattr(db.obj, "connect", refused(words))
    for command in (["messages", "list"], ["doctor"]):
        output = runner.invoke(args=command).output
        assert "half-a-password" not in output and "OperationalError" in output


def test_one_that_is_older_than_the_code(
    runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for path in migrations.FOLDER.glob("0*.py"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "9999_more.py").write_text("def up(migrator, db):\n    pass\n")
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    with db.connection_context(), db.atomic():
        db.execute_sql("ALTER TABLE event_reader RENAME TO elsewhere")
    result = runner.invoke(args=["readers", "list"])
    assert result.output == "Error: the database lacks 1 migrations: run flask --app wsgi db upgrade\n"
