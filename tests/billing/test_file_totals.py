"""Rows of totals tell whether a file is whole; print-outs of several pages are read as one table."""

from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.importer import import_billing
from cabinet.billing.report import Report
from cabinet.models import Account
from tests.billing.formats.writers import workbook

OCTOBER = date(2026, 10, 1)
TITLES = ["Лицевой счёт", "Адрес", "К оплате"]
WHOLE = sum(range(1, 13)) * 100 + 6  # roubles of all rows
Rows = list[list[str]]


def rows(count: int = 12) -> Rows:
    return [[f"7012{n:04}", f"г. Химки, ул. Лесная, д. {n}", f"{n}00,50"] for n in range(1, count + 1)]


def imported(tmp_path: Path, table: Rows, kind: str = "csv") -> Report:
    file = tmp_path / f"a.{kind}"
    if kind == "xlsx":
        workbook(file, {"Лист1": [*table]})
    else:
        file.write_text("".join(";".join(row) + "\n" for row in table), encoding="utf-8")
    return import_billing(file, answers=Answers(OCTOBER))


@pytest.mark.sample(3)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("total", [["Итого", "", "{}"], ["", "ВСЕГО:", "{}"], ["=12", "{}"], ["ИТОГО", "{}"]])
def test_a_file_cut_off_is_told_by_its_total(
    database: peewee.Database, tmp_path: Path, total: list[str], kind: str
) -> None:
    last = [cell.format(f"{WHOLE},00") for cell in total]
    if kind == "xlsx":
        last = [*last[:-1], *[""] * (3 - len(last)), last[-1]]
    report = imported(tmp_path, [TITLES, *rows(6), last], kind)
    assert [warning.code for warning in report.unanswered] == ["total-differs"] and report.nothing
    assert not imported(tmp_path, [TITLES, *rows(12), last], kind).unanswered


@pytest.mark.parametrize("label", ["Итого по дому", "Итого", "Всего по улице Лесной"])
def test_totals_of_houses_and_rounded_ones_are_no_sign_of_that(
    database: peewee.Database, tmp_path: Path, label: str
) -> None:
    houses = [*rows(6), [label, "", "2103,00"], *rows(12)[6:], [label, "", "5703,00"]]
    assert not imported(tmp_path, [TITLES, *houses, ["Итого", "", f"{WHOLE + 1},00"]]).unanswered


def test_overpayments_without_a_total_are_asked_about_for_their_minus_alone(
    database: peewee.Database, tmp_path: Path
) -> None:
    report = imported(tmp_path, [TITLES, *([*row[:2], f"-{row[2]}"] for row in rows())])
    assert [warning.code for warning in report.unanswered] == ["sums-negative"]


def framed(side: str) -> str:
    """Three pages, each with its heading, titles and frame."""
    widths = (12, 40, 12)
    lines = []
    for page in range(3):
        lines += [f"Ведомость начислений за октябрь 2026 г.      Лист {page + 1}"]
        bar = "─".join(["─" * width for width in widths])
        for row in (TITLES, *rows()[page * 4 : page * 4 + 4]):
            cells = "│".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            lines += [f"┌{bar}┐", f"{side}{cells}{side}"]
        lines += [f"└{bar}┘", "\f"]
    return "\r\n".join(lines)


@pytest.mark.parametrize("side", ["│", "║"])
def test_pages_of_a_print_out(database: peewee.Database, tmp_path: Path, side: str) -> None:
    (tmp_path / "a.txt").write_bytes(framed(side).encode("cp866"))
    report = import_billing(tmp_path / "a.txt", answers=Answers(OCTOBER))
    assert (report.accepted, report.rejected) == (12, 0) and report.tally.complete
    assert {account.address for account in Account.select()} == {row[1] for row in rows()}
