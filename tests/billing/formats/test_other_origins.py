"""Files of unusual origin: of Macs, of Unix programs, of FoxPro with its texts in a second file."""

import zipfile
from datetime import date
from pathlib import Path

import peewee
import pytest
import xlsxwriter

from cabinet.billing.answers import Answers
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.readers import portions
from cabinet.billing.recognition import recognise
from cabinet.billing.source import Source
from cabinet.models import Account, Charge
from tests.billing.formats.dbf_table import records

OCTOBER = date(2026, 10, 1)
TITLES = ["Лицевой счёт", "Период", "Адрес", "К оплате"]
FIELDS = [("ЛИЦСЧЕТ", "C", 12, 0), ("АДРЕС", "C", 60, 0), ("КОПЛАТЕ", "N", 10, 2)]
HOMES = [[str(7_012_345 + n), f"г. Клин, ул. Лесная, д. {n}", f"{n}.50"] for n in range(1, 30)]


def charged() -> dict[str, int | None]:
    return {charge.account: charge.amount_due for charge in Charge.select().where(Charge.period == OCTOBER)}


DUE = {account: int(due.replace(".", "")) for account, _, due in HOMES}


@pytest.mark.parametrize("since_1904", [False, True])
def test_days_of_either_calendar_of_excel(
    database: peewee.Database, tmp_path: Path, since_1904: bool
) -> None:
    """Excel of a Mac counts days from 1904, and the workbook says so."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": since_1904}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "mm.yyyy"})
        sheet.write_row(0, 0, TITLES)
        for place, (account, address, due) in enumerate(HOMES, 1):
            sheet.write_row(place, 0, [account, None, address, float(due)])
            sheet.write_datetime(place, 1, OCTOBER, day)
    report = import_billing(path)
    assert not report.warnings and charged() == DUE
    with zipfile.ZipFile(path) as archive:
        (member,) = portions.members_of(archive).values()
        rows = list(portions.Portions(archive, member, 26))
    assert {row[1] for row in rows[1:]} == {OCTOBER}, "a large sheet is read likewise"


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be"])
def test_four_bytes_a_letter_are_refused_by_name(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    rows = [TITLES, *([account, "10.2026", address, due] for account, address, due in HOMES)]
    path.write_text("\n".join(map(";".join, rows)), encoding=encoding)
    with pytest.raises(UnreadableFileError, match="UTF-32"):
        recognise(Source(path))


@pytest.mark.parametrize("titles", ["cp1251", "cp866", "koi8-r"])
@pytest.mark.parametrize("texts", ["cp1251", "cp866"])
def test_titles_in_another_encoding_than_the_texts(
    database: peewee.Database, tmp_path: Path, titles: str, texts: str
) -> None:
    """The structure was written by one program, and the records by another."""
    path = records(tmp_path / "a.dbf", FIELDS, HOMES, texts)
    data = bytearray(path.read_bytes())
    for n, (name, *_) in enumerate(FIELDS, 1):
        data[n * 32 : n * 32 + 11] = name.encode(titles).ljust(11, b"\0")
    path.write_bytes(data)
    import_billing(path, answers=Answers(OCTOBER))
    assert charged() == DUE
    assert {account.address for account in Account.select()} == {address for _, address, _ in HOMES}


@pytest.mark.parametrize("kind", ["M", "G"])
def test_texts_of_a_second_file_are_refused_by_name(tmp_path: Path, kind: str) -> None:
    fields = [FIELDS[0], ("АДРЕС", kind, 10, 0), FIELDS[2]]
    path = records(tmp_path / "a.dbf", fields, [[account, "1", due] for account, _, due in HOMES])
    with pytest.raises(UnreadableFileError, match="FPT"):
        recognise(Source(path, answers=Answers(OCTOBER)))


def test_a_note_in_a_second_file_is_not_missed(database: peewee.Database, tmp_path: Path) -> None:
    fields = [*FIELDS, ("ПРИМЕЧ", "M", 10, 0)]
    path = records(tmp_path / "a.dbf", fields, [[*home, "1"] for home in HOMES])
    import_billing(path, answers=Answers(OCTOBER))
    assert charged() == DUE
