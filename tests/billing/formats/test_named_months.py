"""Months that only the names of files, lines above tables or titles tell; and days that are no months."""

from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.errors import NeedsAnswerError
from cabinet.billing.importer import import_billing
from cabinet.billing.mapping import UnknownLayoutError
from cabinet.billing.report import Report
from cabinet.models import Charge
from tests.billing.formats.test_several import archive
from tests.billing.formats.writers import workbook

TITLES = ["Лицевой счёт", "Адрес", "К оплате"]
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
Rows = list[list[str]]


def rows(first: int = 1, last: int = 12) -> Rows:
    return [[f"7012{n:04}", f"г. Химки, ул. Лесная, д. {n}", f"{n}00,50"] for n in range(first, last + 1)]


def text(table: Rows, *above: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (*above, *map(";".join, table))).encode()


def codes(report: Report) -> list[str]:
    return [warning.code for warning in report.unanswered]


def charged() -> set[tuple[date, str]]:
    return {(charge.period, charge.account) for charge in Charge.select()}


@pytest.mark.parametrize("where", ["names", "headings", "folders"])
def test_files_of_different_months_are_taken_each_for_its_own(
    database: peewee.Database, tmp_path: Path, where: str
) -> None:
    names = {"names": ("09 2026.csv", "10 2026.csv"), "headings": ("a.csv", "b.csv")}.get(where)
    above = (
        ("Начисления за сентябрь 2026 г.", "Начисления за октябрь 2026 г.")
        if where == "headings"
        else ("", "")
    )
    files = (text([TITLES, *rows(1, 7)], above[0]), text([TITLES, *rows(5, 12)], above[1]))
    if names:
        file = archive(tmp_path / "a.zip", **dict(zip(names, files, strict=True)))
    else:
        inner = [archive(tmp_path / "x", a_csv=content).read_bytes() for content in files]
        file = archive(tmp_path / "a.zip", **dict(zip(("2026-09_zip", "2026-10_zip"), inner, strict=True)))
    report = import_billing(file)
    assert codes(report) == ["file-months"] and "09.2026" in report.warnings[0].sentence
    assert import_billing(file, answers=Answers(accept=frozenset(["file-months"]))).accepted == 15
    assert charged() == {(SEPTEMBER, row[0]) for row in rows(1, 7)} | {
        (OCTOBER, row[0]) for row in rows(5, 12)
    }
    given = import_billing(file, answers=Answers(OCTOBER), max_rejects=100)
    assert "other-month" in codes(given)


@pytest.mark.parametrize("names", [("a.csv", "10 2026.csv"), ("дом 1 10 2026.csv", "дом 2 10 2026.csv")])
def test_files_of_one_month_or_none_are_asked_about(
    database: peewee.Database, tmp_path: Path, names: tuple[str, str]
) -> None:
    parts = zip(names, (text([TITLES, *rows(1, 6)]), text([TITLES, *rows(7, 12)])), strict=True)
    file = archive(tmp_path / "a.zip", **dict(parts))
    with pytest.raises(NeedsAnswerError, match="За какой"):
        import_billing(file)
    assert import_billing(file, answers=Answers(OCTOBER)).accepted == 12


def test_the_name_of_a_file_proposes_its_month_and_doubts_another(
    database: peewee.Database, tmp_path: Path
) -> None:
    file = tmp_path / "Начисления сентябрь 2026.csv"
    file.write_bytes(text([TITLES, *rows()]))
    with pytest.raises(NeedsAnswerError) as asked:
        import_billing(file)
    assert asked.value.questions[0].proposal == "2026-09"
    assert codes(import_billing(file, answers=Answers(OCTOBER))) == ["other-month"]
    assert not import_billing(file, answers=Answers(SEPTEMBER)).unanswered


def test_the_latest_of_several_months_in_titles_is_taken(database: peewee.Database, tmp_path: Path) -> None:
    titles = [*TITLES[:2], *(f"К оплате за {month} 2026" for month in ("август", "октябрь", "сентябрь"))]
    table = [[*row[:2], "1,00", row[2], "2,00"] for row in rows()]
    (tmp_path / "a.csv").write_bytes(text([titles, *table]))
    assert import_billing(tmp_path / "a.csv", answers=Answers(OCTOBER)).unanswered == []
    assert {charge.amount_due for charge in Charge.select()} == {n * 10000 + 50 for n in range(1, 13)}


@pytest.mark.parametrize(("last", "days"), [(5, []), (16, ["days"])])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_days_under_a_vague_title_are_no_months(
    database: peewee.Database, tmp_path: Path, last: int, days: list[str], kind: str
) -> None:
    table = [[row[0], row[1], f"{min(4 + n, last):02}.11.2026", row[2]] for n, row in enumerate(rows(), 1)]
    whole = [["Лицевой счёт", "Адрес", "Дата", "Сумма"], *table]
    (tmp_path / "a.csv").write_bytes(text(whole))
    file = workbook(tmp_path / "a.xlsx", {"Лист1": whole}) if kind == "xlsx" else tmp_path / "a.csv"
    with pytest.raises(NeedsAnswerError, match="За какой"):
        import_billing(file)
    assert codes(import_billing(file, answers=Answers(OCTOBER), dry_run=True)) == days


@pytest.mark.parametrize("day", ["01.10.2026", "31.10.2026"])
def test_the_first_and_the_last_day_are_a_month(database: peewee.Database, tmp_path: Path, day: str) -> None:
    table = [["Лицевой счёт", "Адрес", "Дата", "Сумма"], *([row[0], row[1], day, row[2]] for row in rows())]
    (tmp_path / "a.csv").write_bytes(text(table))
    assert import_billing(tmp_path / "a.csv").accepted == 12


def test_swapped_columns_are_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    titles = ["Лицевой счёт", "Адрес", "ФИО", "К оплате"]
    (tmp_path / "a.csv").write_bytes(text([titles, *([r[0], "Лисина Анна", r[1], r[2]] for r in rows())]))
    with pytest.raises(UnknownLayoutError, match="не адреса") as asked:
        import_billing(tmp_path / "a.csv", answers=Answers(OCTOBER))
    assert asked.value.preview.taken == ("account", "full_name", "address", "amount_due")
