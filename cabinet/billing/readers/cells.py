"""Turns the cells of a sheet into text, as the person who filled them in meant it."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | date | datetime | time | timedelta
Row = list[Cell]
LOST = 1e15  # spreadsheets keep fifteen digits of a number
KEPT = re.compile(r"'(?=[0-9])(.*)")
DATES = (date, datetime, time, timedelta)


def text(cell: Cell) -> str:
    """A cell as text; a whole number without its fraction, a date as 2026-10-31."""
    kind = type(cell)
    if kind is str:
        return _clean(cell)  # type: ignore[arg-type]
    if kind is float:
        return number(cell)  # type: ignore[arg-type]
    if kind is bool:
        return "да" if cell else "нет"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return str(cell)


def number(cell: float) -> str:
    """A number in decimals; in scientific notation, which no account number may have, if digits were lost."""
    if cell.is_integer():
        return str(int(cell)) if abs(cell) < LOST else f"{cell:.14e}"
    return f"{cell:.2f}" if round(cell, 2) == cell else repr(cell)


def account(cell: Cell) -> str:
    """An account number; one with a fraction may have lost zeros, and is written as if it lost digits."""
    return f"{cell:.14e}" if type(cell) is float and not cell.is_integer() else text(cell)


def period(cell: Cell) -> str:
    """A month as text: `10.2020` arrives as the number 10.202."""
    if type(cell) is float and not cell.is_integer() and 1 <= cell < 13:
        return f"{cell:.4f}"
    return text(cell)


def column(cells: Sequence[Cell], of: Callable[[Cell], str] = text) -> list[str]:
    """The cells of a column as text."""
    if set(map(type, cells)) == {str}:
        joined = "\n".join(cells)  # type: ignore[arg-type]
        if joined.isprintable() or joined.replace("\n", "").isprintable():
            stripped = [cell.strip() for cell in cells]  # type: ignore[union-attr]
            return [_clean(cell) for cell in stripped] if "'" in joined else stripped
    return list(map(of, cells))


def _clean(cell: str) -> str:
    cell = cell.strip()
    if "\n" in cell or "\r" in cell or "\t" in cell:
        cell = " ".join(cell.split())
    kept = KEPT.fullmatch(cell) if cell[:1] == "'" else None
    return kept[1] if kept else cell
