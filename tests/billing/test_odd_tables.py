"""Rows and columns that people and spreadsheets add to tables: subtotals, numbers of columns, houses."""

import struct
import zipfile
from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.homes import is_house_alone
from cabinet.billing.importer import import_billing
from cabinet.billing.mapping import UnknownLayoutError, said
from cabinet.billing.report import Report
from cabinet.models import Account, Charge
from tests.billing.formats import gis_writers, writers
from tests.billing.formats.dbf_table import records
from tests.billing.formats.truth import homes

OCTOBER = date(2026, 10, 1)
TITLES: list[object] = ["Лицевой счёт", "ФИО", "Адрес", "Период", "К оплате"]
Rows = list[list[object]]


def row(n: int) -> list[object]:
    return [f"7012{n:04}", "Лисина А. П.", f"г. Химки, ул. Лесная, д. {n}, кв. {n}", "10.2026", n + 0.5]


def saved(tmp_path: Path, table: Rows, kind: str) -> Path:
    if kind == "xlsx":
        return writers.workbook(tmp_path / "a.xlsx", {"Лист1": table})
    lines = (";".join("" if cell is None else str(cell) for cell in line) for line in table)
    (tmp_path / "a.csv").write_text("\r\n".join(lines), encoding="utf-8")
    return tmp_path / "a.csv"


def imported(tmp_path: Path, table: Rows, kind: str = "csv") -> Report:
    return import_billing(saved(tmp_path, table, kind), max_rejects=0, answers=Answers(OCTOBER))


def due() -> dict[str, int | None]:
    return {charge.account: charge.amount_due for charge in Charge.select()}


def addresses() -> dict[str, str]:
    return {account.number: account.address for account in Account.select()}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("of_address", [False, True])
def test_subtotals_of_a_spreadsheet_are_no_rows(
    database: peewee.Database, tmp_path: Path, kind: str, of_address: bool
) -> None:
    table: Rows = [TITLES]
    for n in range(1, 5):
        whose: list[object] = [f"{row(n)[0]} Итог", "", "", "", 1]
        if of_address:
            whose = ["", "", f"{row(n)[2]} Итог", "", n + 0.5]
        table += [row(n), whose]
    report = imported(tmp_path, [*table, ["Общий итог", "", "", "", 12.0]], kind)
    assert (report.accepted, report.rejected, report.tally.complete) == (4, 0, True)
    assert due() == {f"7012{n:04}": n * 100 + 50 for n in range(1, 5)}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "numbers", [["1", "2", "3", "4", "5"], ["А", "Б", "В", "1", "2"], ["А", "1", "2", "3", "4"], [*"ABCDE"]]
)
def test_a_row_that_numbers_the_columns(
    database: peewee.Database, tmp_path: Path, kind: str, numbers: list[object]
) -> None:
    report = imported(tmp_path, [TITLES, numbers, row(1), row(2)], kind)
    assert (report.accepted, report.rejected) == (2, 0)


def test_numbered_columns_of_payment_documents(database: peewee.Database, tmp_path: Path) -> None:
    truth = homes(4)
    import_billing(gis_writers.gis_accounts(tmp_path / "a.xlsx", truth))
    first: list[object] = [
        "Идентификатор ЖКУ",
        "Тип ПД",
        "Расчетный период (ММ.ГГГГ)",
        "Итого к оплате с учетом долга",
    ]
    rows: Rows = [[home.zhku, "Текущий", "10.2026", 5.0] for home in truth]
    sheets: dict[str, Rows] = {
        "Разделы 1-2": [["Документы"], first, ["1", "2", "3", "4"], *rows],
        "Разделы 3-6": [["x"]],
    }
    report = import_billing(writers.workbook(tmp_path / "c.xlsx", sheets), max_rejects=0)
    assert (report.accepted, report.rejected) == (4, 0)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("titles", "cells", "address"),
    [
        ("Улица;Адрес", "ул. Лесная;д. 3, кв. 5", "ул. Лесная, д. 3, кв. 5"),
        ("Город;Улица;Адрес", "г. Химки;ул. Лесная;3-5", "г. Химки, ул. Лесная, д. 3-5"),
        ("Адрес;Кв;Город;Улица", "3;5;г. Химки;ул. Лесная", "г. Химки, ул. Лесная, д. 3, кв. 5"),
        ("Улица;Адрес", "8 Марта;17А корп. 2 кв. 5", "8 Марта, 17А корп. 2 кв. 5"),
        ("Улица;Адрес", "Лесная;г. Химки, ул. Лесная, д. 3, кв. 5", "г. Химки, ул. Лесная, д. 3, кв. 5"),
        ("Улица;Адрес", "8 Марта;8 Марта, 5", "8 Марта, 5"),
    ],
)
def test_an_address_of_houses_takes_the_street_beside_it(
    database: peewee.Database, tmp_path: Path, kind: str, titles: str, cells: str, address: str
) -> None:
    table: Rows = [["Лицевой счёт", *titles.split(";"), "К оплате"]]
    table += [[f"7012000{n}", *cells.split(";"), 10.5] for n in range(1, 4)]
    report = import_billing(
        saved(tmp_path, table, kind), answers=Answers(OCTOBER, accept=frozenset({"addresses-alike"}))
    )
    assert report.accepted == 3 and set(addresses().values()) == {address}


def test_villages_without_streets_are_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    table: Rows = [["Лицевой счёт", "Населённый пункт", "Дом", "К оплате"]]
    table += [[f"7012000{n}", "д. Ивановка", "б/н" if n == 3 else n, 10.5] for n in range(1, 4)]
    with pytest.raises(UnknownLayoutError, match="столбца с улицей") as asked:
        imported(tmp_path, table)
    shown = asked.value.preview
    assert shown.taken == ("account", "city", "house", "amount_due")
    file, layouts = tmp_path / "a.csv", {shown.key: said(shown, shown.taken)}
    assert import_billing(file, answers=Answers(OCTOBER, layouts=layouts)).accepted == 3
    assert addresses()["70120001"] == "д. Ивановка, д. 1" and addresses()["70120003"] == "д. Ивановка, б/н"


def test_what_excel_puts_beside_an_open_book_is_no_table(database: peewee.Database, tmp_path: Path) -> None:
    book = writers.workbook(tmp_path / "a.xlsx", {"Лист1": [TITLES, row(1), row(2)]})
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(book, "начисления.xlsx")
        archive.writestr("~$начисления.xlsx", b"\x05Admin" + bytes(159))
    assert import_billing(tmp_path / "a.zip").accepted == 2


def test_days_and_times_of_foxpro(database: peewee.Database, tmp_path: Path) -> None:
    fields = (("LS", "C", 10, 0), ("ADRES", "C", 40, 0), ("PERIOD", "T", 8, 0), ("SUMMA", "N", 10, 2))
    cells = [["7012", "г. Химки, д. 1", "", "1.50"], ["7013", "г. Химки, д. 2", "", "2.50"]]
    file = records(tmp_path / "a.dbf", fields, cells, language=0x65)
    data = bytearray(file.read_bytes())
    start, width = struct.unpack_from("<HH", data, 8)
    struct.pack_into("<ii", data, start + 51, OCTOBER.toordinal() + 1_721_425, 43_200_000)
    file.write_bytes(data)
    report = import_billing(file, max_rejects=50)
    assert due() == {"7012": 150} and report.reasons == {"нет расчётного периода": 1}
    assert start + 2 * width + 1 == len(data)


def test_what_is_nearly_a_house_is_soon_read() -> None:
    assert is_house_alone("5 " + "к 1 с 2, " * 9 + "кв. 3")
    assert not is_house_alone("5 " + "к " * 500 + "!")
