"""Reads registries of charges as Sberbank accepts them: no titles, columns agreed in the contract."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from cabinet.billing.answers import Answers
from cabinet.billing.columns import Columns
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.layout import WORDS
from cabinet.billing.readers import contents, quotes
from cabinet.billing.readers.delimited import DelimitedReader
from cabinet.billing.readers.header import NO_TITLES, Header
from cabinet.billing.source import Source

# taxpayer's number, bank account, number, month and year of payment: ИНН_РС_НОМЕР_ММГГ.txt
NAME = re.compile(
    r"[0-9]{10}(?:[0-9]{2})?_[0-9]{20}(?:_[0-9a-z]{1,6})*_(0[1-9]|1[0-2])([0-9]{2})\.[a-z]{3}", re.I
)
COMMENT = "#"
DAY = re.compile(r"(?:[0-9]{2}[./-][0-9]{2}[./-][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T].*)?")
NEEDED = ("account", "amount_due", "address")


def columns_of(lines: Sequence[str]) -> tuple[str, tuple[str | None, ...]]:
    """The delimiter and what the columns hold; no columns if the lines are not such a registry.

    What has a column of days may be payments.
    """
    lines = [line for line in lines if line.strip() and not line.startswith((COMMENT, "="))]
    for delimiter in ";|\t":
        rows = [quotes.cut(line, delimiter) for line in lines]
        names = contents.classify(rows)
        dated = sum(any(map(DAY.fullmatch, row)) for row in rows) * 2 > len(rows)
        if not dated and all(name in names for name in NEEDED):
            return delimiter, names
    return "", ()


def named_month(name: str) -> date | None:
    """The month in a file's name: the month of payment, usually the one after the period."""
    match = NAME.fullmatch(name)
    return date(2000 + int(match[2]), int(match[1]), 1) if match else None


class SberbankReader(DelimitedReader):
    """Reads a registry of charges for Sberbank, old or new; see base.Reader.

    Some have a row for each service of an account, so these are added up; staff are asked if that is right.
    """

    unnamed_services = True
    comment = COMMENT

    def __init__(self, source: Source) -> None:
        self.name = source.name or source.path.name
        super().__init__(source)

    def _find(self, head: list[str], answers: Answers) -> Header:
        first = next((place for place, line in enumerate(head) if not line.startswith(COMMENT)), 0)
        delimiter, names = columns_of(head[first:])
        if not names:
            raise UnreadableFileError(NO_TITLES)
        titles = tuple(WORDS[name] if name else str(place) for place, name in enumerate(names, 1))
        hint = self._hint(head[first:], delimiter)
        return Header(delimiter, titles, Columns(names, (), ()), first, hint)

    def _format(self, header: Header) -> str:
        return "реестр для Сбербанка с ЕЛС" if "els" in header.columns.names else "реестр для Сбербанка"

    def _hint(self, lines: list[str], delimiter: str) -> date | None:
        """The month before the month of payment, which the rows or the file name give."""
        text = contents.month_of([quotes.cut(line, delimiter) for line in lines if line.strip()])
        paid = named_month(self.name)
        with suppress(ValueError):
            paid = date(2000 + int(text[2:]), int(text[:2]), 1) if text else paid
        if paid is None:
            return None
        return date(paid.year, paid.month - 1, 1) if paid.month > 1 else date(paid.year - 1, 12, 1)
