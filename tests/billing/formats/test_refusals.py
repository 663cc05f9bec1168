"""What is no billing file is told what it is, whatever it is called."""

import io
import struct
import zipfile
from pathlib import Path

import peewee
import pytest
import xlwt
from PIL import Image

from cabinet.billing.answers import Answers
from cabinet.billing.errors import NeedsAnswerError, UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.mapping import UnknownLayoutError
from cabinet.billing.recognition import recognise
from cabinet.billing.source import Source
from tests.billing.files import stored
from tests.billing.formats import writers
from tests.billing.formats.truth import PERIOD, homes

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind)
    return out.getvalue()


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


def ole(stream: str) -> bytes:
    return OLE + bytes(1024) + stream.encode("utf-16-le") + bytes(1024)


PAYMENTS = (
    "8047;0104;12;25/10/2026;10-31-12;CLIENTNO:7012345678;method_pay:1;100,00;1,50\n"
    "8047;0104;12;25/10/2026;10-32-12;CLIENTNO:7012345679;method_pay:1;200,00;3,00\n"
)
NEW_PAYMENTS = (
    "25-10-2026;12-05-33;8047;8047/0104;123A;7012345678;ИВАНОВА А П;;1026;4218,67;4168,05;50,62\n" * 3
)
PAID_TABLE = (
    "Лицевой счёт;Адрес;Дата платежа;Сумма платежа;Комиссия\n7012345678;г. Клин;25.10.2026;100,00;1\n"
)
FILES = {
    "empty": (b"", "пуст"),
    "spaces only": (b"\xef\xbb\xbf \r\n\0\0\x1a", "пуст"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "PDF"),
    "png": (picture("PNG"), "картинка"),
    "jpeg": (picture("JPEG"), "картинка"),
    "bmp": (picture("BMP"), "картинка"),
    "tiff": (picture("TIFF"), "картинка"),
    "webp": (picture("WEBP"), "картинка"),
    "heic": (b"\0\0\0\x18ftypheic" + bytes(50), "картинка"),
    "docx": (zipped("[Content_Types].xml", "word/document.xml"), "Word"),
    "odt": (zipped("content.xml"), None),
    "doc": (ole("WordDocument\0"), "Word"),
    "locked xlsx": (ole("EncryptedPackage\0"), "парол"),
    "msg": (ole("__nameid_version1.0\0"), "не книга Excel"),
    "rtf": (b"{\\rtf1\\ansi\\ansicpg1251 hello}", "RTF"),
    "html": ("<html><table><tr><td>Лицевой счёт</td></tr></table></html>".encode(), "веб-страница"),
    "page without a table": ("<!DOCTYPE html><html><p>Лицевой счёт; 5</p></html>".encode(), "веб-страница"),
    "page with its pictures": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n", "веб-страница"),
    "xml of excel": (
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
        b'xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "ни одного листа",
    ),
    "other xml": (b'<?xml version="1.0"?><yml_catalog><shop/></yml_catalog>', "yml_catalog"),
    "mxl": (b"MOXCEL\0\x08\0\x01\0", "MXL"),
    "rar": (b"Rar!\x1a\x07\x01\0" + bytes(50), "RAR"),
    "gz": (b"\x1f\x8b\x08\0" + bytes(50), "GZip"),
    "exe": (b"MZ\x90\0" + bytes(50), "программа"),
    "statement": ("1CClientBankExchange\nВерсияФормата=1.03\n".encode("cp1251"), "выписка"),
    "json": (b'[{"account": "1", "sum": 2}]', "JSON"),
    "payments": (PAYMENTS.encode("cp1251"), "реестр оплат"),
    "new payments": (NEW_PAYMENTS.encode("cp1251"), "реестр оплат"),
    "table of payments": (PAID_TABLE.encode("cp866"), "реестр оплат"),
    "noise": (struct.pack("<200I", *range(7, 207)), "не таблица"),
    "cut off xlsx": (b"PK\x03\x04" + bytes(100), "поврежд"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("called", ["начисления.csv", "начисления.xls"])
def test_refused_in_words(database: peewee.Database, tmp_path: Path, name: str, called: str) -> None:
    content, words = FILES[name]
    (tmp_path / called).write_bytes(content)
    with pytest.raises(UnreadableFileError) as refused:
        import_billing(tmp_path / called, answers=Answers(period=PERIOD))
    assert (words or "") in str(refused.value)
    assert stored() == ({}, {})


def test_a_sheet_of_payments_is_refused(database: peewee.Database, tmp_path: Path) -> None:
    titles = ["Лицевой счёт", "Адрес", "ФИО", "Сумма"]
    rows = [["7012345678", "г. Клин, д. 1", "Иванова А. П.", 100.5]]
    file = writers.workbook(
        tmp_path / "a.xlsx", {"Лист1": [["Реестр принятых платежей за 10.2026"], titles, *rows]}
    )
    with pytest.raises(UnreadableFileError, match="реестр оплат"):
        import_billing(file, answers=Answers(period=PERIOD))


def test_an_empty_workbook_is_refused(database: peewee.Database, tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("Лист1")
    book.save(str(tmp_path / "a.xls"))
    with pytest.raises(UnreadableFileError, match="ни одного листа"):
        import_billing(tmp_path / "a.xls")


@pytest.mark.parametrize("write", [writers.sberbank, writers.new_sberbank, writers.gorod])
def test_the_month_that_a_file_lacks_is_asked(database: peewee.Database, tmp_path: Path, write) -> None:  # type: ignore[no-untyped-def]
    file = write(tmp_path / "1234567890_40702810000000000001_001_0126.txt", homes())
    with pytest.raises(NeedsAnswerError, match="За какой расчётный период") as asked:
        import_billing(file)
    assert [question.code for question in asked.value.questions] == ["period"]
    if write is not writers.gorod:  # the name says the month of payment: the one before is proposed
        assert asked.value.questions[0].proposal == "2025-12"
    assert stored() == ({}, {})


def test_a_layout_that_nobody_knows_is_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    rows = "".join(f"x{n};да;{n};нет;{n}.5\n" for n in range(20))
    (tmp_path / "a.csv").write_text("A1;B2;C3;D4;E5\n" + rows)
    with pytest.raises(UnknownLayoutError) as asked:
        import_billing(tmp_path / "a.csv")
    shown = asked.value.preview
    assert shown.titles == ("1", "2", "3", "4", "5")
    assert shown.rows[1] == ("x0", "да", "0", "нет", "0.5")


@pytest.mark.parametrize(
    "head", [b"\x09\0\4\0\2\0", b"\x09\2\6\0\0\0", b"\x09\4\6\0\0\0", b"\x09\x08\x08\0\0\5"]
)
def test_books_older_than_excel_97_are_named(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "a.xls").write_bytes(head + b"\x10\0" + "Лицевой счёт".encode("cp1251") + bytes(500))
    with pytest.raises(UnreadableFileError, match="до 1997 года"):
        recognise(Source(tmp_path / "a.xls"))
