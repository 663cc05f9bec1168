"""Any rows and any bytes: an import agrees with the rules written down a second time, or refuses."""

import io
from pathlib import Path
from unittest import mock

import peewee
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.billing import encodings, others
from cabinet.billing.batches import COLUMNS
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.nothings import NOTHINGS
from cabinet.billing.periods import lacks_year
from cabinet.models import Account, Charge
from cabinet.models.database import db
from tests.billing.files import changes, expected, stored, write
from tests.properties import examples


def empty() -> None:
    with db.atomic():
        Charge.delete().execute()
        Account.delete().execute()


def odd(*usual: str) -> st.SearchStrategy[str]:
    """Mostly what files hold, sometimes anything."""
    anything = st.text(
        st.characters(
            exclude_categories=["Cs", "Cc"], include_characters="\0\t\n", exclude_characters="\ufeff"
        ),
        max_size=8,
    ).filter(lambda text: text.strip() not in NOTHINGS)
    return st.one_of(*[st.sampled_from(usual)] * 4, anything)


def _words_or_nothing(text: str) -> bool:
    """Whether an address is judged by itself: a number in its place is judged by the lines around it."""
    return not text.strip() or any(map(str.isalpha, text))


def _stands_alone(row: dict[str, str]) -> bool:
    """Whether a row is judged by itself: it is no total, and does not ask for the house of the row above."""
    carried = row["premises"].strip() and not row["address"].strip()
    told = any(row[name].strip() for name in ("period", "address", "last_name", "premises"))
    written = [row[name].strip() for name in COLUMNS if name in row]
    return told and not carried and not others.is_total(written)


def _breaks(row: dict[str, str]) -> bool:
    return any("\n" in text for text in row.values())


BLOCKS = st.sampled_from([16, 100, 1 << 15])  # bytes read at once; rows and quotes go over their ends

rows_ = st.lists(
    st.fixed_dictionaries(
        {
            "account": odd(
                "1", "01", "1 ", " 2", "2", "А-3", "a3", "1O23", "№ 4", "9" * 32, "9" * 33, "0", ""
            ),
            "period": odd(
                "2026-10", "10.2026", "2026-09", " 2026-09", "Октябрь 2026", "2026-9", "26-10"
            ).filter(
                lambda text: not lacks_year(text.strip())  # asked about if all rows do
            ),
            "amount_due": odd("1.00", "1,00", "", "-1.00", "12", "1 2", "0.10", "1.234", "00012.50", "."),
            "amount_charged": odd("", "1.00", "2.5", "12345678901.00", "1,2,3", "1234567890.12"),
            "amount_paid": odd("", "0.00"),
            "address": odd(
                *("а", " а", "а ", "г. Клин, «ё»", 'a"b', "a\\b", "a\tb", "a\nb", "a;b", "", "\xa0")
            ).filter(_words_or_nothing),
            "last_name": odd("", "Иванова", " ", "я" * 121),
            "premises": odd("", "12", "12\u200b"),
        }
    ).filter(_stands_alone),
    max_size=12,
)


@pytest.mark.parametrize("number", [20, pytest.param(300, marks=pytest.mark.slow)])
def test_import_agrees_with_the_rules(database: peewee.Database, tmp_path: Path, number: int) -> None:
    """Whatever a row holds, it ends where the rules for single rows say; twice changes nothing; a dry run
    foretells exactly what happens."""

    @examples(number)
    @given(rows_, st.sampled_from(";,\t"), st.sampled_from(["utf-8", "utf-8-sig"]), BLOCKS)
    def agrees(rows: list[dict[str, str]], delimiter: str, encoding: str, block: int) -> None:
        empty()
        file = write(tmp_path / "b.csv", rows, delimiter=delimiter, encoding=encoding)
        import_agrees(file, rows, block)

    agrees()


def import_agrees(file: Path, rows: list[dict[str, str]], block: int) -> None:
    """Import these rows, a block of the file at a time, and compare with the rules."""
    rows = [each for each in rows if any(text.strip() for text in each.values())]
    state, rejected = expected(rows)

    foretold = import_billing(file, dry_run=True, max_rejects=100)
    assert stored() == ({}, {})
    with mock.patch.object(encodings, "BLOCK", block):
        report = import_billing(file, max_rejects=100)
    assert stored() == state
    assert report.accepted + report.repeated == len(rows) - rejected
    # a row that is lost anyway, with line breaks in its cells, may be told line by line
    assert report.rejected == rejected or (report.rejected > rejected and any(map(_breaks, rows)))
    assert foretold.periods == report.periods and foretold.rejects == report.rejects
    assert report.tally.complete and report.accepted == len(state[1])
    total = changes(report)
    assert (total["new_accounts"], total["new_charges"]) == (len(state[0]), len(state[1]))
    assert total["changed_charges"] == total["unchanged_charges"] == 0

    again = import_billing(file, max_rejects=100)
    assert stored() == state
    assert {name: n for name, n in changes(again).items() if n} == (
        {"unchanged_charges": len(state[1])} if state[1] else {}
    )


HEADERS = (
    b"account;period;amount_due;address\n",
    b"account,period,amount_due,address\n",
    ";".join(COLUMNS).encode() + b"\r\n",
)

pieces = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"1;2026-10;5;a\n",
            b'"',
            b"\0",
            b"\r",
            b"\n",
            b";;;;",
            b"\xff\xfe",
            "ё".encode(),
            b"1,2026-10,5,b\n",
        ]
    ),
)


@examples(60)
@given(
    st.sampled_from((b"", b"\xef\xbb\xbf")),
    st.sampled_from((b"", *HEADERS)),
    st.lists(pieces, max_size=12),
    BLOCKS,
)
def test_any_bytes(
    database: peewee.Database, tmp_path_factory: pytest.TempPathFactory, bom: bytes, header: bytes,
    body: list[bytes], block: int,
) -> None:  # fmt: skip
    """Rows or rejects, or a file refused as a whole; never another exception."""
    empty()
    file = tmp_path_factory.mktemp("billing") / "b.csv"
    file.write_bytes(bom + header + b"".join(body))
    try:
        with mock.patch.object(encodings, "BLOCK", block):
            report = import_billing(file, max_rejects=100)
    except UnreadableFileError:
        return
    assert Charge.select().count() == report.accepted - report.summed and report.tally.complete
    text = file.read_bytes().decode(report.layout.encoding, "replace").removeprefix("\ufeff")
    assert report.tally.lines == len(list(io.StringIO(text, newline="")))
    assert all(reject.line > 0 for reject in report.rejects)
