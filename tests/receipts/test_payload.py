"""What a receipt's code says, however the issuer wrote it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.receipts.payload import LONGEST, Slip, parse
from tests.properties import UNTIMED
from tests.receipts.paper import payload

OCTOBER = date(2026, 10, 1)
LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"


def read(data: bytes) -> Slip:
    slip = parse(data)
    assert slip is not None
    return slip


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "koi8-r"])
@pytest.mark.parametrize("digit", ["1", "2", "3", "9"])
@pytest.mark.parametrize("account", ["80РС558347", "80рс558347", "КОТЛЯКОВСКАЯ-7"])
def test_the_encoding_is_seen_whatever_the_header_says(encoding: str, digit: str, account: str) -> None:
    assert read(payload(account, encoding=encoding, digit=digit)) == Slip(
        account, (421867,), OCTOBER, "7700000000", "ООО УК Домопульт", ""
    )


@pytest.mark.parametrize(
    ("written", "month"),
    [
        *[
            (text, OCTOBER)
            for text in ("102026", "10.2026", "1026", "10.26", "10/26", "2026-10", "202610", "2610")
        ],
        *[
            (text, OCTOBER)
            for text in ("01.10.2026", "01102026", "20261001", "2026-10-01", "октябрь 2026 г.")
        ],
        ("0521", date(2021, 5, 1)),
        ("07.2023", date(2023, 7, 1)),
        ("", None),
        ("132026", None),
        ("осень", None),
    ],
)
def test_a_period_in_any_spelling(written: str, month: date | None) -> None:
    assert read(payload(period=written)).period == month


@pytest.mark.parametrize(
    ("written", "kopecks"),
    [
        ("421867", (421867,)),
        ("0", (0,)),
        ("-15030", (-15030,)),
        ("4218,67", (421867,)),
        ("4218.67", (421867,)),
        ("4 218,67", (421867,)),
        ("4218,6", (421860,)),
        ("381630.0", (381630, 38163000)),
        ("381629.99999", (381630,)),
        ("4218.00", (421800, 4218)),
        ("4218.6700", (421867,)),
        ("4218.671", ()),
        ("много", ()),
        ("9" * 16, ()),
        ("", ()),
    ],
)
def test_a_sum_in_kopecks_or_roubles(written: str, kopecks: tuple[int, ...]) -> None:
    assert read(payload(amount=written)).amounts == kopecks


def test_what_issuers_do_to_the_text() -> None:
    text = (
        "\ufeffst00012;persACC = 771 ;\r\nNAME=ООО 'Дом';FitstName=Анна;Fine=0;KPP=;"
        "Sum=1\r\n00;sum=200;paymperiod=10.2026;category=001;PayeeINN= 77 00;Payer\nAddress=ул. Лесная;?"
    )
    assert read(text.encode()) == Slip("771", (100,), OCTOBER, "7700", "ООО 'Дом'", "ул. Лесная")
    assert read(b"ST00012|Name=&quot;A&amp;B&quot;|PersAcc=1").payee == '"A&B"'
    assert read(b"ST00012\nPersAcc=5\nSum=1").account == "5"


@pytest.mark.parametrize(
    ("written", "account"),
    [
        ("PersAcc=7012345678|UIN=20МВ123456-07-1051", "7012345678"),
        ("UIN=20МВ123456-07-1051", "20МВ123456-07"),
        ("PersAcc=20МВ123456-07-1051", "20МВ123456-07"),
        ("PersAcc=|QuittId=20mb123456-07", "20mb123456-07"),
        ("DocIdx=20МВ123456", "20МВ123456"),
        ("UIN=0|DocIdx=1234567890|QuittId=20МВ12345607", "20МВ12345607"),
        ("UIN=18810123456789012345", ""),
    ],
)
def test_an_identifier_of_gis_stands_for_the_account(written: str, account: str) -> None:
    assert read(f"ST00012|Name=УК|{written}|Sum=1".encode()).account == account


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ST00012",
        b"ST00012|",
        b"https://qr.nspk.ru/AS10001",
        b"BCD\n002\n1",
        b"\xff\xfe",
        b"ST0002|Sum=1",
    ],
)
def test_other_codes_are_none_of_a_receipt_or_say_nothing(data: bytes) -> None:
    assert parse(data) in (None, Slip("", (), None, "", "", ""))


@UNTIMED
@given(st.binary(max_size=LONGEST + 10), st.booleans())
def test_any_bytes_are_read_or_not(data: bytes, with_head: bool) -> None:
    slip = parse(b"ST00012|" * with_head + data)
    assert slip is None or (len(slip.account) <= 64 and slip.account.isprintable())


@UNTIMED
@given(
    st.sampled_from(["cp1251", "utf-8", "koi8-r"]),
    st.sampled_from("123"),
    st.integers(0, 10**11),
    st.dates(date(2001, 1, 1), date(2099, 12, 31)),
    st.text("0123456789-/" + LETTERS.upper(), min_size=1, max_size=20).filter(lambda t: t.strip() == t),
)
def test_what_is_written_is_read(encoding: str, digit: str, amount: int, day: date, account: str) -> None:
    slip = read(payload(account, f"{day:%m%Y}", str(amount), encoding, digit))
    assert (slip.account, slip.amounts, slip.period) == (account, (amount,), day.replace(day=1))
