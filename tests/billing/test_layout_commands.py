"""`billing import --map`, `billing layouts` and `billing forget` as the operator sees them."""

from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner

from cabinet.models import Audit, ColumnMap, ImportJob
from cabinet.models.database import db
from tests.billing.files import stored
from tests.billing.test_commands import runner  # noqa: F401

TITLES = "Код плательщика;Куда, полностью;Паспорт;Сколько;Период"
MAP = "Код плательщика=account, Куда, полностью=address,Сколько=amount_due"


@pytest.fixture
def cli(runner: FlaskCliRunner) -> FlaskCliRunner:  # noqa: F811
    return runner


def bills(path: Path, titles: str = TITLES, count: int = 20) -> str:
    rows = [f"{n};г. Клин, д. {n};4510 {n}789;{n},50;2026-10" for n in range(100, 100 + count)]
    path.write_text("\n".join([titles, *rows]), encoding="utf-8")
    return str(path)


def kept() -> list[ColumnMap]:
    with db.connection_context():
        return list(ColumnMap.select())


def test_without_a_map_the_columns_are_listed(cli: FlaskCliRunner, tmp_path: Path) -> None:
    asked = cli.invoke(args=["billing", "import", bills(tmp_path / "a.csv")])
    assert asked.exit_code == 2, asked.output
    for words in (
        "   1  Код плательщика  (account?)",
        "   2  Куда, полностью  (address?)",
        "   3  Паспорт  (never read)",
        "--map",
        "amount_due, amount_charged",
    ):
        assert words in asked.output
    assert "Клин" not in asked.output and "789" not in asked.output, "cells name people"
    assert stored_now() == ({}, {}) and kept() == []


def stored_now() -> tuple[object, object]:
    with db.connection_context():
        return stored()


def test_a_map_is_used_and_saved_for_the_next_month(cli: FlaskCliRunner, tmp_path: Path) -> None:
    first = bills(tmp_path / "a.csv")
    tried = cli.invoke(args=["billing", "import", "--dry-run", first, "--map", MAP])
    assert tried.exit_code == 0 and "ваша раскладка" in tried.output and kept() == []
    done = cli.invoke(args=["billing", "import", first, "--map", MAP])
    assert done.exit_code == 0, done.output
    (saved,) = kept()
    assert saved.made_by == "system" and saved.columns["куда полностью"] == "address"
    with db.connection_context():
        assert ImportJob.get().name == "a.csv"
        assert Audit.get(Audit.action == "columns-saved").subject == saved.key
    again = cli.invoke(args=["billing", "import", bills(tmp_path / "b.csv", TITLES.upper(), 30)])
    assert again.exit_code == 0 and "accepted 30" in again.output
    listed = cli.invoke(args=["billing", "layouts"]).output
    assert "Код плательщика=account, Куда, полностью=address, Паспорт=, Сколько=amount_due" in listed
    assert "system" in listed
    gone = cli.invoke(args=["billing", "forget", listed.split()[0]])
    assert gone.exit_code == 0 and kept() == []
    assert cli.invoke(args=["billing", "forget", listed.split()[0]]).exit_code == 1
    assert cli.invoke(args=["billing", "import", first]).exit_code == 2


def test_a_map_by_numbers_and_in_several_options(cli: FlaskCliRunner, tmp_path: Path) -> None:
    titles = "Сумма;Сумма;Сумма;Сумма;Период"
    file = bills(tmp_path / "a.csv", titles)
    done = cli.invoke(
        args=["billing", "import", file, "--map", "1=account", "--map", "2=address", "--map", "4=amount_due"]
    )
    assert done.exit_code == 0 and "accepted 20" in done.output, done.output


def test_a_map_changes_what_was_saved(cli: FlaskCliRunner, tmp_path: Path) -> None:
    file = bills(tmp_path / "a.csv")
    cli.invoke(args=["billing", "import", file, "--map", MAP])
    other = MAP.replace("amount_due", "amount_charged")
    again = ["billing", "import", file, "--map", other, "--accept", "sums-changed"]
    assert cli.invoke(args=again[:-2]).exit_code == 2 and kept()[0].columns["сколько"] == "amount_due"
    assert cli.invoke(args=again).exit_code == 0
    (saved,) = kept()
    assert saved.columns["сколько"] == "amount_charged"


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        ("Код плательщика", 2, "write TITLE=FIELD"),
        ("Код плательщика=number", 2, "write TITLE=FIELD"),
        ("Кто=account", 1, "there is no column «Кто»"),
        ("9=account", 1, "there is no column «9»"),
        ("Куда, полностью=account", 1, "не номера лицевых счетов"),
        ("1=account,2=address", 1, "сумма к оплате или начислено"),
        ("1=account,2=address,3=els,4=amount_due", 1, "Данные документов"),
        ("1=account,2=address,4=amount_due,5=address", 1, "уже выбрано"),
    ],
)
def test_a_wrong_map_is_explained(
    cli: FlaskCliRunner, tmp_path: Path, wrong: str, code: int, words: str
) -> None:
    told = cli.invoke(args=["billing", "import", bills(tmp_path / "a.csv"), "--map", wrong])
    assert told.exit_code == code and words in told.output, told.output
    assert stored_now() == ({}, {}) and kept() == []


def test_a_map_that_is_not_needed_says_so(cli: FlaskCliRunner, tmp_path: Path) -> None:
    file = bills(tmp_path / "a.csv", "account;address;x;amount_due;period")
    done = cli.invoke(args=["billing", "import", file, "--map", "x=els"])
    assert done.exit_code == 0 and "--map was not needed" in done.output
