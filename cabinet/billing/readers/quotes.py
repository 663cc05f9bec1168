"""Splits lines of delimited text into cells, so that no quote can ever make a cell swallow other rows.

Quotes that follow the rules of CSV are read accordingly. Any other quote is an ordinary character, and its
line is cut at the delimiters. A cell may contain line breaks only if the result is one complete row and none
of the lines could be a row by itself.
"""

import csv
import re
from collections.abc import Callable

from cabinet.billing import entities

MOST_LINES = 20  # of one cell
QUOTE = '"'
SHORTEST = 5  # digits of an account that hardly stand in a line of an address alone
SUM = re.compile(r"-?[0-9]{1,10}[.,][0-9]{2}")
NAMED = re.compile(  # parts that an address has once
    r"(?<![^\W\d_])(?:(?:д|кв|уч)(?:ом|артира|асток)?(?=\.?\s*[0-9])|(?:ул|СНТ)(?![^\W\d_]))", re.IGNORECASE
)


def split(line: str, delimiter: str) -> list[str] | None:
    """The cells of a line whose quotes are well-formed; None for any other line."""
    line = line.rstrip("\r\n")
    if QUOTE not in line:
        cells = line.split(delimiter)
    else:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, strict=True))
        except csv.Error:
            return None
    return entities.whole(cells, delimiter) if "&" in line else cells


def cut(line: str, delimiter: str) -> list[str]:
    """The cells of a line with malformed quotes, which are ignored."""
    cells = [unquoted(cell) for cell in _pieces(line, delimiter)]
    return entities.whole(cells, delimiter) if "&" in line else cells


def uneven(line: str, delimiter: str) -> bool:
    """Whether a cell made by `cut` has an unpaired quote, or continues after its closing quote."""
    cells = map(str.strip, _pieces(line, delimiter))
    return any(
        cell.count(QUOTE) % 2 or (cell.startswith(QUOTE) and not cell.endswith(QUOTE)) for cell in cells
    )


def _pieces(line: str, delimiter: str) -> list[str]:
    line, cells, place = line.rstrip("\r\n"), [], 0
    if QUOTE not in line:
        return line.split(delimiter)
    quoted = re.compile(rf'"(?:[^"]|"")*"(?={re.escape(delimiter)}|$)')
    while place <= len(line):
        match = quoted.match(line, place)
        end = match.end() if match else line.find(delimiter, place)
        end = len(line) if end < 0 else end
        cells.append(line[place:end])
        place = end + 1
    return cells


def unquoted(cell: str) -> str:
    """A cell without the quotes around it, or without a single unpaired quote."""
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] == QUOTE:
        return cell[1:-1].replace('""', QUOTE)
    if cell.count(QUOTE) % 2:
        return cell.removeprefix(QUOTE) if cell.startswith(QUOTE) else cell.removesuffix(QUOTE)
    return cell


def opens(line: str, delimiter: str) -> bool:
    """Whether the line opens a quoted cell and does not close it."""
    try:
        list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def begins(line: str, delimiter: str) -> bool:
    """Whether a cell of the line starts with a quote."""
    return QUOTE in line and (line.startswith(QUOTE) or delimiter + QUOTE in line)


def closes(line: str, delimiter: str) -> bool:
    """Whether the line seems to close a cell that an earlier line opened."""
    for cell in line.rstrip("\r\n").split(delimiter):
        cell = cell.strip()
        if cell.count(QUOTE) % 2:
            return not cell.startswith(QUOTE)
    return False


def joined(
    lines: list[str],
    first: int,
    delimiter: str,
    width: int,
    is_row: Callable[[str], bool],
    month: int | None = None,
    account: int = 0,
) -> tuple[list[str], int] | None:
    """The cells of a row with line breaks in a cell, and its number of lines; None if there is no such row.

    The row starts at the line `first`, which `opens`; `is_row` says whether a line could be a row by itself,
    `month` and `account` are the places of cells that no row has twice. `whole` below means that the lines
    have the number of delimiters of a single row, so they hardly contain part of another.
    """
    for count in range(2, MOST_LINES + 1):
        part = lines[first : first + count]
        if len(part) < count:
            return None
        whole = sum(len(cut(line, delimiter)) - 1 for line in part) == width - 1
        if not whole and (len(cut(part[0], delimiter)) >= width or is_row(part[-1])):
            return None
        try:
            records = list(csv.reader(part, delimiter=delimiter, strict=True))
        except csv.Error as error:
            if "unexpected end" not in str(error):
                return None
            continue
        if len(records) != 1 or len(records[0]) != width:
            return None
        if not whole and month is not None and _twice(records[0][month], part, delimiter):
            return None
        own = records[0][account].strip()
        for cell in records[0]:
            broken = "\n" in cell or "\r" in cell
            if _holds_others(cell, own, delimiter) if broken else cell.count(QUOTE) % 2:
                return None
        return records[0], count
    return None


def _holds_others(cell: str, account: str, delimiter: str) -> bool:
    """Whether a cell with line breaks holds what is of other rows: an account, a sum, a second place.

    Or a blank line, over which quotes that are not closed reach.
    """
    lines = cell.splitlines()
    seen: set[str] = set()
    for line in lines:
        pieces = [piece.strip(' "') for piece in line.split(delimiter)]
        alike = any(len(piece) == len(account) >= SHORTEST and piece.isdecimal() for piece in pieces)
        sums = any(map(SUM.fullmatch, pieces[1:]))
        named = {mark.lower() for mark in NAMED.findall(line)}
        if not line.strip() or alike or sums or named & seen:
            return True
        seen |= named
    return False


def _twice(cell: str, part: list[str], delimiter: str) -> bool:
    """Whether the cell occurs more than once in the lines, so that they hold more than one row."""
    return sum(unquoted(other) == cell.strip() for line in part for other in _pieces(line, delimiter)) > 1
