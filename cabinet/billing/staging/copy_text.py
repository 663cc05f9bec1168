"""Formats batches as the text of PostgreSQL's COPY."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from cabinet.billing.batches import AMOUNTS, Batch
from cabinet.billing.staging.base import COLUMNS, columns_of, filled

CHUNK = 15_000  # approximate number of rows written at a time
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Chunk:
    """Rows of one period as text for COPY, in the given columns and those that every row has.

    Batches become text as they come: later, the processor would have to fetch their cells from memory again,
    which takes as long as reading the file. Meanwhile the server writes the previous chunk.
    """

    def __init__(self, period: date, known: Collection[str]) -> None:
        self.period, self.rows, self.services = period, 0, False
        self.lines: list[Sequence[int]] = []
        self._charge = ["number", *(name for name in AMOUNTS if name in known)]
        self._texts = [name for name in COLUMNS if name in known and name not in self._charge]
        self.columns = ", ".join((*self._charge, *self._texts))
        self.charge_columns = ", ".join(("account", *self._charge[1:], "period"))
        self._text: list[bytes] = []
        self._charges: list[bytes] = []

    def add(self, batch: Batch) -> None:
        """Further rows."""
        columns = columns_of(batch)
        if not batch.services:
            columns["service"] = [""] * len(batch.numbers)
        text, charges = _copy_text(columns, self._charge, self._texts, f"\t{self.period}\n")
        self._text.append(text.encode())
        self._charges.append(charges.encode())
        self.lines.append(batch.lines)
        self.rows += len(batch.numbers)
        self.services |= bool(batch.services)

    @property
    def text(self) -> bytes:
        """Whole rows."""
        return b"".join(self._text)

    @property
    def charges(self) -> bytes:
        """Rows for the table of charges."""
        return b"".join(self._charges)


def chunks(batches: Iterable[Batch]) -> Iterator[Chunk]:
    """Chunks of about CHUNK rows, or fewer, whether periods follow each other in the file or alternate."""
    begun: dict[date, Chunk] = {}
    known: dict[date, set[str]] = {}  # columns that the rows of a period have filled so far
    rows = 0
    for batch in batches:
        period, columns = batch.period, known.setdefault(batch.period, set())
        if not columns.issuperset(filled(batch)):
            columns.update(filled(batch))
            if period in begun:
                rows -= begun[period].rows
                yield begun.pop(period)
        if period not in begun:
            begun[period] = Chunk(period, columns)
        begun[period].add(batch)
        rows += len(batch.numbers)
        if rows >= CHUNK:
            largest = begun.pop(max(begun, key=lambda period: begun[period].rows))
            rows -= largest.rows
            yield largest
    yield from begun.values()


def _copy_text(known: dict[str, Any], charge: list[str], texts: list[str], end: str) -> tuple[str, str]:
    """Rows in the text format of COPY: all columns, and those of the charge with its `end`."""
    amounts = [known[name] for name in charge[1:]]
    nulls = sum(column.count(None) for column in amounts)
    if nulls:
        amounts = [["\\N" if cell is None else cell for cell in column] for column in amounts]
    columns = [known[name] for name in texts]
    text, charges = _joined(known["number"], amounts, columns, end)
    rows = len(known["number"])
    wanted = rows * (len(charge) + len(texts) - 1), rows, nulls
    if "\r" in text or (text.count("\t"), text.count("\n"), text.count("\\")) != wanted:
        numbers, *columns = (
            [cell.translate(ESCAPES) for cell in column] for column in (known["number"], *columns)
        )
        return _joined(numbers, amounts, columns, end)
    return text, charges


def _joined(numbers: Any, amounts: list[Any], columns: list[Any], end: str) -> tuple[str, str]:
    """Both texts; what they have in common is put together once."""
    charges = list(map("\t".join, zip(numbers, *amounts, strict=True)))
    rows = map("\t".join, zip(charges, *columns, strict=True))
    return "\n".join(rows) + "\n", end.join(charges) + end
