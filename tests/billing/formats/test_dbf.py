"""DBF as old programs leave it."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.models import Account, Charge
from tests.billing.files import stored
from tests.billing.formats import writers
from tests.billing.formats.dbf_table import records
from tests.billing.formats.truth import PERIOD, homes, state

SAID = ("address", "last_name", "first_name", "middle_name", "amount_due", "amount_charged")


@pytest.mark.parametrize("language", [0, 0x26, 0x65, 0xC9, 0x03])
@pytest.mark.parametrize("encoding", ["cp866", "cp1251"])
def test_the_letters_tell_the_encoding(
    database: peewee.Database, tmp_path: Path, encoding: str, language: int
) -> None:
    truth = homes(8)
    report = import_billing(writers.dbf(tmp_path / "a.dbf", truth, encoding, language))
    assert report.layout.encoding == encoding
    assert stored() == state(truth, *SAID)


def test_deleted_records_padding_and_numbers_that_did_not_fit(
    database: peewee.Database, tmp_path: Path
) -> None:
    described = (("LS", "C", 12, 0), ("ADRES", "C", 30, 0), ("SUMMA", "N", 8, 2))
    rows = [
        ("1", "г. Клин, д. 1", "10.50"), ("2", "г. Клин, д. 2", "********"), ("3", "г. Клин, д. 3", "3.00"),
        ("4\0\0\0\0", "г. Клин, д. 4\0\0", "4.00\0\0\0\0"), ("5", "г. Клин, д. 5", "\0" * 8), ("", "", ""),
    ]  # fmt: skip
    file = records(tmp_path / "a.dbf", described, rows, deleted=lambda n: n == 2)
    report = import_billing(file, answers=Answers(period=PERIOD), max_rejects=90)
    assert {charge.account: charge.amount_due for charge in Charge.select()} == {"1": 1050, "4": 400}
    assert Account.get_by_id("4").address == "г. Клин, д. 4"
    assert [(reject.line, reject.account) for reject in report.rejects] == [(2, "2"), (5, "5")]
    assert "звёздочки" in report.rejects[0].reason
    assert (report.tally.other, report.tally.blank) == (1, 1) and report.tally.complete


def test_the_parts_of_address_and_month(database: peewee.Database, tmp_path: Path) -> None:
    described = (
        ("LCHET", "N", 12, 0), ("FIO", "C", 30, 0), ("NYLIC", "C", 20, 0), ("NDOM", "C", 5, 0),
        ("NKW", "C", 5, 0), ("GOD", "N", 4, 0), ("MES", "N", 2, 0), ("DOLG", "N", 10, 2),
    )  # fmt: skip
    rows = [("7012300001", "Иванова Анна", "Мира", "5/2", "7", str(PERIOD.year), str(PERIOD.month), "1.00")]
    import_billing(records(tmp_path / "a.dbf", described, rows))
    account = Account.get_by_id("7012300001")
    assert (account.address, account.last_name) == ("Мира, д. 5/2, кв. 7", "Иванова")
    assert Charge.get().period == PERIOD


def test_texts_longer_than_a_byte_says(database: peewee.Database, tmp_path: Path) -> None:
    described = (("LS", "C", 12, 0), ("ADRES", "C", 300 - 256, 1), ("SUMMA", "N", 8, 2))
    file = records(tmp_path / "a.dbf", described, [])
    address = "г. Клин, " + "очень " * 40 + "длинная улица, д. 1"
    record = b" " + b"1".ljust(12) + address.encode("cp866").ljust(300) + b"    1.00"
    data = bytearray(file.read_bytes()[:-1] + record + b"\x1a")
    data[10:12] = len(record).to_bytes(2, "little")
    file.write_bytes(data)
    import_billing(file, answers=Answers(period=PERIOD))
    assert Account.get().address == address


def test_a_record_cut_off_is_rejected(database: peewee.Database, tmp_path: Path) -> None:
    file = writers.dbf(tmp_path / "a.dbf", homes(30))
    file.write_bytes(file.read_bytes()[:-20])
    report = import_billing(file, max_rejects=10)
    assert [(reject.line, "обрезана" in reject.reason) for reject in report.rejects] == [(30, True)]
    assert report.accepted == 29 and report.tally.complete


def test_each_record_that_is_promised_and_missing_is_rejected(
    database: peewee.Database, tmp_path: Path
) -> None:
    file = writers.dbf(tmp_path / "a.dbf", homes(30))
    data = file.read_bytes()
    width = int.from_bytes(data[10:12], "little")
    file.write_bytes(data[: -2 * width - 1])
    report = import_billing(file, max_rejects=10)
    assert [(reject.line, "обрезана" in reject.reason) for reject in report.rejects] == [
        (29, True),
        (30, True),
    ]
    file.write_bytes(data[:4] + b"\xff\xff\xff\xff" + data[8:])
    with pytest.raises(UnreadableFileError, match="в ней записей 30, а обещано 4294967295"):
        import_billing(file)


def test_a_description_that_is_wrong_is_refused(database: peewee.Database, tmp_path: Path) -> None:
    file = writers.dbf(tmp_path / "a.dbf", homes(30))
    data = bytearray(file.read_bytes())
    data[10] += 1
    file.write_bytes(data)
    with pytest.raises(UnreadableFileError, match="DBF повреждена"):
        import_billing(file)
