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
        names = [name for name in COLUMNS if name in found]
        amounts = [name for name in AMOUNTS if name in found]
        self.columns = ", ".join(names)
        self.charge_columns = ", ".join(["period", "account", *amounts])
        text, charges = [], []
        for batch in batches:
            columns = columns_of(batch)
            text.append(_copy_text(columns, names))
            columns["period"] = [self.period.isoformat()] * len(batch.numbers)
            charges.append(_copy_text(columns, ["period", "number", *amounts]))
        self.text, self.charges = "".join(text).encode(), "".join(charges).encode()


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


def _copy_text(known: dict[str, Any], names: list[str]) -> str:
    """Columns in the text format of COPY."""
    columns, nulls = [], 0
    for name in names:
        column = known[name]
        if None in column:
            nulls += column.count(None)
            column = ["\\N" if cell is None else cell for cell in column]
        columns.append(column)
    rows = len(columns[0])
    text = "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"
    wanted = rows * (len(names) - 1), rows, nulls
    if "\r" in text or (text.count("\t"), text.count("\n"), text.count("\\")) != wanted:
        columns = [
            ["\\N" if cell is None else cell.translate(ESCAPES) for cell in known[name]] for name in names
        ]
        text = "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"
    return text
