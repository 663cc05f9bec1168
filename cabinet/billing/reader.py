"""Reads the CSV files that billing systems export: the usual encodings, delimiters, decimals, column names.

A file is read in blocks of whole lines, and a block is judged by columns: what nearly all files hold costs a
few operations over a whole column. Only a block in which something is wrong is halved until the wrong row is
alone and can be named. Rows that cannot be taken are `Reject`s; nothing but the file as a whole raises.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress
from pathlib import Path
from typing import BinaryIO

from cabinet import fields

BLOCK = 1 << 15  # bytes
LONGEST_FIELD = 10_000  # characters
LONGEST_LINE = 1 << 20  # bytes
DELIMITERS = ";,\t"
LOST = "\ufffd"  # stands where bytes were no character

TEXTS = ("els", "zhku_id", "address", "last_name", "first_name", "middle_name", "fias_house_guid", "premises")
AMOUNTS = ("amount_due", "amount_charged", "amount_paid")
COLUMNS = (
    "account", "els", "zhku_id", "period", "amount_charged", "amount_due", "amount_paid",
    "last_name", "first_name", "middle_name", "address", "fias_house_guid", "premises",
)  # fmt: skip
REQUIRED = ("account", "period", "address")
SYNONYMS = {
    "account": (
        "лицевой счёт", "лицевой счет", "номер лс", "лс", "л/с", "№ лс", "номер лицевого счета",
        "номер лицевого счёта", "иной идентификатор потребителя",
    ),
    "els": ("елс", "номер елс", "единый лицевой счёт", "единый лицевой счет", "номер елс в гис жкх"),
    "zhku_id": ("идентификатор жку", "жку"),
    "period": ("период", "расчётный период", "расчетный период", "месяц"),
    "amount_charged": ("начислено", "сумма начисления", "сумма к оплате за расчетный период",
                       "сумма к оплате за расчётный период"),
    "amount_due": ("к оплате", "сумма к оплате", "итого к оплате", "сумма", "итого к оплате с учетом "
                   "задолженности/переплаты"),
    "amount_paid": ("оплачено", "сумма оплаты"),
    "last_name": ("фамилия",),
    "first_name": ("имя",),
    "middle_name": ("отчество", "отчество (при наличии)"),
    "address": ("адрес", "адрес помещения", "адрес ожф"),
    "fias_house_guid": ("фиас", "guid дома", "guid дома по фиас"),
    "premises": ("помещение", "номер помещения", "квартира"),
}  # fmt: skip
NAMES = {name: name for name in COLUMNS} | {s: name for name, all_ in SYNONYMS.items() for s in all_}
WIDTHS = {"printed": 64, "els": 32, "zhku_id": 32, "address": 500, "last_name": 120, "first_name": 120,
          "middle_name": 120, "fias_house_guid": 36, "premises": 64}  # fmt: skip
PLAIN_MONEY = re.compile(r"-?[0-9]{1,10}(?:[.,][0-9]{1,2}0*)?")
ROUBLES_AND_KOPECKS = re.compile(r"(?:-?[0-9]{1,10}[.,][0-9]{2};)*")  # a column of them
SPELLINGS = 1000  # ways of writing periods that are remembered

BAD_COLUMNS = "в строке не столько полей, сколько в заголовке"
BAD_ACCOUNT = "номер лицевого счёта не разобран"
BAD_PERIOD = "период не разобран"
BAD_AMOUNT = "сумма не разобрана"
NO_ADDRESS = "нет адреса"
NO_AMOUNT = "нет ни суммы к оплате, ни начисления"
TOO_LONG = "слишком длинное поле"
BAD_CHARACTER = "в строке испорченный символ"
BAD_QUOTES = "слишком длинное поле или незакрытая кавычка"


class UnreadableFileError(ValueError):
    """The file as a whole cannot be an export of billing; the text says why."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: its first line in the file, the account if it looks like one, the reason."""

    line: int
    account: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one period, in columns.

    `numbers` are the keys of the accounts, `texts` the columns of TEXTS, `amounts` those of AMOUNTS: kopecks
    in decimal digits, None where empty.
    """

    period: date
    numbers: Sequence[str]
    printed: Sequence[str]
    texts: list[Sequence[str]]
    amounts: list[Sequence[str | None]]


@dataclass(frozen=True)
class Source:
    """A file whose shape is known.

    `columns` names each column of the file, None for those not needed; the rows begin at byte `start`, after
    `lines` lines.
    """

    path: Path
    encoding: str
    delimiter: str
    columns: tuple[str | None, ...]
    start: int
    lines: int

    def place(self, name: str) -> int | None:
        """Where a column stands in the file; None if it lacks it."""
        return self.columns.index(name) if name in self.columns else None

    def has(self, name: str) -> bool:
        """Whether the file has the column."""
        return name in self.columns


def examine(path: Path) -> Source:
    """Find out encoding, delimiter and columns; reads the file once. Raises UnreadableFileError, OSError."""
    encoding = encoding_of(path)
    with path.open("rb") as file:
        head = next(_blocks(file), b"")
    start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    header, lines = "", 0
    for line in io.StringIO(head[start:].decode(encoding, "replace"), newline=""):
        header, lines, start = line, lines + 1, start + len(line.encode(encoding, "replace"))
        if line.strip():
            break
    delimiter = max(DELIMITERS, key=header.count)
    columns: list[str | None] = []
    for title in _header(header, delimiter):
        name = NAMES.get(" ".join(title.strip().lower().split()))
        columns.append(name if name not in columns else None)
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise UnreadableFileError(f"В заголовке нет колонок: {', '.join(missing)}")
    if "amount_due" not in columns and "amount_charged" not in columns:
        raise UnreadableFileError("В заголовке нет колонки amount_due или amount_charged")
    return Source(path, encoding, delimiter, tuple(columns), start, lines)


def _header(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def encoding_of(path: Path) -> str:
    """ "utf-8" or "cp1251". Reads the file once, in blocks; raises UnreadableFileError for an endless line.

    UTF-8 of which a few bytes are damaged is still UTF-8: as cp1251 every name in it would become nonsense.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, good = "", 0
    with path.open("rb") as file:
        for block in _blocks(file):
            if encoding or (block.isascii() and not decoder.getstate()[0]):
                continue
            if not good and block.startswith(codecs.BOM_UTF8):
                encoding = "utf-8"
                continue
            try:
                text = decoder.decode(block)
                good += 0 if good else len(text) - _ascii(text)
            except UnicodeDecodeError as error:
                text = error.object.decode("utf-8", "replace")
                lost = text.count(LOST)
                good += len(text) - _ascii(text) - lost
                encoding = "utf-8" if good > lost else "cp1251"
    if not encoding and decoder.getstate()[0]:  # the file ends in the middle of a character
        encoding = "utf-8" if good else "cp1251"
    return encoding or "utf-8"


def _ascii(text: str) -> int:
    """How many characters are ASCII."""
    return len(text.encode("ascii", "ignore"))


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """The rest of the file in blocks of whole lines. Raises UnreadableFileError for an endless line."""
    rest = b""
    while chunk := file.read(BLOCK):
        chunk = rest + chunk
        cut = chunk.rfind(b"\n") + 1 or chunk.rfind(b"\r", 0, -1) + 1
        if not cut and len(chunk) > LONGEST_LINE:
            raise UnreadableFileError("Это не таблица: в файле слишком длинная строка")
        if cut:
            yield chunk[:cut]
        rest = chunk[cut:]
    if rest:
        yield rest


class Reader:
    """Reads the rows of a source; iterating gives batches.

    `progress` gets bytes read so far, `reject` the rows that cannot be taken.
    """

    def __init__(
        self, source: Source, progress: Callable[[int], None], reject: Callable[[Reject], None]
    ) -> None:
        self.source, self.progress, self.reject = source, progress, reject
        self.width = len(source.columns)
        self.account, self.period = source.place("account") or 0, source.place("period") or 0
        self.texts = [source.place(name) for name in TEXTS]
        self.amounts = [source.place(name) for name in AMOUNTS]
        self.unneeded = [place for place, name in enumerate(source.columns) if name is None]
        self.needed = max(place for place, name in enumerate(source.columns) if name) + 1
        self.padding = [""] * self.width
        d = source.delimiter
        self.edges = (f" {d}", f"{d} ", " \n", "\n ")
        self.line = source.lines  # lines read so far
        self.periods: dict[str, date] = {}

    def __iter__(self) -> Iterator[Batch]:
        csv.field_size_limit(LONGEST_FIELD)
        with self.source.path.open("rb") as file:
            file.seek(self.source.start)
            blocks = (block.decode(self.source.encoding, "replace") for block in _blocks(file))
            for block in blocks:
                columns = self._split(block)
                if columns:
                    count = len(columns[0])
                    yield from self._take(columns, range(self.line + 1, self.line + 1 + count), False)
                    self.line += count
                else:
                    yield from self._parse(block, blocks)
                self.progress(file.tell())

    def _split(self, block: str) -> list[list[str]] | None:
        """The columns of a block that needs no parser: no quotes, no odd spaces, all rows complete."""
        if '"' in block or LOST in block:
            return None
        if "\r" in block:
            block = block.replace("\r\n", "\n")
        block = block.removesuffix("\n")
        bare = block.replace("\n", "")
        if self.source.delimiter == "\t":
            bare = bare.replace("\t", "")
        if not bare.isprintable() or any(
            edge in block for edge in self.edges
        ):  # no other spaces than inner ones
            return None
        if not block or block[0] == " " or block[-1] == " ":
            return None
        d, stride = self.source.delimiter, self.width + 1
        cells = block.replace("\n", f"{d}\n{d}").split(d)
        ends = cells[self.width :: stride]
        if (
            len(cells) % stride != self.width
            or ends.count("\n") != len(ends)
            or len(ends) != block.count("\n")
        ):
            return None
        columns = [cells[place::stride] for place in range(self.width)]
        if any(max(map(len, columns[place])) > LONGEST_FIELD for place in self.unneeded):
            return None
        return columns

    def _parse(self, block: str, blocks: Iterator[str]) -> Iterator[Batch]:
        """The rows of a block by a real parser; a quoted field may go on into the next block."""
        lines = _Lines(block, blocks)
        reader = csv.reader(lines, delimiter=self.source.delimiter)
        records: list[list[str]] = []
        numbers: list[int] = []
        while lines.left():
            line = self.line + reader.line_num + 1
            try:
                cells = [cell.strip() for cell in next(reader)]
            except csv.Error:
                self.reject(Reject(line, "", BAD_QUOTES))
                continue
            except StopIteration:
                break
            if self.needed <= len(cells) and not any(cells[self.width :]):
                cells = [*cells, *self.padding][: self.width]
                records.append(cells)
                numbers.append(line)
            elif any(cells):
                account = cells[self.account] if self.account < len(cells) else ""
                self.reject(Reject(line, _shown(account), BAD_COLUMNS))
        self.line += reader.line_num
        if records:
            yield from self._take(list(map(list, zip(*records, strict=True))), numbers, lines.broken)

    def _take(self, columns: list[list[str]], lines: Sequence[int], broken: bool) -> Iterator[Batch]:
        """Judge rows, stripped of outer spaces; halve them until what is wrong is alone.

        `broken`: there may be characters that are none.
        """
        batches = None if broken and any(map(_broken, map("".join, columns))) else self._judge(columns)
        if batches is not None:
            yield from batches
        elif len(lines) == 1:
            cells = [column[0] for column in columns]
            if any(cells):
                self.reject(Reject(lines[0], _shown(cells[self.account]), self._reason(cells)))
        else:
            half = len(lines) // 2
            yield from self._take([column[:half] for column in columns], lines[:half], broken)
            yield from self._take([column[half:] for column in columns], lines[half:], broken)

    def _judge(self, columns: list[list[str]]) -> list[Batch] | None:
        """The rows as batches, None if any of them is wrong."""
        printed = columns[self.account]
        nothing = [""] * len(printed)
        try:
            numbers = _numbers(printed)
            periods = [self._period(text) for text in set(columns[self.period])]
            amounts = [
                _column_of_kopecks(nothing if place is None else columns[place]) for place in self.amounts
            ]
        except fields.FieldError:
            return None
        texts = [nothing if place is None else columns[place] for place in self.texts]
        if "" in texts[TEXTS.index("address")]:
            return None
        if None in amounts[0] and any(d is None and c is None for d, c in zip(*amounts[:2], strict=True)):
            return None
        for column, width in zip((printed, *texts), WIDTHS.values(), strict=True):
            if column is not nothing and max(map(len, column)) > width:
                return None
        found = set(periods)
        if len(found) == 1:
            return [Batch(periods[0], numbers, printed, [*texts], [*amounts])]
        spelled = {text: self._period(text) for text in set(columns[self.period])}
        return [
            Batch(
                period,
                list(compress(numbers, mask)),
                list(compress(printed, mask)),
                [list(compress(column, mask)) for column in texts],
                [list(compress(column, mask)) for column in amounts],
            )
            for period in sorted(found)
            for mask in ([spelled[text] == period for text in columns[self.period]],)
        ]

    def _period(self, text: str) -> date:
        """The period, remembered. Raises FieldError."""
        known = self.periods.get(text)
        if known is None:
            if len(self.periods) >= SPELLINGS:
                self.periods.clear()
            known = self.periods[text] = fields.period(text)
        return known

    def _reason(self, cells: list[str]) -> str:
        """Why a single row is not taken."""
        texts = {
            name: cells[place] for name, place in zip(TEXTS, self.texts, strict=True) if place is not None
        }
        texts["printed"] = cells[self.account]
        if any(map(_broken, cells)):
            return BAD_CHARACTER
        if any(len(text) > WIDTHS[name] for name, text in texts.items()):
            return TOO_LONG
        for parse, place, reason in (
            (fields.account_number, self.account, BAD_ACCOUNT),
            (fields.period, self.period, BAD_PERIOD),
            *((kopecks, place, BAD_AMOUNT) for place in self.amounts),
        ):
            try:
                if place is not None:
                    parse(cells[place])
            except fields.FieldError:
                return reason
        return NO_AMOUNT if texts["address"] else NO_ADDRESS


class _Lines:
    """Lines of a block, and of those after it if the reader asks for more."""

    def __init__(self, block: str, blocks: Iterator[str]) -> None:
        self.blocks = blocks
        self.broken = False
        self._open(block)

    def _open(self, block: str) -> None:
        self.broken = self.broken or _broken(block)
        self.lines = list(io.StringIO(block, newline=""))
        self.next = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if not self.left():
            self._open(next(self.blocks))
        self.next += 1
        return self.lines[self.next - 1]

    def left(self) -> bool:
        """Whether the present block has more lines."""
        return self.next < len(self.lines)


def _broken(text: str) -> bool:
    return "\0" in text or LOST in text


def _shown(account: str) -> str:
    """An account as a report may show it; nothing where it may be a name or an address out of its column."""
    digits = sum(map(str.isdigit, account))
    return account if len(account) <= 40 and digits * 2 >= len(account) else ""


def _numbers(printed: list[str]) -> list[str]:
    """The keys of a column of account numbers. Raises FieldError if one of them is none."""
    joined = "\n".join(printed)
    digits = joined.replace("\n", "")
    if "" in printed or not (digits.isascii() and digits.isdigit()) or max(map(len, printed)) > 32:
        return list(map(fields.account_number, printed))
    if joined[0] != "0" and "\n0" not in joined:
        return printed
    return list(map(fields.account_key, printed))


def _column_of_kopecks(column: list[str]) -> list[str | None]:
    """The amounts of a column, in digits. Raises FieldError if one of them is none."""
    if not any(column):
        return [None] * len(column)
    joined = ";".join(column) + ";"
    if ROUBLES_AND_KOPECKS.fullmatch(joined):
        return joined[:-1].replace(".", "").replace(",", "").split(";")  # type: ignore[return-value]
    return [None if amount is None else str(amount) for amount in map(kopecks, column)]


def kopecks(text: str) -> int | None:
    """An amount of an export in kopecks; None for an empty cell. Raises FieldError.

    Unlike what people type, an export's `1234.500` is a decimal: a separator before the last digits is never
    one of thousands.
    """
    text = text.strip()
    if not text:
        return None
    if PLAIN_MONEY.fullmatch(text):
        whole, _, part = text.replace(",", ".").partition(".")
        value = abs(int(whole)) * 100 + int((part + "00")[:2])
        return -value if text[0] == "-" else value
    if re.fullmatch(r"[-−]?[0-9]+[.,][0-9]{3,}", text):
        raise fields.FieldError("not_money")
    return fields.money(text, signed=True)
