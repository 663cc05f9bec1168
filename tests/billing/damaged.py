"""Damaged billing files, of which it is known to which row each character belonged."""

import io
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cabinet.billing import homes
from cabinet.billing.batches import AMOUNTS, TEXTS, Batch

STREETS = ("Садовая", "8 Марта", "40 лет Октября", "1-я Парковая", "Героев-Панфиловцев", "Зелёная")
LAYOUTS = (
    ("account", "period", "address", "amount_due"),
    ("address", "account", "period", "amount_due"),
    ("account", "period", "amount_due", "address"),
    ("note", "account", "address", "period", "amount_due", "note2"),
    ("account", "period", "address", "amount_due", "note", "note2"),
    ("amount_due", "period", "account", "last_name", "address", "premises"),
    ("account", "period", "address", "amount_charged", "amount_due", "amount_paid"),
    ("account", "last_name", "first_name", "period", "amount_due", "address"),
)
CONTENT = {"quote", "drop quote", "mark"}  # faults that take no letter and no digit away
PADDING = re.compile(r"\x1a[\x1a\0]*$")
Found = tuple[int, dict[str, str], dict[str, str | None]]  # line, texts and sums of an accepted row


@dataclass
class Row:
    """A row before the damage: what is to be stored of it; `hurt` are the kinds of its faults."""

    number: str
    cells: dict[str, str]
    hurt: set[str] = field(default_factory=set)

    @property
    def texts(self) -> dict[str, str]:
        """The texts of its account."""
        address, flat = self.cells["address"], self.cells.get("premises", "")
        return {name: self.cells.get(name, "") for name in TEXTS} | {
            "address": homes.with_flats([address], [flat])[0]
        }

    def sum(self, name: str) -> str | None:
        """One of its sums in kopecks."""
        return re.sub(r"\D", "", self.cells.get(name, "")) or None


class Damaged:
    """A file with a few faults, made by chance; faults of one file never take one another back elsewhere."""

    def __init__(self, seed: int) -> None:
        self.seed, self.chance = seed, random.Random(seed)
        self.columns, self.delimiter = self.chance.choice(LAYOUTS), self.chance.choice(";;;,\t|")
        self.always = self.chance.random() < 0.4
        self.rows: list[Row] = []
        self.letters, self.owners = [*self.delimiter.join(self.columns), "\n"], [-1] * 99
        del self.owners[len(self.letters) :]
        for n in range(self.chance.randrange(5, 40)):
            self._write(self._row(n))
            if self.chance.random() < 0.03:
                self._blank()
            if self.chance.random() < 0.03:
                self._again()

    def _row(self, n: int) -> Row:
        number = str(7012300000 + self.chance.randrange(10**6) * 40 + n)
        street, kopecks = self.chance.choice(STREETS), f"{'.' if self.delimiter == ',' else ','}{n % 100:02d}"
        address = self.chance.choice((
            f"г. Клин, ул. {street}, д. {n + 1}, кв. {number[-5:]}", f'СНТ "{street}", уч. {number[-6:]}',
            f"ул. {street}\nд. {number[-5:]}", f"{street}; {number[-6:]}",
        ))  # fmt: skip
        cells = dict.fromkeys(self.columns, "") | {
            "account": number, "period": "10.2026", "address": address, "amount_due": number[-6:] + kopecks,
            "amount_charged": f"1{number[-5:]}{kopecks}", "amount_paid": f"2{number[-5:]}{kopecks}",
            "last_name": f"И{number[-4:]}", "first_name": f"А{number[-4:]}", "premises": number[-3:],
            "note": self.chance.choice(("", "да")),
        }  # fmt: skip
        row = Row(number, {name: cells[name] for name in self.columns})
        if self.chance.random() < 0.03 and "premises" not in self.columns:  # blank ones there mean the above
            row.hurt.add("empty")
            row.cells |= dict.fromkeys({*AMOUNTS} & {*self.columns}, "")
        return row

    def _write(self, row: Row) -> None:
        """Append a row."""
        line = self.delimiter.join(map(self._quoted, map(row.cells.__getitem__, self.columns)))
        self.letters += [*line, "\n"]
        self.owners += [len(self.rows)] * (len(line) + 1)
        self.rows.append(row)

    def _quoted(self, cell: str) -> str:
        if self.always or any(mark in cell for mark in (self.delimiter, '"', "\n")):
            return '"' + cell.replace('"', '""') + '"'
        return cell

    def _blank(self) -> None:
        line = self.chance.choice(("", self.delimiter * (len(self.columns) - 1)))
        self.letters += [*line, "\n"]
        self.owners += [-1] * (len(line) + 1)

    def _again(self) -> None:
        """Repeat a row, as it is or with another sum or address."""
        row = self.chance.choice(self.rows)
        changed: dict[str, str] = self.chance.choice(
            ({}, {"amount_due": "77" + row.cells["amount_due"][2:]}, {"address": "пос. Дальний, д. 999"})
            if row.cells["amount_due"]
            else ({},)
        )
        self._write(Row(row.number, row.cells | changed, row.hurt & {"empty"}))

    def damage(self) -> "Damaged":
        """Add up to eight faults that tear, join or shift rows; digits stay as they are."""
        breaks, delimiters = (
            self.chance.choice(pair) for pair in (("break", "drop break"), ("delimiter", "drop"))
        )
        cut = "cut" if breaks == "break" else "nul"
        kinds = ["drop quote", "quote", "nul", "mark", cut, breaks, delimiters]
        for _ in range(self.chance.randrange(1, 9)):
            self._damage(self.chance.choice(kinds))
        return self

    def _damage(self, kind: str) -> None:
        text = "".join(self.letters)
        place = self.chance.randrange(text.index("\n") + 1, len(text))
        marks = {"drop quote": '"', "drop": self.delimiter, "drop break": "\n", "cut": self.delimiter}
        if kind in marks:
            place = text.find(marks[kind], place)
            end = text.find("\n", place) if kind == "cut" else place + 1
            if place >= 0 and end >= 0:
                self._mark(self.owners[place : end + (kind == "drop break")], kind)
                del self.letters[place:end], self.owners[place:end]
            return
        added = {"quote": '"', "break": "\n", "nul": "\0", "mark": "\x1a", "delimiter": self.delimiter}[kind]
        self._mark(self.owners[place : place + 1], kind)
        self.letters.insert(place, added)
        self.owners.insert(place, self.owners[place])

    def _mark(self, owners: Sequence[int], kind: str) -> None:
        for owner in {*owners} - {-1}:
            self.rows[owner].hurt.add(kind)

    @property
    def text(self) -> str:
        """What the file holds."""
        return "".join(self.letters)

    def lines(self) -> Iterator[tuple[str, set[int]]]:
        """The lines, and the places of the rows to which their characters belonged."""
        place = 0
        for line in io.StringIO(self.text, newline=""):
            yield line, {*self.owners[place : place + len(line)]} - {-1}
            place += len(line)

    def judge(self, found: Sequence[Found], rejected: Sequence[int]) -> None:
        """Fails if an accepted row has anything of another, or what nothing has happened to was lost."""
        lines = list(self.lines())
        kept: set[int] = set()
        for line, texts, sums in found:
            text, owners = lines[line - 1]
            kept |= self._judge_row(text, owners, texts, sums)
        hurt = {place for place, row in enumerate(self.rows) if row.hurt}
        near = {place + step for place in hurt for step in (-1, 0, 1)}
        lost = {*range(len(self.rows))} - kept - near
        assert not lost, (self.seed, "lost", [self.rows[place].number for place in lost])
        for line in rejected:
            assert not lines[line - 1][1] or lines[line - 1][1] & near, (self.seed, "rejected", line)

    def _judge_row(
        self, line: str, owners: set[int], texts: dict[str, str], sums: dict[str, str | None]
    ) -> set[int]:
        number = texts["number"]
        if any(self.rows[owner].number == number + "0" for owner in owners):
            return owners  # a delimiter before the last zero makes a decimal of it
        told = (self.seed, line, texts, sums)
        own = [row for owner in owners if (row := self.rows[owner]).number == number]
        assert own, (*told, "of no row of this line")
        assert "\0" not in PADDING.sub("", line.rstrip("\n")), (*told, "a character lost")
        wrong = [_wrong(row, texts, sums) for row in own]
        assert "" in wrong, (*told, wrong)
        return owners


def _wrong(row: Row, texts: dict[str, str], sums: dict[str, str | None]) -> str:
    """Which of the texts and sums can not be of the row; "" for none."""
    for name in AMOUNTS:
        if (sums[name] and int(sums[name] or 0)) != ((own := row.sum(name)) and int(own)):
            return name
    for name, own in row.texts.items():
        text = texts[name]
        shifted = {"cut", "delimiter"} <= row.hurt  # and as many cells as before: what is in them is its own
        left = iter("".join(row.cells.values()) if shifted else own)
        if not row.hurt - {"empty"}:
            same = text == own
        elif row.hurt - {"empty"} <= CONTENT:
            same = letters(text) == letters(own)
        else:
            same = all(letter in left for letter in letters(text))
        if not same:
            return name
    return ""


def letters(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(filter(str.isalnum, text))


def rows_of(batch: Batch) -> Iterator[Found]:
    """The rows of a batch."""
    for place, line in enumerate(batch.lines):
        texts = {
            name: column[place].replace("\r\n", "\n") for name, column in zip(TEXTS, batch.texts, strict=True)
        }
        sums = {name: column[place] for name, column in zip(AMOUNTS, batch.amounts, strict=True)}
        yield line, texts | {"number": batch.numbers[place]}, sums
