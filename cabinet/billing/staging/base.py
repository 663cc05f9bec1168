"""The interface of staging, and what SQLite and PostgreSQL share of it."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from cabinet.billing.batches import AMOUNTS, TEXTS, Batch
from cabinet.billing.staging.totals import Reading

COLUMNS = ("number", "printed", *TEXTS, *AMOUNTS, "service")


class NotWrittenError(peewee.OperationalError):
    """The rows of a file could not be written beside the database. The text quotes none of them."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that contradicts another of its account and month; `kind` is one of repeats.TWO_…."""

    line: int
    number: str
    kind: str


class Places:
    """Maps the rows of a month, in file order, to lines of the file, in a few bytes per row at most."""

    def __init__(self) -> None:
        self.rows = 0
        self.starts, self.lines = array("q"), array("q")  # runs of rows on consecutive lines

    def add(self, lines: Sequence[int]) -> None:
        """Add the lines of further rows."""
        if isinstance(lines, range):
            self._run(lines[0])
            self.rows += len(lines)
            return
        for line in lines:
            self._run(line)
            self.rows += 1

    def _run(self, line: int) -> None:
        if not self.lines or self.lines[-1] + self.rows - self.starts[-1] != line:
            self.starts.append(self.rows)
            self.lines.append(line)

    def line(self, place: int) -> int:
        """The line of the row at `place`, counting from 1."""
        run = bisect_right(self.starts, place - 1) - 1
        return self.lines[run] + place - 1 - self.starts[run]


class Staging:
    """Holds the rows of a file until they are merged; a context manager that cleans up after itself.

    `periods` maps each period of the file to its number of accounts; `repeated` counts rows that are equal
    to another, `summed` those added to another row of their account. The charges of periods in `merged` are
    already in their table. `charging` is False if the file has accounts only. `part` numbers the stagings of
    an import in several parts, which are nested in that order.
    """

    def __init__(self, dry_run: bool, charging: bool = True, part: int = 0) -> None:
        self.dry_run, self.charging, self.part = dry_run, charging, part
        self.rows: dict[date, Places] = {}
        self.periods: dict[date, int] = {}
        self.merged: set[date] = set()
        self.repeated = self.summed = 0

    def fill(self, batches: Iterable[Batch]) -> None:
        """Write all rows, then sort them and settle repeated accounts."""
        raise NotImplementedError

    def conflicts(self) -> Iterator[Conflict]:
        """The rows that were taken out because they contradict one another."""
        raise NotImplementedError

    def readings(self) -> Iterator[Reading]:
        """How the sums of services were read, for each period with several rows per account."""
        raise NotImplementedError

    def accounts(self, period: date) -> str:
        """The table with all columns of a period's rows, as SQL."""
        raise NotImplementedError

    def charges(self, period: date) -> str:
        """A table with the number and amounts of a period's rows, as SQL."""
        raise NotImplementedError

    def finds(self, query: str) -> bool:
        """Whether a query of staged rows alone finds any, from any thread: beside this one's connection."""
        raise NotImplementedError

    def make(self, statement: str) -> None:
        """Make a table from staged rows and from what was committed before, from any thread."""
        raise NotImplementedError

    def judging(self) -> AbstractContextManager[object]:
        """While rows are only looked at: afterwards nothing of that is in the way of `discard`."""
        return nullcontext()

    def discard(self, period: date) -> None:
        """The rows of a period are needed no more and may go, from any thread, unless somebody reads them."""

    def _settled(self, period: date, conflicts: int, repeated: int, summed: int) -> None:
        """Record what became of the rows of a period."""
        self.repeated += repeated
        self.summed += summed
        accounts = self.rows[period].rows - conflicts - repeated - summed
        if accounts:
            self.periods[period] = accounts


def columns_of(batch: Batch) -> dict[str, Any]:
    values = (batch.numbers, batch.printed, *batch.texts, *batch.amounts, batch.services)
    return dict(zip(COLUMNS, values, strict=True))


def filled(batch: Batch) -> dict[str, Any]:
    """The columns that are not empty; writing an empty one would cost as much as a full one."""
    columns = {name: column for name, column in columns_of(batch).items() if any(column)}
    if batch.printed == batch.numbers:
        del columns["printed"]
    return columns
