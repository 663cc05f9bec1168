"""Reads the CSV files that billing systems export: any of the usual encodings, delimiters, decimals and names
of columns. What cannot be read is a `Reject` with its line and reason; only the file as a whole raises.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cabinet import fields

CHUNK = 1 << 20  # bytes
LONGEST_FIELD = 10_000  # characters
PROGRESS_EVERY = 4096  # lines
DELIMITERS = ";,\t"

TEXTS = ("els", "zhku_id", "address", "last_name", "first_name", "middle_name", "fias_house_guid", "premises")
AMOUNTS = ("amount_due", "amount_charged", "amount_paid")
COLUMNS = (
    "account", "els", "zhku_id", "period", "amount_charged", "amount_due", "amount_paid",
    "last_name", "first_name", "middle_name", "address", "fias_house_guid", "premises",
)  # fmt: skip
REQUIRED = ("account", "period", "address")
SYNONYMS = {
    "account": ("лицевой счёт", "лицевой счет", "номер лс", "лс", "номер лицевого счета", "л/с"),
    "els": ("елс", "номер елс"),
    "zhku_id": ("идентификатор жку", "жку"),
    "period": ("период", "расчётный период", "расчетный период", "месяц"),
    "amount_charged": ("начислено", "сумма начисления"),
    "amount_due": ("к оплате", "сумма к оплате", "итого к оплате", "сумма"),
    "amount_paid": ("оплачено", "сумма оплаты"),
    "last_name": ("фамилия",),
    "first_name": ("имя",),
    "middle_name": ("отчество",),
    "address": ("адрес", "адрес помещения"),
    "fias_house_guid": ("фиас", "guid дома"),
    "premises": ("помещение", "номер помещения", "квартира"),
}
NAMES = {name: name for name in COLUMNS} | {s: name for name, all_ in SYNONYMS.items() for s in all_}
WIDTHS = {"printed": 64, "els": 32, "zhku_id": 32, "address": 500, "last_name": 120, "first_name": 120,
          "middle_name": 120, "fias_house_guid": 36, "premises": 64}  # fmt: skip
PLAIN_MONEY = re.compile(r"-?[0-9]{1,10}(?:[.,][0-9]{1,2}0*)?", re.ASCII)

BAD_COLUMNS = "в строке не столько полей, сколько в заголовке"
BAD_ACCOUNT = "номер лицевого счёта не разобран"
BAD_PERIOD = "период не разобран"
BAD_AMOUNT = "сумма не разобрана"
NO_ADDRESS = "нет адреса"
NO_AMOUNT = "нет ни суммы к оплате, ни начисления"
TOO_LONG = "слишком длинное поле"
BAD_CHARACTER = "в строке нулевой символ"


class UnreadableFileError(ValueError):
    """The file as a whole cannot be an export of billing; the text says why."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: its line in the file, the account as written if there is one, the reason."""

    line: int
    account: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was taken. `number` is the key of the account, `texts` are those of TEXTS, `amounts`
    (kopecks, None if empty) those of AMOUNTS.
    """

    line: int
    period: date
    number: str
    printed: str
    texts: tuple[str, ...]
    amounts: tuple[int | None, ...]


@dataclass(frozen=True)
class Source:
    """A file whose shape is known. `columns` names each column of the file, None for those not needed."""

    path: Path
    encoding: str
    delimiter: str
    columns: tuple[str | None, ...]
    lines: int
    has_nul: bool

    def place(self, name: str) -> int | None:
        """Where a column stands in the file; None if it lacks it."""
        return self.columns.index(name) if name in self.columns else None


def examine(path: Path) -> Source:
    """Find out encoding, delimiter and columns. Raises UnreadableFileError, OSError."""
    encoding, lines, has_nul = encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        header = file.readline(LONGEST_FIELD)
    delimiter = max(DELIMITERS, key=header.count)
    columns: list[str | None] = []
    for title in next(csv.reader([header], delimiter=delimiter), []):
        name = NAMES.get(" ".join(title.strip().strip("\ufeff").lower().split()))
        columns.append(name if name not in columns else None)
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise UnreadableFileError(f"В заголовке нет колонок: {', '.join(missing)}")
    if "amount_due" not in columns and "amount_charged" not in columns:
        raise UnreadableFileError("В заголовке нет колонки amount_due или amount_charged")
    return Source(path, encoding, delimiter, tuple(columns), lines, has_nul)


def encoding_of(path: Path) -> tuple[str, int, bool]:
    """ "utf-8-sig" if the whole file is UTF-8, else "cp1251"; the number of lines; whether a NUL is in it.

    The file is read once, in chunks.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, lines, has_nul, chunk, last = "utf-8-sig", 0, False, b"", b"\n"
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            lines += chunk.count(b"\n")
            has_nul = has_nul or b"\0" in chunk
            if encoding != "cp1251":
                try:
                    decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError:
                    encoding = "cp1251"
            if not chunk:
                return encoding, lines + (last != b"\n"), has_nul
            last = chunk[-1:]


def records(
    source: Source, progress: Callable[[int], None], reject: Callable[[Reject], None]
) -> Iterator[list[str]]:
    """The file's records of the right width, the line number put first; the others are rejected."""
    width = len(source.columns)
    account = source.place("account") or 0
    csv.field_size_limit(LONGEST_FIELD)
    with (
        source.path.open("rb") as raw,
        io.TextIOWrapper(raw, source.encoding, "replace", newline="") as text,
    ):
        reader = csv.reader(text, delimiter=source.delimiter)
        next(reader, None)
        told = 0
        while True:
            try:
                for cells in reader:
                    line = reader.line_num
                    if len(cells) == width:
                        cells.append(line)  # type: ignore[arg-type]
                        yield cells
                    elif any(cells):
                        reject(Reject(line, cells[account][:40] if account < len(cells) else "", BAD_COLUMNS))
                    if line - told >= PROGRESS_EVERY:
                        told = line
                        progress(raw.tell())
                return
            except csv.Error:
                reject(Reject(reader.line_num, "", TOO_LONG))


class Taker:
    """Judges single records of a source: the full rules, of which the database knows a quick part."""

    def __init__(self, source: Source) -> None:
        self.account = source.place("account") or 0
        self.period = source.place("period") or 0
        self.texts = [source.place(name) for name in TEXTS]
        self.amounts = [source.place(name) for name in AMOUNTS]

    def take(self, line: int, cells: list[str]) -> Row | Reject:
        """The row of a record's cells, or why there is none."""
        printed = cells[self.account].strip()
        texts = tuple("" if at is None else cells[at].strip(" ") for at in self.texts)
        try:
            number = fields.account_number(printed)
        except fields.FieldError:
            return Reject(line, printed[:40], BAD_ACCOUNT)
        try:
            period = fields.period(cells[self.period])
        except fields.FieldError:
            return Reject(line, printed[:40], BAD_PERIOD)
        try:
            amounts = tuple(None if at is None else kopecks(cells[at]) for at in self.amounts)
        except fields.FieldError:
            return Reject(line, printed[:40], BAD_AMOUNT)
        reason = ""
        if not texts[TEXTS.index("address")]:
            reason = NO_ADDRESS
        elif amounts[0] is None and amounts[1] is None:
            reason = NO_AMOUNT
        elif len(printed) > WIDTHS["printed"]:
            reason = TOO_LONG
        elif "\0" in printed or any("\0" in text for text in texts):
            reason = BAD_CHARACTER
        if reason:
            return Reject(line, printed[:40], reason)
        return Row(line, period, number, printed, texts, amounts)


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
