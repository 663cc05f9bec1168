"""What programs and people write into a cell that holds nothing."""

from collections.abc import Sequence

from cabinet.billing.batches import AMOUNTS, KOPECKS

NULLS = frozenset(
    ("NULL", "null", "Null", "(null)", "(NULL)", "<NULL>", "<null>", "[NULL]", "NaN", "nan", "NAN", "NaT",
     "None", "none", "NONE", "nil", "<NA>", "N/A", "n/a", "\\N", "undefined")
)  # fmt: skip
WORDS = ("нет", "нет данных", "отсутствует", "не указан", "не указана", "не указано", "не задано")
SPELLED = {form(word) for word in WORDS for form in (str, str.capitalize, str.upper)}
NOTHINGS = NULLS | SPELLED | {"-", "--", "---", "–", "—", "−"}
LONGEST = max(map(len, NOTHINGS))
SIGNS = "Nn-"  # one of them is in each that is ASCII
SUMS = frozenset((*AMOUNTS, *KOPECKS))  # a dash is zero there


def emptied(columns: list[list[str]], names: Sequence[str | None]) -> list[list[str]]:
    """The columns with nothing in such cells; `names` say what they hold, those without one stay.

    There may be more names than columns, as what is not read may come last.
    """
    return [
        column
        if name is None
        or _is_long(column)
        or _is_plain(column)
        or (known := NULLS if name in SUMS else NOTHINGS).isdisjoint(column)
        else ["" if cell in known else cell for cell in column]
        for name, column in zip(names, columns, strict=False)
    ]


def _is_long(column: list[str]) -> bool:
    """Whether all cells say more than nothing: sooner known of addresses than which words they are."""
    return bool(column) and len(column[0]) > LONGEST and min(map(len, column)) > LONGEST


def _is_plain(column: list[str]) -> bool:
    """Whether no cell can be such a word, as in numbers and sums: sooner known than by each cell."""
    joined = "".join(column)
    return joined.isascii() and not any(map(joined.__contains__, SIGNS))


def is_blank(cells: Sequence[str]) -> bool:
    """Whether a row holds nothing."""
    return all(not cell or cell in NULLS for cell in cells)
