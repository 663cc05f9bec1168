"""Amounts of money as exports write them."""

import re
from collections.abc import Sequence

from cabinet import fields

PLAIN_MONEY = re.compile(r"-?[0-9]{1,10}(?:[.,][0-9]{1,2}0*)?")
ROUBLES_AND_KOPECKS = re.compile(r"(?:-?[0-9]{1,10}[.,][0-9]{2};)*")  # a column of them


def column_of_kopecks(column: list[str]) -> Sequence[str | None]:
    """The amounts of a column, in digits. Raises FieldError if one of them is none."""
    if not any(column):
        return [None] * len(column)
    joined = ";".join(column) + ";"
    if ROUBLES_AND_KOPECKS.fullmatch(joined):
        return joined[:-1].replace(".", "").replace(",", "").split(";")
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
