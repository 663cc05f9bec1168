"""What the staging of both databases shares."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from cabinet.billing.batches import AMOUNTS, TEXTS, Batch

COLUMNS = ("number", "printed", *TEXTS, *AMOUNTS)


class Staging:
    """What both databases share; a context manager that leaves nothing behind.

    `periods` maps each period of the file to the number of its accounts, `repeated` counts the rows that
    later ones of the same account and period replaced. Periods in `merged` need no merge of their charges.
    """

    def __init__(self, dry_run: bool) -> None:
        self.dry_run = dry_run
        self.rows: dict[date, int] = {}
        self.periods: dict[date, int] = {}
        self.merged: set[date] = set()

    @property
    def repeated(self) -> int:
        """How many rows later ones replaced."""
        return sum(self.rows.values()) - sum(self.periods.values())

    def fill(self, batches: Iterable[Batch]) -> int:
        """Write all rows, then order them; returns their number."""
        raise NotImplementedError

    def accounts(self, period: date) -> str:
        """The table of a period's rows with all columns, as SQL."""
        raise NotImplementedError

    def charges(self, period: date) -> str:
        """A table of a period's rows with number and amounts, as SQL."""
        raise NotImplementedError


def columns_of(batch: Batch) -> dict[str, Any]:
    values = (batch.numbers, batch.printed, *batch.texts, *batch.amounts)
    return dict(zip(COLUMNS, values, strict=True))


def filled(batch: Batch) -> dict[str, Any]:
    """The columns that say something; an empty one would cost as much as a full one."""
    columns = {name: column for name, column in columns_of(batch).items() if any(column)}
    if batch.printed is batch.numbers:
        del columns["printed"]
    return columns
