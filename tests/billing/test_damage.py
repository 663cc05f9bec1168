"""Damaged files: every line is accounted for, and nothing of one account ever reaches another.

That these tests notice it is tried, too (`test_readers_broken_on_purpose_are_noticed`), with six copies of
the reader, each broken in a way of its own (`broken_readers.py`). Files used to be compared with their
accounts by number, which noticed two of them; what notices each since:

- a quote that swallows rows: of each character it is known from what row it is;
- the sum of the row above: some rows have no sum, and must be rejected;
- a short row filled from the right: a layout has three sums side by side;
- a cell cut at a NUL: a line with a NUL in it must not be accepted, whatever is left of it;
- a shifted column: all texts and sums are compared, where only the address and one sum were;
- the last of repeated rows wins: files go into a database, where no rows that contradict one another may be.

Besides, what nothing has happened to, to its neighbours neither, must not be lost.
"""

from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.batches import AMOUNTS, TEXTS, Reject
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.readers.delimited import DelimitedReader
from cabinet.billing.source import Source
from cabinet.billing.tally import Tally
from cabinet.models import Account, Charge
from cabinet.models.database import db
from tests.billing.broken_readers import BROKEN, Break
from tests.billing.damaged import Damaged, Found, rows_of


class Everything(frozenset[str]):
    """All warnings are accepted."""

    def __contains__(self, _code: object) -> bool:
        return True


ACCEPTING = Answers(accept=Everything())


def write(path: Path, file: Damaged) -> Path:
    """Store a file in some encoding, with line ends of some kind."""
    text = file.text.replace("\n", file.chance.choice(("\n", "\r\n")))
    path.write_bytes(text.encode(file.chance.choice(("utf-8", "utf-8-sig", "cp1251", "koi8-r"))))
    return path


def read(path: Path) -> tuple[Tally, list[Found], list[Reject]]:
    """What the reader makes of a file: its tally, the rows that it takes, those that it does not."""
    rejects: list[Reject] = []
    reader = DelimitedReader(Source(path, reject=rejects.append))
    rows = [row for batch in reader for row in rows_of(batch)]
    return reader.tally, rows, rejects


def check(path: Path, file: Damaged) -> bool:
    """Read a file and compare with what is known of it; False if it was refused as a whole."""
    try:
        tally, rows, rejects = read(write(path, file))
    except UnreadableFileError:
        return False
    assert tally.complete and tally.lines == len(list(file.lines())), (file.seed, tally)
    assert (tally.accepted, tally.rejected) == (len(rows), len(rejects)), file.seed
    file.judge(rows, [reject.line for reject in rejects])
    return True


def check_stored(path: Path, seed: int) -> None:
    """Import a file into an empty database and compare with what the reader takes of it."""
    file = Damaged(seed).damage()
    try:
        _tally, rows, _rejects = read(write(path, file))
        with db.atomic():
            Charge.delete().execute()
            Account.delete().execute()
        report = import_billing(path, max_rejects=100, answers=ACCEPTING)
    except UnreadableFileError:
        return
    said: dict[str, set[tuple[str | int | None, ...]]] = {}
    for _line, texts, sums in rows:
        whole = *(texts[name] for name in TEXTS), *(amount and int(amount) for amount in sums.values())
        said.setdefault(texts["number"], set()).add(whole)
    stored = {
        account.number: tuple(
            getattr(account, name).replace("\r\n", "\n") if name in TEXTS else getattr(charge, name)
            for name in (*TEXTS, *AMOUNTS)
        )
        for account in Account.select()
        for charge in Charge.select().where(Charge.account == account.number)
    }
    assert stored == {number: one.pop() for number, one in said.items() if len(one) == 1}, seed
    assert report.tally.complete and not report.refused, seed


class _Moment:
    def date(self) -> date:
        return date(2026, 11, 25)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cabinet.billing.rows.now", _Moment)


@pytest.mark.sample(2)
@pytest.mark.parametrize("first", range(0, 400, 100))
def test_nothing_of_one_account_reaches_another(tmp_path: Path, first: int) -> None:
    read_whole = [check(tmp_path / "b.csv", Damaged(seed).damage()) for seed in range(first, first + 100)]
    assert sum(read_whole) > 80


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1000, 11_000, 500))
def test_ten_thousand_damaged_files(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 500):
        check(tmp_path / "b.csv", Damaged(seed).damage())


@pytest.mark.sample(2)
@pytest.mark.parametrize("first", range(0, 40, 20))
def test_what_is_stored_is_what_was_read(database: peewee.Database, tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 20):
        check_stored(tmp_path / "b.csv", seed)


def test_undamaged_files_come_in_whole(tmp_path: Path) -> None:
    for seed in range(60):
        file = Damaged(seed)
        tally, rows, rejects = read(write(tmp_path / "b.csv", file))
        file.judge(rows, [reject.line for reject in rejects])
        assert (len(rows), tally.rejected) == (
            sum(not row.hurt for row in file.rows), sum(bool(row.hurt) for row in file.rows)
        ), seed  # fmt: skip


@pytest.mark.sample(3)
@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_readers_broken_on_purpose_are_noticed(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: Break
) -> None:
    broken(monkeypatch)
    with pytest.raises(AssertionError):
        for seed in range(100):
            check(tmp_path / "b.csv", Damaged(seed).damage())
        for seed in range(20):
            check_stored(tmp_path / "b.csv", seed)
