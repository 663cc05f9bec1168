"""Residents come from workbooks as they do from text."""

import csv
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import peewee
import pytest
import xlwt

from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.residents import ResidentsReport, import_residents
from cabinet.models import Account, AccountLink, User
from tests.billing.formats.writers import ods_of, workbook

TITLES = ["№ п/п", "ФИО", "Моб. телефон", "Дата рождения", "E-mail", "Лицевой счёт"]
ROWS: list[list[Any]] = [
    [1, "Ёлкина Анна Ильинична", 89161234501, datetime(1980, 2, 1), "anna@example.ru", 7012300001.0],
    [2, "Петров П. П.", "+7 (916) 123-45-02, 8 495 1234567", "02.03.1975", "нет", "0040571"],
    [3, "Без телефона", "", "", "", ""],
    ["", "", "", "", "", ""],
    [4, "Сидорова Яна", 9161234503.0, "?", "", "0040571, 7012300001"],
]
Sheets = dict[str, list[list[Any]]]


def xls(path: Path, sheets: Sheets) -> Path:
    book = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(place, column, cell, *([day] if isinstance(cell, datetime) else []))
    book.save(str(path))
    return path


def ods(path: Path, sheets: Sheets) -> Path:
    rows = list(sheets.values())[-1]
    return ods_of(path, [[f"{c:%Y-%m-%d}" if isinstance(c, datetime) else c for c in row] for row in rows])


@pytest.fixture(autouse=True)
def accounts(database: peewee.Database) -> None:
    for number in ("7012300001", "40571"):
        with database.atomic():
            Account.create(number=number, printed=number, address="г. Клин, д. 1")


def text_of(path: Path, rows: list[list[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    return path


def test_columns_that_are_not_taken_are_named(tmp_path: Path) -> None:
    titles = [*TITLES, "Паспорт", "Площадь,\nкв. м", ""]
    rows = [[*row, "4512 123456", 45.1, "x"] for row in ROWS]
    for file in (
        workbook(tmp_path / "a.xlsx", {"Жильцы": [titles, *rows]}),
        text_of(tmp_path / "a.csv", [titles, *rows]),
    ):
        assert import_residents(file, dry_run=True).ignored == ["Паспорт", "Площадь, кв. м"]


def check(report: ResidentsReport) -> None:
    assert (report.added, report.rejected, report.linked) == (3, 1, 4)
    people = {user.phone[-2:]: user for user in User.select()}
    assert set(people) == {"01", "02", "03"}
    anna = people["01"]
    assert (anna.last_name, anna.first_name, anna.middle_name) == ("Ёлкина", "Анна", "Ильинична")
    assert (anna.birth_date, anna.email) == (date(1980, 2, 1), "anna@example.ru")
    assert [link.account_id for link in AccountLink.select().where(AccountLink.user == anna.id)] == [
        "7012300001"
    ]
    assert people["02"].birth_date == date(1975, 3, 2)


@pytest.mark.parametrize("write", [workbook, xls, ods], ids=["xlsx", "xls", "ods"])
def test_residents_of_a_workbook(tmp_path: Path, write: Callable[[Path, Sheets], Path]) -> None:
    above = ["Жители дома 5"]
    sheets = {"Справка": [["Выгружено 01.11.2026"]], "Жители": [above, [], TITLES, *ROWS]}
    report = import_residents(write(tmp_path / "residents", sheets))
    check(report)
    assert [reject.line for reject in report.rejects] == [5, 6, 8]


def test_a_sheet_of_other_phones_is_left_out(tmp_path: Path) -> None:
    services = [["Служба", "Телефон"], ["Диспетчер", "+7 916 123-45-99"]]
    check(import_residents(workbook(tmp_path / "a.xlsx", {"Службы": services, "Жители": [TITLES, *ROWS]})))


@pytest.mark.parametrize("titles", [TITLES, ["ФИО", "Телефон"]], ids=["same", "fewer"])
@pytest.mark.parametrize("first", [True, False])
def test_several_sheets_of_residents_are_refused(tmp_path: Path, first: bool, titles: list[Any]) -> None:
    gone: list[list[Any]] = [titles, ["Яшин Пётр", *["89161234509"] * (len(titles) - 1)]]
    sheets: Sheets = {"Жильцы": [["Жильцы"], TITLES, ROWS[0]], "Выехали": gone}
    book = workbook(tmp_path / "a.xlsx", sheets if first else dict(reversed(sheets.items())))
    with pytest.raises(UnreadableFileError, match=r"нескольких листах: .*«Выехали»"):
        import_residents(book)
    assert not User.select().exists()


def test_hidden_sheets_of_residents_are_not_read(tmp_path: Path) -> None:
    sheets: Sheets = {"Выехали": [TITLES, [9, "Яшин", "89161234509", "", "", ""]], "Жильцы": [TITLES, *ROWS]}
    check(import_residents(workbook(tmp_path / "a.xlsx", sheets, hidden="Выехали")))


def test_what_is_no_table_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", "Телефон\n89161234501")
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    for name in ("a.zip", "a.pdf"):
        with pytest.raises(UnreadableFileError, match="Это не таблица"):
            import_residents(tmp_path / name)
    with pytest.raises(UnreadableFileError, match="Телефон"):
        import_residents(workbook(tmp_path / "b.xlsx", {"Лист1": [["ФИО"], ["Ёлкина Анна"]]}))
    assert not User.select().exists()
