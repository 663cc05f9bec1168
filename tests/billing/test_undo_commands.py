"""`billing list`, `undo`, `withdraw` and `offer` as the operator sees them."""

from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner

from cabinet.models.database import db
from tests.billing.files import row, stored, write
from tests.billing.test_commands import runner  # noqa: F401

MONTHS = ("2026-09", "2026-10")


@pytest.fixture
def cli(runner: FlaskCliRunner, tmp_path: Path) -> FlaskCliRunner:  # noqa: F811
    """With two months imported, one after the other."""
    for month in MONTHS:
        file = write(
            tmp_path / f"{month}.csv",
            [row(str(n), month, address=f"ул. {month}, д. {n}") for n in range(1, 11)],
        )
        done = runner.invoke(args=["billing", "import", str(file), "--accept", "addresses-changed"])
        assert done.exit_code == 0, done.output
    return runner


def test_list(cli: FlaskCliRunner) -> None:
    newest, first = cli.invoke(args=["billing", "list"]).output.splitlines()
    assert newest.split()[0] == "2" and first.split()[0] == "1"
    for word in ("done", "system", "2026-10.csv", "2026-10", "accounts +0 ~10, charges +10 ~0"):
        assert word in newest
    assert len(cli.invoke(args=["billing", "list", "--limit", "1"]).output.splitlines()) == 1


def test_undo(cli: FlaskCliRunner) -> None:
    done = cli.invoke(args=["billing", "undo", "2"])
    assert done.exit_code == 0, done.output
    assert "20 accounts and charges" in done.output and "residents are offered: 2026-09" in done.output
    with db.connection_context():
        accounts, charges = stored()
    assert {account[3].split(",")[0] for account in accounts.values()} == {"ул. 2026-09"} and len(
        charges
    ) == 10
    assert "undone" in cli.invoke(args=["billing", "list"]).output.splitlines()[0]
    again = cli.invoke(args=["billing", "undo", "2"])
    assert again.exit_code == 1 and "undone" in again.stderr


@pytest.mark.parametrize("number", ["3", "x", "-1", "2026-10", "99999999999999999999"])
def test_undo_of_what_is_not_there(cli: FlaskCliRunner, number: str) -> None:
    refused = cli.invoke(args=["billing", "undo", "--", number])
    assert refused.exit_code == 1 and f"no import {number}" in refused.stderr


def test_withdraw_and_offer(cli: FlaskCliRunner) -> None:
    gone = cli.invoke(args=["billing", "withdraw", "2026-10"])
    assert gone.exit_code == 0 and gone.stdout == "residents are offered: 2026-09\n"
    again = cli.invoke(args=["billing", "withdraw", "10.2026"])
    assert again.exit_code == 1 and "withdrawn already" in again.stderr
    back = cli.invoke(args=["billing", "offer", "2026-10"])
    assert back.exit_code == 0 and back.stdout == "residents are offered: 2026-10, 2026-09\n"
    assert cli.invoke(args=["billing", "offer", "2026-10"]).exit_code == 1


@pytest.mark.parametrize("period", ["2031-01", "x", ""])
def test_no_such_month(cli: FlaskCliRunner, period: str) -> None:
    for command in ("withdraw", "offer"):
        refused = cli.invoke(args=["billing", command, period])
        assert refused.exit_code == 1 and refused.stderr.startswith("Error: ")
