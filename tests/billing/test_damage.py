"""Damaged files: every line is accounted for, and nothing of one account ever reaches another."""

import io
import random
from datetime import date
from pathlib import Path

import pytest

from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.readers.delimited import DelimitedReader
from cabinet.billing.source import Source
from cabinet.billing.tally import Tally

STREETS = ("Садовая", "8 Марта", "40 лет Октября", "1-я Парковая", "Героев-Панфиловцев", "Зелёная")
ORDERS = (
    ("account", "period", "address", "amount_due"),
    ("address", "account", "period", "amount_due"),
    ("account", "period", "amount_due", "address"),
    ("note", "account", "address", "period", "amount_due", "note2"),
    ("account", "period", "address", "amount_due", "note", "note2"),
    ("amount_due", "period", "account", "last_name", "address", "premises"),
)
Truth = dict[str, tuple[str, str]]


def make(chance: random.Random) -> tuple[Truth, tuple[str, ...], list[str], str]:
    """A file of accounts: the truth about each, its columns, its lines, its delimiter."""
    columns, delimiter = chance.choice(ORDERS), chance.choice(";;;,\t|")
    always = chance.random() < 0.4
    truth: Truth = {}
    lines = [delimiter.join(columns)]
    for n in range(chance.randrange(5, 40)):
        number = str(7012300000 + chance.randrange(10**6) * 40 + n)
        street = chance.choice(STREETS)
        address = chance.choice((
            f"г. Клин, ул. {street}, д. {n + 1}, кв. {number[-5:]}", f'СНТ "{street}", уч. {number[-6:]}',
            f"ул. {street}\nд. {number[-5:]}", f"{street}; {number[-6:]}",
        ))  # fmt: skip
        amount = f"{number[-6:]},{n % 100:02d}" if delimiter != "," else f"{number[-6:]}.{n % 100:02d}"
        truth[number] = address + (f", кв. {number[-3:]}" if "premises" in columns else ""), amount
        cells = {"account": number, "period": "10.2026", "address": address, "amount_due": amount,
                 "last_name": "Иванова", "premises": number[-3:],
                 "note": chance.choice(("", "да"))}  # fmt: skip
        lines.append(delimiter.join(quoted(cells.get(name, ""), delimiter, always) for name in columns))
    return truth, columns, lines, delimiter


def quoted(cell: str, delimiter: str, always: bool) -> str:
    if always or any(mark in cell for mark in (delimiter, '"', "\n")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def kinds_of(chance: random.Random) -> list[str]:
    """The kinds of faults in one file; never two of which one could take the other back in another place."""
    breaks, delimiters = chance.choice(("break", "drop break")), chance.choice(("delimiter", "drop"))
    cut = "cut" if breaks == "break" else "nul"
    return ["drop quote", "quote", "nul", "mark", cut, breaks, delimiters]


def damage(text: str, chance: random.Random, delimiter: str, kinds: list[str]) -> str:
    """One fault that tears, joins or shifts rows; digits stay as they are."""
    place = chance.randrange(text.index("\n") + 1, len(text))
    kind = chance.choice(kinds)
    if kind in ("drop quote", "drop", "drop break"):
        sought = {"drop quote": '"', "drop": delimiter, "drop break": "\n"}[kind]
        found = text.find(sought, place)
        return text if found < 0 else text[:found] + text[found + 1 :]
    if kind == "cut":  # the rest of a line is lost, from a delimiter on
        found = text.find(delimiter, place)
        end = text.find("\n", found)
        return text if found < 0 or end < 0 else text[:found] + text[end:]
    added = {"quote": '"', "break": "\n", "nul": "\0", "mark": "\x1a", "delimiter": delimiter}[kind]
    return text[:place] + added + text[place:]


def read(path: Path) -> tuple[Tally, list[tuple[str, str, str | None]]]:
    """What a reader makes of a file: its tally, and account, address and kopecks of each row."""
    reader = DelimitedReader(Source(path))
    rows = [
        row for batch in reader for row in zip(batch.numbers, batch.texts[2], batch.amounts[0], strict=True)
    ]
    return reader.tally, rows


def check(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    truth, _columns, lines, delimiter = make(chance)
    text = "\n".join(lines) + "\n"
    kinds = kinds_of(chance)
    for _ in range(chance.randrange(1, 9)):
        text = damage(text, chance, delimiter, kinds)
    text = text.replace("\n", chance.choice(("\n", "\r\n")))
    path.write_bytes(text.encode(chance.choice(("utf-8", "utf-8-sig", "cp1251", "koi8-r"))))
    try:
        tally, rows = read(path)
    except UnreadableFileError:
        return
    assert tally.complete and tally.lines == len(list(io.StringIO(text, newline=""))), (seed, tally)
    assert tally.accepted == len(rows)
    for number, address, kopecks in rows:
        if number + "0" in truth:  # a delimiter before the last zero makes a decimal of it
            continue
        assert number in truth, (seed, number)
        own, amount = truth[number]
        assert int(kopecks or 0) == int(amount.replace(",", "").replace(".", "")), (seed, number, kopecks)
        assert made_of(own, address), (seed, number, address, own)


def made_of(own: str, address: str) -> bool:
    """Whether an address holds only letters and digits of the own one, in order; damage may lose some."""
    left = iter(own)
    return all(letter in left for letter in address if letter.isalnum())


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cabinet.billing.rows.now", lambda: date_of_the_tests)


class _Moment:
    def date(self) -> date:
        return date(2026, 11, 25)


date_of_the_tests = _Moment()


@pytest.mark.sample(2)
@pytest.mark.parametrize("first", range(0, 400, 100))
def test_nothing_of_one_account_reaches_another(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 100):
        check(tmp_path / "b.csv", seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1000, 11_000, 500))
def test_ten_thousand_damaged_files(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 500):
        check(tmp_path / "b.csv", seed)


def test_undamaged_files_come_in_whole(tmp_path: Path) -> None:
    for seed in range(200):
        truth, _columns, lines, _delimiter = make(random.Random(seed))
        (tmp_path / "b.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        tally, rows = read(tmp_path / "b.csv")
        assert len(rows) == len(truth) and not tally.rejected, seed
        assert all(truth[number][0].startswith(address) for number, address, _ in rows), seed
