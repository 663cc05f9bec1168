"""Sheets of a workbook without a column of months: none is charged to a month that it does not name."""

from datetime import date
from pathlib import Path
from typing import Any

import peewee
import pytest
import xlwt

from cabinet.billing.answers import Answers
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.readers.sheet_months import is_of, months_of
from cabinet.billing.readers.workbook import Workbook
from cabinet.billing.report import Report
from cabinet.models import Charge
from tests.billing.formats.test_sheets import TITLES as WITH_PERIOD
from tests.billing.formats.test_sheets import row
from tests.billing.formats.writers import workbook

OCTOBER = date(2026, 10, 1)
TITLES = ["Лицевой счёт", "Адрес", "К оплате"]
Rows = list[list[Any]]


def of(account: str) -> list[Any]:
    return [account, f"г. Клин, д. 1, кв. {account}", 100.5]


def take(path: Path, sheets: dict[str, Rows], *accept: str, hidden: str = "") -> Report:
    book = workbook(path / "a.xlsx", sheets, hidden=hidden)
    return import_billing(book, answers=Answers(period=OCTOBER, accept=frozenset(accept)))


def charged() -> set[str]:
    return {charge.account for charge in Charge.select()}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    ("name", "heading"),
    [("Сентябрь", ""), ("сент", ""), ("Лист2", "Начисления за сентябрь 2026"), ("09.2026", ""),
     ("Лист2", "за период с 01.09.2026 по 30.09.2026"), ("Октябрь 2025", ""), ("Лист2", "за сентябрь")],
)  # fmt: skip
def test_a_sheet_of_another_month_is_not_taken(
    database: peewee.Database, tmp_path: Path, name: str, heading: str, first: bool
) -> None:
    sheets: dict[str, Rows] = {"Октябрь": [TITLES, of("1"), of("2")], name: [[heading], TITLES, of("3")]}
    if first:
        sheets = dict(reversed(sheets.items()))
    report = take(tmp_path, sheets)
    (warning,) = report.unanswered
    assert warning.code == "other-sheets" and f"не взяты: «{name}»." in warning.sentence and report.nothing
    take(tmp_path, sheets, "other-sheets")
    assert charged() == {"1", "2"}


def test_several_sheets_for_one_month_are_named(database: peewee.Database, tmp_path: Path) -> None:
    sheets = {"ул. 8 Марта, 5": [TITLES, of("1")], "1 Мая, 2": [["Сформировано 02.11.2026"], TITLES, of("2")]}
    report = take(tmp_path, sheets)
    (warning,) = report.unanswered
    assert warning.code == "several-sheets" and "«ул. 8 Марта, 5», «1 Мая, 2»" in warning.sentence
    assert report.nothing
    take(tmp_path, sheets, "several-sheets")
    assert charged() == {"1", "2"}


def test_sheets_of_other_months_alone_are_refused(database: peewee.Database, tmp_path: Path) -> None:
    sheets = {"Август": [TITLES, of("1")], "Сентябрь": [TITLES, of("2")]}
    with pytest.raises(UnreadableFileError, match=r"назван другой месяц.*«Август», «Сентябрь»"):
        take(tmp_path, sheets)


@pytest.mark.parametrize("name", ["Сентябрь", "Архив"])
def test_hidden_sheets_are_asked_about(database: peewee.Database, tmp_path: Path, name: str) -> None:
    sheets = {name: [TITLES, of("1")], "Октябрь": [TITLES, of("2")]}
    report = take(tmp_path, sheets, hidden=name)
    (warning,) = report.unanswered
    assert (
        warning.code == "other-sheets" and f"Скрытые листы со счетами не взяты: «{name}»" in warning.sentence
    )
    take(tmp_path, sheets, "other-sheets", hidden=name)
    assert charged() == {"2"}


def test_hidden_sheets_with_months_of_their_own_are_not_taken(
    database: peewee.Database, tmp_path: Path
) -> None:
    sheets = {"Дом 1": [WITH_PERIOD, row("1")], "Дом 2": [WITH_PERIOD, row("2")]}
    report = import_billing(workbook(tmp_path / "a.xlsx", sheets, hidden="Дом 2"))
    assert [warning.code for warning in report.unanswered] == ["other-sheets"]


def test_accounts_on_a_hidden_sheet_alone_are_refused(database: peewee.Database, tmp_path: Path) -> None:
    sheets = {"Архив": [TITLES, of("1")], "Титул": [["Выгрузка"]]}
    with pytest.raises(UnreadableFileError, match="только на скрытом листе «Архив»"):
        take(tmp_path, sheets, hidden="Архив")


def test_hidden_sheets_of_old_workbooks_are_seen(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    for name in ("Октябрь", "Сентябрь"):
        book.add_sheet(name).write(0, 0, "Лицевой счёт")
    book.get_sheet(1).visibility = 2
    book.save(str(tmp_path / "a.xls"))
    assert [sheet.hidden for sheet in Workbook(tmp_path / "a.xls").sheets] == [False, True]


@pytest.mark.parametrize(
    ("text", "months"),
    [("Начислено за сентябрь 2026", {(2026, 9)}), ("на 5 сентября 2026", set()), ("10.2026", {(2026, 10)}),
     ("ул. 8 Марта", set()), ("дом 1, квитанции мая 2026 г.", {(2026, 5)}), ("2026-09", {(2026, 9)}),
     ("от 05.11.2026", set()), ("ул. Октябрьская", set()), ("в октябре", {(0, 10)})],
)  # fmt: skip
def test_months_that_a_heading_names(text: str, months: set[tuple[int, int]]) -> None:
    assert months_of("Лист1", [text]) == months and months_of(text, []) == months


@pytest.mark.parametrize("name", ["окт", "Окт.26", "10.26", "ОКТЯБРЬ", "окт 2026", "Октябрь_2026", "2026_10"])
def test_short_names_of_sheets(name: str) -> None:
    assert months_of(name, []) and is_of(months_of(name, []), OCTOBER)
    assert not is_of(months_of(name, []), date(2026, 9, 1))
