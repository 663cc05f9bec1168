"""Further kinds of files that were stored as nonsense or refused for a reason that was not theirs."""

import codecs
from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.mapping import UnknownLayoutError
from cabinet.billing.recognition import recognise
from cabinet.billing.report import Report
from cabinet.billing.source import Source
from cabinet.billing.titles import field_of
from cabinet.models import Account
from tests.billing.formats.dbf_table import records
from tests.billing.formats.writers import workbook

TITLES = ["Лицевой счёт", "Период", "Адрес", "ФИО", "К оплате"]
HOMES = [["7012345", "10.2026", "г. Клин, ул. Лесная, д. 5", "Лисина Анна", "10,00"]]
HOMES += [["7012346", "10.2026", "г. Клин, ул. Лесная, д. 6", "Волков Пётр", "20,00"]]


def text(titles: list[str], *rows: list[str]) -> str:
    return "".join(";".join(row) + "\r\n" for row in (titles, *rows))


def imported(tmp_path: Path, content: str | bytes, period: date | None = None) -> Report:
    (tmp_path / "a.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return import_billing(tmp_path / "a.csv", max_rejects=100, answers=Answers(period))


def recognised(tmp_path: Path, content: str, period: date | None = None) -> None:
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    recognise(Source(tmp_path / "a.csv", answers=Answers(period)))


def changed(**cells: str) -> str:
    """The file with other cells in its first row, by the names of their titles."""
    names = ("account", "period", "address", "name", "due")
    return text(TITLES, [cells.get(name, cell) for name, cell in zip(names, HOMES[0], strict=True)], HOMES[1])


def numbers() -> set[str]:
    return {account.number for account in Account.select()}


@pytest.mark.parametrize("number", ["7012345.000000", "7012345,0", "7,012,345"])
def test_numbers_as_spreadsheets_write_them(database: peewee.Database, tmp_path: Path, number: str) -> None:
    assert imported(tmp_path, changed(account=number)).rejected == 0
    assert numbers() == {"7012345", "7012346"}


@pytest.mark.parametrize(
    "number",
    ["7012345, 7012399", "7012345/7012399", "7012345 и 7012399", "7012345 7012399", "4218,67",
     "2026-01-12", "2026-01-12 00:00:00", "12.01.2026 0:00:00", "-7012345", "−7012345",
     "7012345 закр.", "7012345 ЗАКР", "7012345 (арх.)", "№7012345 от 01.01.2020", "123 от 1.10.24",
     "7012345/10.2026", "7012345 01.10.2026", "12345.5", "7012345.10", "701 и 702", "70123456 Иванов И.И."],
)  # fmt: skip
def test_two_numbers_sums_and_dates_are_no_account(
    database: peewee.Database, tmp_path: Path, number: str
) -> None:
    report = imported(tmp_path, changed(account=number))
    assert [reject.line for reject in report.rejects] == [2] and numbers() == {"7012346"}


def test_a_second_table_whose_titles_hold_days_is_refused(database: peewee.Database, tmp_path: Path) -> None:
    other = ["Лицевой счёт", "ФИО", "Адрес", "Долг на 01.11.2026", "Дом 5, этаж 2"]
    rows = [["7012346", "Лисин", "г. Клин, д. 6", "1.00", "3"]]
    with pytest.raises(UnreadableFileError, match="В строке 3 начинается ещё одна таблица"):
        imported(tmp_path, text(TITLES, HOMES[0], other, *rows))


@pytest.mark.parametrize("tables", [HOMES[1:], [["7012346", "10.2026", "Лисин", "г. Клин, д. 6", "1", ""]]])
def test_a_second_table_with_other_columns_is_refused(
    database: peewee.Database, tmp_path: Path, tables: list[list[str]]
) -> None:
    other = ["Лицевой счёт", "Период", "ФИО", "Адрес", "К оплате", ""][: len(tables[0])]
    with pytest.raises(UnreadableFileError, match="В строке 3 начинается ещё одна таблица"):
        imported(tmp_path, text(TITLES, HOMES[0], other, *tables))
    workbook(tmp_path / "a.xlsx", {"Лист1": [TITLES, HOMES[0], other, *tables]})
    with pytest.raises(UnreadableFileError, match="В строке 3 начинается ещё одна таблица"):
        import_billing(tmp_path / "a.xlsx")
    assert not numbers()


def test_the_same_titles_once_more_are_no_row(database: peewee.Database, tmp_path: Path) -> None:
    again = ["ЛИЦЕВОЙ СЧЕТ", "Период:", "Адрес", "ФИО", "К оплате, руб."]
    report = imported(tmp_path, text(TITLES, HOMES[0], again, HOMES[1]))
    assert (report.accepted, report.rejected, report.tally.other) == (2, 0, 2)


@pytest.mark.parametrize("stored", ["?", "\\u", "&#"])
def test_letters_that_were_lost_are_named(tmp_path: Path, stored: str) -> None:
    content = text(["account", "period", "address", "full_name", "amount_due"], *HOMES)
    if stored == "&#":
        content = content.encode("ascii", "xmlcharrefreplace").decode()
    elif stored == "?":
        content = content.encode("ascii", "replace").decode()
    else:
        content = "".join(letter if letter.isascii() else f"\\u{ord(letter):04x}" for letter in content)
    with pytest.raises(UnreadableFileError, match="Вместо русских букв"):
        recognised(tmp_path, content)


def test_capitals_of_dos_are_not_those_of_macintosh(database: peewee.Database, tmp_path: Path) -> None:
    homes = [[cell.upper() for cell in row] for row in HOMES]
    homes[0][2] = "Г. КЛИН, ПЕР. ЁЛОЧНЫЙ, Д. 5"
    imported(
        tmp_path, text(["account", "period", "address", "full_name", "amount_due"], *homes).encode("cp866")
    )
    assert Account.get(Account.number == "7012345").address == "Г. КЛИН, ПЕР. ЁЛОЧНЫЙ, Д. 5"


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r"])
def test_the_mark_of_utf_8_before_another_encoding(
    database: peewee.Database, tmp_path: Path, encoding: str
) -> None:
    content = codecs.BOM_UTF8 + text(TITLES, *HOMES).encode(encoding)
    assert imported(tmp_path, content).accepted == 2
    assert {account.address for account in Account.select()} == {row[2] for row in HOMES}


def test_a_dbf_in_utf_8(database: peewee.Database, tmp_path: Path) -> None:
    fields = (("LS", "C", 20, 0), ("ADRES", "C", 80, 0), ("FIO", "C", 40, 0), ("SUMMA", "N", 12, 2))
    rows = [[row[0], row[2], row[3], row[4].replace(",", ".")] for row in HOMES]
    records(tmp_path / "a.dbf", fields, rows, "utf-8")
    path = tmp_path / "a.dbf"
    assert import_billing(path, answers=Answers(date(2026, 10, 1))).accepted == 2
    assert {account.address for account in Account.select()} == {row[2] for row in HOMES}


@pytest.mark.parametrize(
    "month",
    ["10-1-2026", "10-31-2026", "10/1/2026 12:00:00 AM", "2026-10-31 23:59:59", "2026-10-01T00:00:00+03:00"],
)
def test_further_days_of_a_month(database: peewee.Database, tmp_path: Path, month: str) -> None:
    (tmp_path / "a.csv").write_text(
        text(TITLES, *([*row[:1], month, *row[2:]] for row in HOMES)), encoding="utf-8"
    )
    report = import_billing(tmp_path / "a.csv", dry_run=True)
    assert [check.period for check in report.months] == [date(2026, 10, 1)] and report.rejected == 0


def test_parts_of_a_house_that_are_not_there(database: peewee.Database, tmp_path: Path) -> None:
    titles = ["ЛС", "Период", "Город", "Улица", "Дом", "Корпус", "Строение", "Кв", "К оплате"]
    rows = [["1", "10.2026", "Клин", "Лесная", "5", "0", "-", "нет", "10,00"]]
    assert imported(tmp_path, text(titles, *rows)).accepted == 1
    assert Account.get().address == "Клин, Лесная, д. 5"


@pytest.mark.parametrize("title", ["Дата оплаты", "Дата поступления"])
def test_a_registry_of_what_was_paid_alone(tmp_path: Path, title: str) -> None:
    content = text(
        ["Лицевой счёт", "ФИО", "Адрес", title, "Оплачено"], ["1", "Лисин", "Клин", "01.10.2026", "5"]
    )
    with pytest.raises(UnreadableFileError, match="Это реестр оплат"):
        recognised(tmp_path, content)


def test_rows_with_a_day_and_no_titles_are_asked_about(tmp_path: Path) -> None:
    rows = [[f"0{n}.10.2026", *row[:1], row[3], row[2], row[4]] for n, row in enumerate(HOMES * 3, 1)]
    with pytest.raises(UnknownLayoutError):
        recognised(tmp_path, text(*rows), date(2026, 10, 1))


@pytest.mark.parametrize(
    ("title", "field"),
    [("НомерЛицевогоСчета", "account"), ("СуммаКОплате", "amount_due"), ("КОплате", "amount_due"),
     ("ФИОАбонента", "full_name"), ("Лице- вой счёт*", "account"), ("К опла- те, руб.", "amount_due"),
     ("Расчётный год", "year"), ("Отч. период", "period"), ("Сальдо исходящее на конец месяца", None),
     ("Долг на конец месяца", "amount_due"), ("USLUGA", "service"), ("Total due", "amount_due")],
)  # fmt: skip
def test_further_titles(title: str, field: str | None) -> None:
    found = field_of(title)
    assert (found and found[0]) == field
