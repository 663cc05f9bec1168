"""Finds the titles of a table in the first lines of delimited text."""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cabinet import fields
from cabinet.billing.batches import AMOUNTS, KOPECKS
from cabinet.billing.columns import Columns, understand
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.others import numbers_columns
from cabinet.billing.periods import unusual
from cabinet.billing.readers import quotes
from cabinet.billing.titles import field_of, fold, is_private

DELIMITERS = ";,\t|^~│║"
SEARCHED = 40  # lines
TALLEST = 12  # lines of a row of titles
HINT = "sep="
NO_TITLES = (
    "В файле не нашлось строки с названиями колонок. Нужна таблица, в первой строке которой названы номер "
    "лицевого счёта, расчётный период, адрес и сумма к оплате."
)
MONTH = re.compile(r"(?:январ|феврал|март|апрел|ма|июн|июл|август|сентябр|октябр|ноябр|декабр)[а-я]?"
                   r" 20[0-9]{2}|\b[01]?[0-9]\.20[0-9]{2}\b")  # fmt: skip


@dataclass(frozen=True)
class Header:
    """The titles of a table, whose rows begin after `lines` lines of the file.

    `hint` is the month named above the titles.
    """

    delimiter: str
    titles: tuple[str, ...] = ()
    columns: Columns = field(default_factory=lambda: understand((), {}))
    lines: int = 0
    hint: date | None = None


def find(lines: Sequence[str], known: Mapping[str, str]) -> Header:
    """The titles among the first lines of a file; `known` is what staff have said about some of them.

    Raises UnreadableFileError if there are none.
    """
    first, delimiters = _hinted(lines)
    if known and all(map(str.isdecimal, known)):
        return _numbered(lines, first, delimiters, known)
    candidates = [
        header
        for delimiter in delimiters
        for header in _candidates(lines[:SEARCHED], first, delimiter, known)
    ]
    best = max(candidates, key=_worth, default=None)
    if best is not None and best.columns.score >= 2 and "account" in best.columns.names:
        best = _whole(best, lines, known)
        below = [quotes.cut(line, best.delimiter) for line in lines[best.lines : best.lines + 1]]
        end = best.lines + any(map(numbers_columns, below))
        return Header(best.delimiter, best.titles, best.columns, end, month_above(lines[: best.lines]))
    if best is None or best.columns.score < 2:
        raise UnreadableFileError(NO_TITLES)
    return best


def _worth(header: Header) -> tuple[int, int, bool]:
    """What makes titles better than others: «Адрес помещения» in two rows than «помещения» in the lower."""
    return header.columns.score, -header.lines, "address" in header.columns.names


def _whole(best: Header, lines: Sequence[str], known: Mapping[str, str]) -> Header:
    """Titles with the second row of them, if there is one that was not needed to find them."""
    following = quotes.cut(lines[best.lines], best.delimiter) if best.lines < len(lines) else ()
    titles = with_subtitles(best.titles, best.columns, following)
    columns = understand(titles, known) if titles else best.columns
    if not titles or "account" not in columns.names:
        return best
    return Header(best.delimiter, tuple(titles), columns, best.lines + 1)


def _hinted(lines: Sequence[str]) -> tuple[int, str]:
    """How many lines come before the table, and its possible delimiters: Excel's `sep=;` line names one."""
    for place, line in enumerate(lines[:3]):
        below = lines[place + 1] if place + 1 < len(lines) else ""
        bare = line.strip('\ufeff\r\n "')
        if bare.lower().startswith(HINT):
            named = bare[len(HINT) : len(HINT) + 1] or "\t"
            return place + 1, named if named in below else DELIMITERS  # the hint may be wrong
        if bare.strip():
            break
    return 0, DELIMITERS


def _candidates(lines: Sequence[str], first: int, delimiter: str, known: Mapping[str, str]) -> list[Header]:
    """Each line read as titles, and each pair of lines read as two-row titles."""
    found = []
    above: list[str] | None = None
    for place in range(first, len(lines)):
        cells, count = _record(lines, place, delimiter)
        if len(cells) < 2:
            above = None
            continue
        for titles in filter(None, (cells, above and stacked(above, cells))):
            columns = understand(titles, known)
            if columns.score:
                found.append(Header(delimiter, tuple(titles), columns, place + count))
        above = cells
    return found


def _record(lines: Sequence[str], place: int, delimiter: str) -> tuple[list[str], int]:
    """The cells of the row that starts at a line, and its number of lines: titles may have line breaks."""
    line = lines[place]
    cells = quotes.split(line, delimiter)
    if cells is not None:
        return [cell.strip() for cell in cells], 1
    if quotes.opens(line, delimiter):
        for count in range(2, TALLEST + 1):
            try:
                record, *rest = csv.reader(lines[place : place + count], delimiter=delimiter, strict=True)
            except (csv.Error, ValueError):
                continue
            if not rest:
                return [cell.strip() for cell in record], count
    return quotes.cut(line, delimiter), 1


def stacked(above: list[str], below: list[str]) -> list[str] | None:
    """Two-row titles as one row: the lower title, or both where a cell above spans several."""
    if len(above) != len(below):
        return None
    titles, over = [], ""
    grouped = {lower for lower in below if lower and below.count(lower) > 1}  # «Отопление», «Начислено»
    for upper, lower in zip(above, below, strict=True):
        over = upper or over
        both = f"{over} {lower}".strip() if lower else upper
        alone = field_of(lower) if lower and not is_private(lower) else None
        vague = alone and alone[0] == "amount_due" and alone[1] and field_of(both)  # «Начисления», «Итого»
        own = alone and upper and _better(both, alone)  # «Адрес», «помещения»
        titles.append(lower if alone and not vague and not own and lower not in grouped else both)
    return titles


def _better(title: str, alone: tuple[str, int]) -> bool:
    """Whether a title says more exactly what a column holds than what a part of it says alone."""
    found = field_of(title)
    return found is not None and not is_private(title) and (found[1] < alone[1] or alone[0] == "row")


def with_subtitles(titles: Sequence[str], columns: Columns, row: Sequence[str]) -> list[str] | None:
    """The titles in two rows, if the row below them is a second one: what wide titles consist of, or units.

    None if it is a row like others.
    """
    below = [cell.strip() for cell in row]
    filled = [place for place, cell in enumerate(below) if cell]
    numbered = any(any(map(str.isdigit, cell)) and not _is_month(cell) for cell in below)
    if len(below) > len(titles) or not filled or numbered:
        return None
    if any(columns.names[place] not in (None, *AMOUNTS, *KOPECKS) for place in filled):
        return None
    units = all(not fold(below[place]) for place in filled)
    if not units and not any(titles[place] == "" for place in filled):
        return None
    return stacked([*titles], [*below, *[""] * (len(titles) - len(below))])


def _is_month(cell: str) -> bool:
    """Whether a cell names a month, as titles may: «авг.26», «10.2026»."""
    try:
        return unusual(" ".join(cell.lower().replace("ё", "е").split())) is not None
    except fields.FieldError:
        return False


def shape(lines: Sequence[str], delimiters: str = DELIMITERS) -> tuple[str, int]:
    """The delimiter that gives most lines the same number of cells, and that number; ("", 0) if none does.

    Addresses and sums contain commas, too, so any other delimiter is tried before the comma.
    """
    best, most = ("", 0), 0
    total = sum(bool(line.strip()) for line in lines)
    for delimiter in sorted(delimiters, key=",".__eq__):
        if delimiter == "," and most * 2 > total:
            break
        widths = Counter(line.count(delimiter) + 1 for line in lines if line.strip())
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        if width > 1 and count > most:
            best, most = (delimiter, width), count
    return best if most * 2 > total else ("", 0)


def _numbered(lines: Sequence[str], first: int, delimiters: str, known: Mapping[str, str]) -> Header:
    """A table without titles, whose columns staff have named by their numbers."""
    delimiter, width = shape(lines[first:], delimiters)
    if not width:
        raise UnreadableFileError(NO_TITLES)
    titles = tuple(str(n) for n in range(1, width + 1))
    return Header(delimiter, titles, understand(titles, known), first)


def month_above(lines: Sequence[str]) -> date | None:
    """The month named in the lines above a table, if there is exactly one."""
    found = set()
    for line in lines:
        for text in MONTH.findall(line.lower().replace("ё", "е")):
            try:
                found.add(unusual(text) or fields.period(text))
            except (fields.FieldError, ValueError):
                continue
    return found.pop() if len(found) == 1 else None
