"""Reads files of residents: workbooks, or text in any usual encoding, with titles in Russian or our own."""

import csv
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from cabinet.billing.encodings import encoding_of, lines_of, text_blocks
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.kinds import DAMAGED, MARKUP, is_markup, kind_of, text_of
from cabinet.billing.readers import cells, quotes
from cabinet.billing.readers.header import DELIMITERS
from cabinet.billing.readers.workbook import Sheet, Workbook
from cabinet.billing.refusals import LOCKED
from cabinet.billing.signatures import OLE, ZIP
from cabinet.billing.titles import field_of, fold

SEARCHED = 40  # lines in which the titles are looked for
TALLEST = 12  # lines of a row of titles
LONGEST_FIELD = 10_000  # characters

NO_PHONE = (
    "В файле не нашлось колонки «Телефон». Нужна таблица, в первой строке которой названы колонки: "
    "телефон и, если есть, фамилия, имя, отчество, e-mail, дата рождения, лицевые счета."
)
NO_TABLE = "Это не таблица. Нужен файл Excel (XLSX, XLS), ODS или текст с разделителями (CSV)."
SEVERAL = (
    "Жильцы стоят на нескольких листах: {}. Среди них могут быть выехавшие, поэтому не взят никто. Сохраните "
    "каждый нужный лист отдельным файлом и загрузите их по одному."
)
PEOPLE = ("full_name", "last_name", "first_name", "accounts")  # what tells residents from other phones
BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf")

_PHONE = re.compile(r"\b(?:телефон[а-я]*|тел|phone[0-9]?|mobile|моб|мобильн[а-я]*|сот|сотов[а-я]*)\b")
_MOBILE = re.compile(r"\b(?:моб|сот|mobile)")
_TITLES = {
    "full_name": "full name",
    "email": "email = e mail = mail = электронная почта = эл почта = почта = адрес электронной почты"
    " = электронный адрес = эл адрес = имейл",
    "birth_date": "birth date = birthdate = дата рождения = д рождения = дата рожд = рождение"
    " = день рождения = др",
    "accounts": "accounts = account = лицевые счета = номера лицевых счетов = лс = счета = номера лс",
}
_KNOWN = {title: name for name, titles in _TITLES.items() for title in titles.split(" = ")}
_OURS = {
    "last_name": "last_name",
    "first_name": "first_name",
    "middle_name": "middle_name",
    "full_name": "full_name",
    "account": "accounts",
}


@dataclass(frozen=True)
class Titles:
    """What the columns hold, "" for what is not needed; the rows begin after `lines` lines.

    `written` are the titles as they stand in the file.
    """

    delimiter: str
    names: tuple[str, ...]
    lines: int
    written: tuple[str, ...] = ()

    @property
    def ignored(self) -> list[str]:
        """Titles of the columns that are not read, but for that of row numbers."""
        return [
            " ".join(title.split())
            for title, name in zip(self.written, self.names, strict=True)
            if not name and any(map(str.isalnum, title)) and field_of(title) != ("row", 0)
        ]

    def of(self, name: str, cells: list[str]) -> list[str]:
        """What stands in the columns of this name, where anything does."""
        return [cell for held, cell in zip(self.names, cells, strict=False) if held == name and cell]


@dataclass(frozen=True)
class Row:
    """A row that begins at a line of the file. `whole` if it has as many cells as there are titles."""

    line: int
    cells: list[str]
    whole: bool


def read(path: Path, has_phone: Callable[[str], bool]) -> Iterator[tuple[Titles, Row]]:
    """The rows of a file that are not blank. `has_phone` tells whether a cell has a valid phone.

    Raises UnreadableFileError, OSError.
    """
    with path.open("rb") as file:
        mark = file.read(1 << 12)
    if mark.startswith(BINARY):
        raise UnreadableFileError(NO_TABLE)
    if mark.startswith((ZIP, OLE)) or is_markup(text_of(mark)):
        yield from _of_workbook(path)
        return
    csv.field_size_limit(LONGEST_FIELD)
    encoding = encoding_of(path)
    with path.open("rb") as file:
        lines = (line for text in text_blocks(file, encoding) for line in lines_of(text))
        head = list(itertools.islice(lines, SEARCHED + TALLEST))
        titles = find_titles(head)
        yield from ((titles, row) for row in _rows(titles, itertools.chain(head, lines), has_phone))


def find_titles(lines: list[str]) -> Titles:
    """The titles among the first lines: the row that names most, a phone at least."""
    found = [
        _titled(delimiter, cells, place + count)
        for delimiter in DELIMITERS
        for place in range(min(len(lines), SEARCHED))
        for cells, count in (_record(lines, place, delimiter),)
    ]
    return _best(found)


def _best(found: Iterable[Titles]) -> Titles:
    """The titles that name most, a phone at least; of equals the first ones. Raises UnreadableFileError."""
    good = [titles for titles in found if any(name.startswith("phone") for name in titles.names)]
    if not good:
        raise UnreadableFileError(NO_PHONE)
    return max(good, key=lambda titles: (len(set(titles.names)), -titles.lines))


def _of_workbook(path: Path) -> Iterator[tuple[Titles, Row]]:
    """The rows of the one sheet of a workbook that has residents; hidden ones are not read.

    Raises UnreadableFileError for several: nobody knows which of them are those who moved out.
    """
    try:
        kind, _ = kind_of(path)
    except UnreadableFileError as error:
        raise error if str(error) in (LOCKED, DAMAGED) else UnreadableFileError(NO_TABLE) from error
    if kind != "sheets" and kind not in MARKUP:
        raise UnreadableFileError(NO_TABLE)
    sheets = [sheet for sheet in Workbook(path).sheets if not sheet.hidden]
    named = [
        [_titled("", row, place) for place, row in enumerate(sheet.head[:SEARCHED], 1)] for sheet in sheets
    ]
    best = _best([titles for each in named for titles in each])
    found = [
        (sheet, titles)
        for sheet, each in zip(sheets, named, strict=True)
        for titles in ([best] if best in each else [titles for titles in each if _alike(titles, best)][:1])
    ]
    if len(found) > 1:
        names = ", ".join(f"«{sheet.name}»" for sheet, _ in found)
        raise UnreadableFileError(SEVERAL.format(names))
    yield from _of_sheet(*found[0])


def _alike(titles: Titles, best: Titles) -> bool:
    """Whether a table may be of residents as the best one is: a phone, and names or accounts if that has."""
    named, wanted = set(titles.names), set(best.names) & set(PEOPLE)
    return any(name.startswith("phone") for name in named) and (not wanted or not wanted.isdisjoint(named))


def _of_sheet(sheet: Sheet, titles: Titles) -> Iterator[tuple[Titles, Row]]:
    """The rows of a sheet below its titles."""
    width = len(titles.names)
    for line, row in enumerate(sheet.rows(), 1):
        texts = [
            cells.account(cell) if name == "accounts" else cells.text(cell)
            for name, cell in zip_longest(titles.names, row, fillvalue="")
        ]
        if line > titles.lines and any(texts):
            yield titles, Row(line, texts, not any(texts[width:]))


def _titled(delimiter: str, titles: Sequence[str], lines: int) -> Titles:
    return Titles(delimiter, tuple(map(_name, titles)), lines, tuple(titles))


def _name(title: str) -> str:
    """What a title names: a field, "phone" or "phone-mobile"; "" for anything else."""
    folded = fold(title)
    if len(title) > 60:
        return ""
    if _PHONE.search(folded) and not re.search(r"[0-9]{5}", folded):
        return "phone-mobile" if _MOBILE.search(folded) else "phone"
    if folded in _KNOWN:
        return _KNOWN[folded]
    found = field_of(title)
    return _OURS.get(found[0], "") if found else ""


def _record(lines: list[str], place: int, delimiter: str) -> tuple[list[str], int]:
    """The cells of the row of titles that begins at a line, and its lines."""
    cells = quotes.split(lines[place], delimiter)
    if cells is not None:
        return cells, 1
    for count in range(2, TALLEST + 1):
        try:
            record, *rest = csv.reader(lines[place : place + count], delimiter=delimiter, strict=True)
        except (csv.Error, ValueError):
            continue
        if not rest:
            return record, count
    return quotes.cut(lines[place], delimiter), 1


def _rows(titles: Titles, lines: Iterator[str], has_phone: Callable[[str], bool]) -> Iterator[Row]:
    """The rows below the titles."""
    number, width = titles.lines, len(titles.names)
    lines = itertools.islice(lines, number, None)
    waiting: list[str] = []
    while True:
        waiting += itertools.islice(lines, quotes.MOST_LINES - len(waiting))
        if not waiting:
            return
        cells, count = _cells(waiting, titles, has_phone)
        cells = [cell.strip("\0\x1a\ufeff \t\r\n") for cell in cells]
        if any(cells):
            whole = len(cells) <= width or not any(cells[width:])
            yield Row(number + 1, [*cells, *[""] * width][: max(width, len(cells))], whole)
        number, waiting = number + count, waiting[count:]


def _cells(lines: list[str], titles: Titles, has_phone: Callable[[str], bool]) -> tuple[list[str], int]:
    """The cells of the first row, and its lines: several only if but one of them could be a row by itself."""
    delimiter = titles.delimiter
    cells = quotes.split(lines[0], delimiter)
    if cells is not None:
        return cells, 1

    def is_row(line: str) -> bool:
        return any(map(has_phone, quotes.cut(line, delimiter)))

    several = quotes.joined(lines, 0, delimiter, len(titles.names), is_row)
    if several and sum(map(is_row, lines[: several[1]])) <= 1:
        return several
    return quotes.cut(lines[0], delimiter), 1
