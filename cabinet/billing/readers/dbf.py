"""Reads dBASE, FoxPro and Clipper tables: fixed-width records after a header that describes their fields."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from cabinet.billing import letter_pairs, mapping, russian
from cabinet.billing.alien import LOST as LOST_LETTER
from cabinet.billing.answers import Answers
from cabinet.billing.batches import Batch
from cabinet.billing.columns import Columns, understand
from cabinet.billing.encodings import TWICE, one_of
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.readers import suppliers
from cabinet.billing.readers.header import Header
from cabinet.billing.readers.tables import layout_of
from cabinet.billing.rows import Judge
from cabinet.billing.source import Source
from cabinet.billing.tally import Tally

DAMAGED = "Таблица DBF повреждена: её описание не читается. Выгрузите файл ещё раз."
CUT_OFF = (
    "Таблица DBF обрезана: в ней записей {held}, а обещано {promised}. Файл загрузился не целиком, загрузите "
    "его ещё раз."
)
LOST = "запись обрезана: файл загрузился не целиком"
ELSEWHERE = (
    "Тексты столбца «{title}» лежат не в самой таблице DBF, а рядом с ней, в файле с окончанием FPT или "
    "DBT, а такие файлы мы не читаем. Откройте таблицу в LibreOffice, сохраните как XLSX и загрузите снова."
)
OVERFLOW = "число не поместилось в поле DBF: вместо него звёздочки"
RECORDS = 500  # read at a time
SAMPLE = 200  # records whose letters tell the encoding; the header's byte for it is often wrong
SMALLEST = 2000  # records read for that, as the first ones may hold few letters
LANGUAGES = {0x26: "cp866", 0x65: "cp866", 0xC9: "cp1251"}
BINARY = {b"I": "<i", b"B": "<d", b"Y": "<q", b"T": "<ii"}
JULIAN = 1_721_425  # the number of days before the first one of Python
MEMO = b"MGPW"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the records: its name as bytes, type, and width."""

    name: bytes
    kind: bytes
    width: int


class DbfReader:
    """Reads the records of a DBF file; see base.Reader. Deleted records are not rows of accounts."""

    def __init__(self, source: Source) -> None:
        path, answers = source.path, source.answers
        self.path, self.progress = path, source.progress
        with path.open("rb") as file:
            self.fields, self.start, self.width = _described(file, path.stat().st_size)
            file.seek(0)
            description = file.read(32)
            self.promised, self.language = _promised(description), description[29]
            file.seek(self.start)
            sample = file.read(self.width * SMALLEST)
        self.cut = struct.Struct("<c" + "".join(f"{field.width}s" for field in self.fields))
        self.encoding = self._encoding(sample, answers.chosen.get("encoding", ""))
        titles, columns = self._titled(answers)
        head = self._head(sample)
        mapping.require_titles(columns, titles, head)
        self.layout = layout_of(
            "таблица DBF", self.encoding, Header("", titles, columns), answers, head, iter(head)
        )
        mapping.require(self.layout, answers, head)
        if self.layout.has("supplier"):
            places = [self.layout.columns.index(name) for name in ("account", "supplier")]
            pairs = ((row[places[0]], row[places[1]]) for row in head)
            self.layout = suppliers.settled(self.layout, pairs, answers)
        self.tally = Tally()
        self.judge = Judge(self.layout, self.tally, source)

    def _encoding(self, sample: bytes, chosen: str) -> str:
        """cp866, cp1251 or another, judged by the letters; the header's language byte is often wrong.

        The last letter of a full field may be cut in two, if it is UTF-8. Raises UnreadableFileError.
        """
        records = [record for record in self._records(sample) if record[0] != b"*"]
        texts = [
            cell.replace(b"\0", b" ").strip()
            for record in records
            for field, cell in zip(self.fields, record[1:], strict=True)
            if field.kind == b"C"
        ]
        letters = b"\n".join(text for text in texts if not text.isascii())
        letters = letters or b"\n".join(field.name for field in self.fields)
        text = letters.decode("utf-8", "replace")
        utf8 = text.count(LOST_LETTER) * 5 < sum(map(russian.LETTERS.__contains__, text.lower()))
        told = LANGUAGES.get(self.language, "")
        encoding, certain = ("utf-8", True) if utf8 else letter_pairs.encoding(letters, told)
        if not certain:
            encoding = one_of(letters, chosen)
        if russian.is_garbled(letters.decode(encoding, "ignore")):
            raise UnreadableFileError(TWICE)
        return encoding

    def _titled(self, answers: Answers) -> tuple[tuple[str, ...], Columns]:
        """The names of the fields and what they mean; often another program wrote them than the records.

        Raises UnreadableFileError if the texts of one that is needed are not in the table.
        """
        encodings = dict.fromkeys((self.encoding, *letter_pairs.SINGLE))
        named = [tuple(field.name.decode(name, "replace") for field in self.fields) for name in encodings]
        found = [(titles, understand(titles, answers.columns)) for titles in dict.fromkeys(named)]
        titles, columns = max(found, key=lambda each: each[1].score)
        for field, title, name in zip(self.fields, titles, columns.names, strict=True):
            if name and field.kind in MEMO and field.width < 32:
                raise UnreadableFileError(ELSEWHERE.format(title=title))
        return titles, columns

    def _records(self, data: bytes) -> Iterator[tuple[bytes, ...]]:
        return self.cut.iter_unpack(data[: len(data) // self.width * self.width])

    def _head(self, sample: bytes) -> list[list[str]]:
        """The first records as text."""
        records = [record for record in self._records(sample) if record[0] != b"*"][:SAMPLE]
        return list(map(list, zip(*self._columns(records), strict=True))) if records else []

    def _columns(self, records: list[tuple[bytes, ...]]) -> list[list[str]]:
        cells = list(zip(*records, strict=True))[1:]
        return [self._texts(field, column) for field, column in zip(self.fields, cells, strict=True)]

    def _texts(self, field: Field, column: tuple[bytes, ...]) -> list[str]:
        """The cells of a field as text."""
        if field.kind in BINARY and field.width == struct.calcsize(BINARY[field.kind]):
            return [_number(field.kind, cell) for cell in column]
        if field.kind in MEMO and field.width < 32:  # a block number in the memo file
            return [""] * len(column)
        joined = b"\n".join(column)
        if b"\0" in joined:
            joined = joined.replace(b"\0", b" ")
        texts = joined.decode(self.encoding, "replace").split("\n")
        if len(texts) != len(column):
            texts = [cell.replace(b"\0", b" ").decode(self.encoding, "replace") for cell in column]
        return [" ".join(text.split()) if "\n" in text else text.strip() for text in texts]

    def __iter__(self) -> Iterator[Batch]:
        with self.path.open("rb") as file:
            file.seek(self.start)
            while data := file.read(self.width * RECORDS):
                yield from self._block(data)
                self.progress(file.tell())
        while self.tally.lines < self.promised:
            self.tally.lines += 1
            self.judge.refuse(self.tally.lines, "", LOST)

    def _block(self, data: bytes) -> Iterator[Batch]:
        """The rows of some records; the end mark is not a record, and a truncated record is lost."""
        first = self.tally.lines + 1
        records = list(self._records(data))
        rest = data[len(records) * self.width :]
        self.tally.lines += len(records)
        lines: list[int] | range = range(first, first + len(records))
        if any(record[0] == b"*" for record in records):
            kept = [line for line, record in zip(lines, records, strict=True) if record[0] != b"*"]
            records = [record for record in records if record[0] != b"*"]
            self.tally.other += len(lines) - len(kept)
            lines = kept
        if records:
            columns = self._columns(records)
            yield from self.judge.take(*self._without_overflow(columns, lines), damaged=True)
        if rest.strip(b"\x1a\0 \r\n"):
            self.tally.lines += 1
            self.judge.refuse(self.tally.lines, "", LOST)

    def _without_overflow(
        self, columns: list[list[str]], lines: list[int] | range
    ) -> tuple[list[list[str]], list[int] | range]:
        """The rows, less those with a number that did not fit into its field, in the columns taken."""
        places = [n for n, field in enumerate(self.fields) if self.layout.columns[n] and field.kind in b"NF"]
        bad = {
            row
            for place in places
            for row, cell in enumerate(columns[place])
            if cell[:1] == "*" and not cell.strip("*")
        }
        if not bad:
            return columns, lines
        for row in sorted(bad):
            self.judge.refuse(lines[row], columns[self.judge.account][row], OVERFLOW)
        good = [row for row in range(len(lines)) if row not in bad]
        return [[column[row] for row in good] for column in columns], [lines[row] for row in good]


def _described(file: BinaryIO, size: int) -> tuple[list[Field], int, int]:
    """The fields, the offset of the first record, and the record width. Raises UnreadableFileError."""
    head = file.read(32)
    start, width = struct.unpack_from("<HH", head, 8)
    entries = []
    while len(entry := file.read(32)) == 32 and entry[0] not in (0x0D, 0) and file.tell() <= start:
        entries.append(entry)
    fields = [_field(entry, 0) for entry in entries]
    if 1 + sum(field.width for field in fields) != width:
        fields = [_field(entry, entry[17] * 256) for entry in entries]  # Clipper has longer texts
    if not fields or 1 + sum(field.width for field in fields) != width or not all(f.width for f in fields):
        raise UnreadableFileError(DAMAGED)
    if start > size:
        raise UnreadableFileError(DAMAGED)
    promised, held = _promised(head), (size - start) // width
    if promised - held > max(held, RECORDS):
        raise UnreadableFileError(CUT_OFF.format(promised=promised, held=held))
    return fields, start, width


def _promised(head: bytes) -> int:
    """The number of records by the header."""
    return int.from_bytes(head[4:8], "little")


def _field(entry: bytes, more: int) -> Field:
    kind = entry[11:12]
    return Field(entry[:11].split(b"\0")[0].strip(), kind, entry[16] + (more if kind == b"C" else 0))


def _number(kind: bytes, cell: bytes) -> str:
    value = struct.unpack(BINARY[kind], cell)[0]
    if kind == b"T":
        known = 0 < value - JULIAN <= date.max.toordinal()
        return f"{date.fromordinal(value - JULIAN):%Y-%m-%d}" if known else ""
    return f"{value / 10000:.4f}" if kind == b"Y" else f"{value:.15g}"
