"""Works out from their contents what the columns of a table without titles hold."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from cabinet import fields
from cabinet.billing.numbers import account

ELS = re.compile(r"[0-9]{2}[A-ZА-Я]{2}[0-9]{6}", re.IGNORECASE)
ZHKU = re.compile(r"[0-9]{2}[A-ZА-Я]{2}[0-9]{6}-[0-9]{2}", re.IGNORECASE)
GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
MONEY = re.compile(r"-?[0-9]{1,9}(?:[.,][0-9]{1,2})?")
ROUBLES = re.compile(r"-?[0-9]{1,9}[.,][0-9]{1,2}")
PERIOD = re.compile(r"(?:0[1-9]|1[0-2])[./]?20[0-9]{2}|20[0-9]{2}[-./](?:0[1-9]|1[0-2])")
MONTH_AND_YEAR = re.compile(r"(?:0[1-9]|1[0-2])[0-9]{2}")  # 1026
ADDRESS = re.compile(
    r"(?:^|[\s,])(?:ул|пр|пер|ш|б-р|мкр|г|гор|пос|п|с|д|дом|корп|кв|обл|район|р-н)\.?[\s,]|,.*[0-9]",
    re.IGNORECASE,
)
NAME = re.compile(r"[^\W\d_][^\d;]{4,}")
ROWS = 3  # that show whether a column tells anything apart
MOST = 0.9  # of a column's filled cells must match for it to be named


def classify(rows: Sequence[Sequence[str]]) -> tuple[str | None, ...]:
    """What each column holds: one of our fields, or None.

    If several columns could hold the account or the sum, none of them is named.
    """
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    columns = [[row[place].strip() for row in rows if len(row) == width] for place in range(width)]
    names: list[str | None] = [None] * width
    left = {place for place, column in enumerate(columns) if any(column)}
    for name, test in (
        ("zhku_id", ZHKU.fullmatch),
        ("els", ELS.fullmatch),
        ("fias_house_guid", GUID.fullmatch),
        ("address", is_address),
        ("full_name", NAME.fullmatch),
    ):
        found = [place for place in sorted(left) if _mostly(columns[place], test)]
        if found and (name not in ("address", "full_name") or len(found) == 1):
            names[found[0]] = name
        left -= set(found)
    months = [place for place in sorted(left) if _is_period(columns[place], columns, left)]
    if len(months) == 1:
        names[months[0]] = "period"
    left -= set(months)
    _name_numbers(columns, left, names)
    return tuple(names)


def _name_numbers(columns: list[list[str]], left: set[int], names: list[str | None]) -> None:
    """Name the account and the sum among the columns of numbers."""
    left -= {place for place in left if _is_short_month(columns[place])}
    sums = [place for place in sorted(left) if _mostly(columns[place], ROUBLES.fullmatch)]
    if not sums:
        sums = [place for place in sorted(left) if _mostly(columns[place], MONEY.fullmatch)][-1:]
    numbers = [place for place in sorted(left) if place not in sums and _mostly(columns[place], is_account)]
    numbers = [place for place in numbers if _tells_apart(columns[place])] or [
        place
        for place in numbers
        if not _counts(columns[place])  # all rows are of one account
    ]
    if len(sums) == 1:
        names[sums[0]] = "amount_due"
    if len(numbers) == 1:
        names[numbers[0]] = "account"


def _tells_apart(column: list[str]) -> bool:
    """Whether a column may tell accounts apart: its cells are not all the same, nor the rows' numbers."""
    return len(column) < ROWS or (len(set(column)) > 1 and not _counts(column))


def _counts(column: list[str]) -> bool:
    """Whether a column numbers the rows."""
    return len(column) >= ROWS and column == [str(n) for n in range(1, len(column) + 1)]


def month_of(rows: Sequence[Sequence[str]]) -> str:
    """The month that all rows give as four digits, such as 1026, or "". It may be the month of payment."""
    width = len(rows[0]) if rows else 0
    for place in range(width):
        column = [row[place].strip() for row in rows if len(row) == width]
        if _is_short_month(column):
            return column[0]
    return ""


def _is_short_month(column: list[str]) -> bool:
    return len(column) > 1 and len(set(column)) == 1 and MONTH_AND_YEAR.fullmatch(column[0]) is not None


def _is_period(column: list[str], columns: list[list[str]], left: set[int]) -> bool:
    """Whether a column holds months; not if it is the only one that could hold account numbers."""
    return _mostly(column, PERIOD.fullmatch) and len(set(column)) <= 36 and len(left) > 2 and len(columns) > 3


def _mostly(column: list[str], test: Callable[[str], object]) -> bool:
    filled = [cell for cell in column if cell]
    return bool(filled) and sum(bool(test(cell)) for cell in filled) >= MOST * len(filled)


def is_address(cell: str) -> bool:
    """Whether a cell looks like an address, with a number in it."""
    return any(map(str.isdigit, cell)) and sum(map(str.isalpha, cell)) >= 4 and bool(ADDRESS.search(cell))


def is_account(cell: str) -> bool:
    """Whether a cell may be the number of an account: digits, mostly."""
    if sum(map(str.isdigit, cell)) * 2 < len(cell):
        return False
    try:
        account(cell)
    except fields.FieldError:
        return False
    return True
