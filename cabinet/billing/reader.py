"""Reads the CSV files that billing systems export, a row at a time: any of the usual encodings, delimiters,
decimals and names of columns. What cannot be read is a `Reject` with its line and reason; nothing raises.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import gt
from pathlib import Path
from typing import IO

from cabinet import fields

CHUNK = 1 << 20  # bytes
LONGEST_FIELD = 10_000  # characters
DELIMITERS = ";,\t"

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
WIDTHS = (64, 32, 32, 500, 120, 120, 120, 36, 64)  # of printed … premises
PLAIN_MONEY = re.compile(r"-?[0-9]{1,10}(?:[.,][0-9]{1,2}0*)?", re.ASCII)


class UnreadableFileError(ValueError):
    """The file as a whole cannot be an export of billing; the text says why."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: its line in the file, the account as written if there is one, the reason."""

    line: int
    account: str
    reason: str


# a row that was taken: line, period, number, printed, els, zhku_id, address, last, first, middle, fias,
# premises, due, charged, paid
Row = tuple[int, date, str, str, str, str, str, str, str, str, str, str, int | None, int | None, int | None]

REASONS = {
    "columns": "в строке не столько полей, сколько в заголовке",
    "account": "номер лицевого счёта не разобран",
    "period": "период не разобран",
    "address": "нет адреса",
    "amount": "сумма не разобрана",
    "no_amount": "нет ни суммы к оплате, ни начисления",
    "long": "слишком длинное поле",
    "broken": "строка испорчена",
}


def encoding_of(path: Path) -> str:
    """ "utf-8-sig" if the whole file is UTF-8, else "cp1251"; the file is read once, in chunks."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1251"
    return "utf-8-sig"


def rows(path: Path, progress: Callable[[int], None] = lambda done: None) -> Iterator[Row | Reject]:
    """Every row of the file, taken or rejected. `progress` gets the number of bytes read so far.

    Raises UnreadableFileError when the header lacks a needed column, OSError when the file cannot be read.
    """
    with (
        path.open("rb") as raw,
        io.TextIOWrapper(raw, encoding_of(path), "replace", newline="") as text,
    ):
        yield from _rows(text, raw, progress)


def _rows(text: IO[str], raw: IO[bytes], progress: Callable[[int], None]) -> Iterator[Row | Reject]:
    header = next((line for line in text if line.strip()), "")
    delimiter = max(DELIMITERS, key=header.count)
    places = _places(next(csv.reader([header], delimiter=delimiter), []))
    reader = csv.reader(text, delimiter=delimiter)
    take = _taker(places)
    csv.field_size_limit(LONGEST_FIELD)
    line = 1
    while True:
        line = reader.line_num + 2
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Reject(line, "", REASONS["long"])
            continue
        if line & 4095 == 0:
            progress(raw.tell())
        if cells and any(cells):
            yield take(line, cells)


def _places(header: list[str]) -> dict[str, int]:
    """Where each column stands. Raises UnreadableFileError."""
    places: dict[str, int] = {}
    for place, title in enumerate(header):
        name = NAMES.get(" ".join(title.strip().strip("\ufeff").lower().split()))
        if name:
            places.setdefault(name, place)
    missing = [name for name in REQUIRED if name not in places]
    if missing:
        raise UnreadableFileError(f"В заголовке нет колонок: {', '.join(missing)}")
    if "amount_due" not in places and "amount_charged" not in places:
        raise UnreadableFileError("В заголовке нет колонки amount_due или amount_charged")
    return places


def _taker(places: dict[str, int]) -> Callable[[int, list[str]], Row | Reject]:
    """The function that makes a row of cells; columns that the file lacks read as empty."""
    absent = -1
    width = max(places.values()) + 1
    at = [places.get(name, absent) for name in COLUMNS]
    account, els, zhku, period, charged, due, paid, last, first, middle, address, fias, premises = at
    periods: dict[str, date | None] = {}

    def when(text: str) -> date | None:
        if text not in periods:
            try:
                periods[text] = fields.period(text)
            except fields.FieldError:
                if len(periods) > 10_000:
                    return None
                periods[text] = None
        return periods[text]

    def take(line: int, cells: list[str]) -> Row | Reject:
        if len(cells) < width:
            return Reject(line, cells[account][:40] if account < len(cells) else "", REASONS["columns"])
        cells.append("")  # where absent columns point to
        printed = cells[account].strip()
        try:
            number = fields.account_number(printed)
        except fields.FieldError:
            return Reject(line, printed[:40], REASONS["account"])
        month = when(cells[period])
        if month is None:
            return Reject(line, printed[:40], REASONS["period"])
        place = cells[address].strip()
        if not place:
            return Reject(line, printed[:40], REASONS["address"])
        try:
            amounts = kopecks(cells[due]), kopecks(cells[charged]), kopecks(cells[paid])
        except fields.FieldError:
            return Reject(line, printed[:40], REASONS["amount"])
        if amounts[0] is None and amounts[1] is None:
            return Reject(line, printed[:40], REASONS["no_amount"])
        row = (
            line, month, number, printed, cells[els], cells[zhku], place, cells[last], cells[first],
            cells[middle], cells[fias], cells[premises], *amounts,
        )  # fmt: skip
        return row if _fits(row) else Reject(line, printed[:40], REASONS["long"])

    return take


def _fits(row: Row) -> bool:
    """Whether every text is as long as its column allows and holds no NUL."""
    texts = row[3:12]
    return not any(map(gt, map(len, texts), WIDTHS)) and "\0" not in "".join(texts)


def kopecks(text: str) -> int | None:
    """An amount of an export in kopecks; None for an empty cell. Raises FieldError.

    Unlike what people type, an export's `1234.500` is a decimal: a separator before the last digits is never
    one of thousands.
    """
    if not text:
        return None
    if PLAIN_MONEY.fullmatch(text):
        whole, _, part = text.replace(",", ".").partition(".")
        value = int(whole) * 100
        part_value = int((part + "00")[:2]) if part else 0
        return value - part_value if text[0] == "-" else value + part_value
    text = text.strip()
    if not text:
        return None
    if re.fullmatch(r"[-−]?[0-9]+[.,][0-9]{3,}", text):
        raise fields.FieldError("not_money")
    return fields.money(text, signed=True)
