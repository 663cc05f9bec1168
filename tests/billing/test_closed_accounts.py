"""Accounts below a heading «Закрытые лицевые счета» are asked about, in text and in sheets."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.importer import import_billing
from cabinet.billing.report import Report
from cabinet.models import Account
from tests.billing.formats.writers import workbook


def rows(first: int, count: int) -> list[list[str]]:
    return [[str(n), "10.2026", f"г. Клин, ул. Мира, д. {n}", f"{n}.50"] for n in range(first, first + count)]


TITLES = ["account", "period", "address", "amount_due"]


def text(path: Path, table: list[list[str]], short: bool) -> Path:
    full = [row[:1] if short and not any(row[1:]) else [*row, "", "", ""][:4] for row in table]
    path.write_text("\n".join(map(";".join, full)), encoding="utf-8")
    return path


def asked(report: Report) -> list[str]:
    return [w.sentence for w in report.warnings if w.code == "closed-accounts"]


@pytest.mark.parametrize("short", [True, False])
@pytest.mark.parametrize(
    "heading",
    ["Закрытые лицевые счета", "ЗАКРЫТЫЕ Л/С:", "Архивные счета", "Лицевые счета закрытые", "Закрытые",
     "Выбывшие абоненты", "Недействующие договоры"],
)  # fmt: skip
def test_closed_accounts_are_asked_about(
    database: peewee.Database, tmp_path: Path, heading: str, short: bool
) -> None:
    table = [TITLES, ["Действующие лицевые счета"], *rows(100, 30), [heading], *rows(500, 7)]
    path = text(tmp_path / "b.csv", table, short)
    report = import_billing(path)
    assert report.refused and "всего 7" in asked(report)[0] and not Account.select().count()
    report = import_billing(path, answers=Answers(accept=frozenset({"closed-accounts"})))
    assert (report.accepted, report.rejected) == (37, 0) and report.tally.complete
    assert Account.select().count() == 37


def test_closed_accounts_of_a_sheet(database: peewee.Database, tmp_path: Path) -> None:
    table = [TITLES, *rows(100, 30), ["Закрытые лицевые счета", "", "", ""], *rows(500, 7)]
    report = import_billing(workbook(tmp_path / "b.xlsx", {"Лист1": table}))
    assert report.refused and "всего 7" in asked(report)[0]


def test_a_whole_file_of_closed_accounts(database: peewee.Database, tmp_path: Path) -> None:
    table = [["Закрытые лицевые счета", "", "", ""], TITLES, *rows(100, 30)]
    for path in (
        text(tmp_path / "b.csv", table, False), text(tmp_path / "c.csv", table, True),
        workbook(tmp_path / "b.xlsx", {"Лист1": table}),
    ):  # fmt: skip
        assert "всего 30" in asked(import_billing(path))[0]


def test_a_heading_of_others_ends_them(database: peewee.Database, tmp_path: Path) -> None:
    table = [TITLES, ["Закрытые счета"], *rows(500, 3), ["Действующие счета"], *rows(100, 30)]
    assert "всего 3" in asked(import_billing(text(tmp_path / "b.csv", table, True)))[0]


@pytest.mark.parametrize("heading", ["ул. Закрытая", "Закрытый переулок, дом 5", "Дом 5"])
def test_streets_are_no_such_heading(database: peewee.Database, tmp_path: Path, heading: str) -> None:
    report = import_billing(text(tmp_path / "b.csv", [TITLES, *rows(1, 9), [heading], *rows(50, 30)], False))
    assert not asked(report) and report.accepted == 39
