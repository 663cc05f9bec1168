"""`billing import` and `residents import` as the operator sees them."""

import csv
from pathlib import Path
from typing import Any

import peewee
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskCliRunner

from cabinet.commands.billing import billing_cli
from cabinet.commands.residents import residents_cli
from cabinet.models import Charge, User
from cabinet.models.database import db
from cabinet.models.sqlite import QueuedSqliteDatabase
from tests.billing.files import row, write


@pytest.fixture
def runner(database: peewee.Database) -> FlaskCliRunner:
    app = Flask("wsgi")
    app.cli.add_command(billing_cli)
    app.cli.add_command(residents_cli)
    db.close()  # commands open their own
    return app.test_cli_runner()


def charges() -> int:
    with db.connection_context():
        return Charge.select().count()


def test_import(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = str(write(tmp_path / "b.csv", [row(str(n)) for n in range(1, 31)]))
    tried = runner.invoke(args=["billing", "import", "--dry-run", file])
    assert tried.exit_code == 0, tried.output
    assert "30" in tried.output and charges() == 0
    done = runner.invoke(args=["billing", "import", file])
    assert done.exit_code == 0 and charges() == 30
    again = runner.invoke(args=["billing", "import", file])
    assert again.exit_code == 0 and charges() == 30


def test_rejected_rows(runner: FlaskCliRunner, tmp_path: Path) -> None:
    rows = [row(str(n)) for n in range(1, 31)] + [row(str(n), due="?") for n in range(100, 125)]
    file, rejects = str(write(tmp_path / "b.csv", rows)), tmp_path / "rejects.csv"
    wrong = runner.invoke(args=["billing", "import", file, "--rejects", str(rejects)])
    assert wrong.exit_code == 1 and charges() == 0
    assert "25" in wrong.output and "Химки" not in wrong.output
    listed = list(csv.reader(rejects.open(encoding="utf-8-sig"), delimiter=";"))
    assert [line[:2] for line in listed[-25:]] == [[str(n - 68), str(n)] for n in range(100, 125)]
    assert all(len(line) == 3 and line[2] for line in listed)
    printed = [line for line in wrong.output.splitlines() if "line " in line]
    assert len(printed) == 20

    right = runner.invoke(args=["billing", "import", file, "--max-rejects", "50"])
    assert right.exit_code == 0 and charges() == 30


@pytest.mark.parametrize("content", ["", "a;b\n1;2\n", "account;period;amount_due;address\n"])
def test_nothing_to_import(runner: FlaskCliRunner, tmp_path: Path, content: str) -> None:
    (tmp_path / "b.csv").write_text(content)
    answer = runner.invoke(args=["billing", "import", str(tmp_path / "b.csv")])
    assert answer.exit_code == 1 and "Traceback" not in answer.output
    assert runner.invoke(args=["billing", "import", str(tmp_path / "none.csv")]).exit_code == 2


def test_failing_database(runner: FlaskCliRunner, tmp_path: Path) -> None:
    with db.connection_context():
        db.execute_sql("DROP TABLE charge")
    file = str(write(tmp_path / "b.csv", [row("1")]))
    answer = runner.invoke(args=["billing", "import", file])
    assert answer.exit_code == 1 and "the database failed" in answer.output, answer.output
    assert "Химки" not in answer.output


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_is_named(
    runner: FlaskCliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = QueuedSqliteDatabase._opened

    def without_room(self: QueuedSqliteDatabase) -> Any:
        connection = opened(self)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(QueuedSqliteDatabase, "_opened", without_room)
    file = str(write(tmp_path / "b.csv", [row(str(n)) for n in range(1, 3001)]))
    answer = runner.invoke(args=["billing", "import", file])
    assert answer.exit_code == 1 and "(database or disk is full); import again" in answer.output
    assert charges() == 0


def test_residents(runner: FlaskCliRunner, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("phone\n+79161234567\nbad\n")
    answer = runner.invoke(args=["residents", "import", str(tmp_path / "r.csv")])
    assert answer.exit_code == 0 and "line 3" in answer.output, answer.output
    with db.connection_context():
        assert User.select().count() == 1
    (tmp_path / "r.csv").write_text("phone\nbad\n")
    assert runner.invoke(args=["residents", "import", str(tmp_path / "r.csv")]).exit_code == 1


@time_machine.travel("2026-11-25")
def test_a_file_that_needs_an_answer(runner: FlaskCliRunner, tmp_path: Path) -> None:
    """Exit code 2 names the option; with it the file goes in."""
    columns = ["account", "address", "amount_due"]
    file = str(write(tmp_path / "b.csv", [row(str(n)) for n in range(1, 31)], columns))
    asked = runner.invoke(args=["billing", "import", file])
    assert asked.exit_code == 2 and "--period" in asked.stderr and charges() == 0
    warned = runner.invoke(args=["billing", "import", file, "--period", "2026-12"])
    assert warned.exit_code == 2 and "--accept future" in warned.stderr and charges() == 0
    done = runner.invoke(args=["billing", "import", file, "--period", "2026-12", "--accept", "future"])
    assert done.exit_code == 0 and charges() == 30, done.output


def test_columns_taken_and_not_taken_are_told(runner: FlaskCliRunner, tmp_path: Path) -> None:
    text = "Лицевой счёт;Период;Адрес;Сумма;К оплате;Пени\n1;10.2026;г. Клин, д. 1;5,00;7,00;1,00\n"
    (tmp_path / "b.csv").write_text(text, encoding="cp1251")
    said = runner.invoke(args=["billing", "import", "--dry-run", str(tmp_path / "b.csv")]).output
    assert "Windows-1251" in said and "К оплате → к оплате" in said
    assert "not taken: Сумма (instead: К оплате)" in said and "not taken: Пени" in said
    assert "1 accounts, 7.00 in all" in said
