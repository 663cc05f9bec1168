"""Guesses what a table is like that nobody knows, for staff to confirm; nothing is imported by a guess."""

from collections import Counter
from collections.abc import Sequence

from cabinet.billing.readers.contents import classify, is_address
from cabinet.billing.readers.header import SEARCHED

Rows = Sequence[Sequence[str]]


def width_of(rows: Rows) -> int:
    """How many cells most rows have."""
    widths = Counter(len(row) for row in rows if any(map(str.strip, row)))
    return max(widths, key=lambda width: (widths[width], width), default=0)


def title_row(rows: Rows) -> int | None:
    """Which row names the columns: the first of words alone above rows of numbers; None if there is none.

    A row with an address is none: it is somebody's, and titles are kept.
    """
    width = width_of(rows)
    for place, row in enumerate(rows[:SEARCHED]):
        filled = [cell for cell in row if cell.strip()]
        if len(row) != width or len(filled) < 3 or not all(map(_is_title, filled)):
            continue
        below = [later for later in rows[place + 1 : place + 6] if len(later) == width and any(later)]
        if any(sum(map(bool, later)) > len(filled) * 2 for later in below):
            continue
        numbers = [sum(_is_number(later[n]) for later in below) for n in range(width)]
        if below and max(numbers) * 2 >= len(below):
            return place
    return None


def fields_of(rows: Rows, names: Sequence[str | None]) -> list[str]:
    """Our field for each column, "" for none: as its title says, else by what stands in it."""
    found = [name or "" for name in names]
    guessed = classify([list(row[: len(names)]) for row in rows if len(row) >= len(names)])
    for place, guess in enumerate(guessed[: len(found)]):
        if guess and not found[place] and guess not in found:
            found[place] = guess
    return found


def _is_title(cell: str) -> bool:
    return _is_words(cell) and not is_address(cell)


def _is_words(cell: str) -> bool:
    return sum(map(str.isalpha, cell)) > sum(map(str.isdigit, cell))


def _is_number(cell: str) -> bool:
    return any(map(str.isdigit, cell)) and not _is_words(cell)
