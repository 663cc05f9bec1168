"""Formats batches as the text of PostgreSQL's COPY."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from cabinet.billing.batches import AMOUNTS, Batch
from cabinet.billing.staging.base import COLUMNS, columns_of, filled

CHUNK = 15_000  # approximate number of rows written at a time
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Chunk:
    """Batches of one period as text for COPY, formatted while the server writes the previous chunk."""

    def __init__(self, batches: list[Batch]) -> None:
        self.period = batches[0].period
        self.lines = [batch.lines for batch in batches]
        self.services = any(bool(batch.services) for batch in batches)
        found = {name for batch in batches for name in filled(batch)}
        charge = ["number", *(name for name in AMOUNTS if name in found)]
        texts = [name for name in COLUMNS if name in found and name not in charge]
        self.columns = ", ".join((*charge, *texts))
        self.charge_columns = ", ".join(("account", *charge[1:], "period"))
        rows, charges = [], []
        for batch in batches:
            row, charge_of_row = _copy_text(columns_of(batch), charge, texts, f"\t{self.period}\n")
            rows.append(row)
            charges.append(charge_of_row)
        self.text, self.charges = "".join(rows).encode(), "".join(charges).encode()


def chunks(batches: Iterable[Batch]) -> Iterator[list[Batch]]:
    """Groups of batches of one period, about CHUNK rows each."""
    for _period, group in groupby(batches, key=lambda batch: batch.period):
        chunk: list[Batch] = []
        rows = 0
        for batch in group:
            chunk.append(batch)
            rows += len(batch.numbers)
            if rows >= CHUNK:
                yield chunk
                chunk, rows = [], 0
        if chunk:
            yield chunk


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
