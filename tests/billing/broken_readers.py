"""Copies of the reader that are broken on purpose: the tests of damaged files must notice each of them."""

import csv
from collections.abc import Callable, Iterator, Sequence

import pytest

from cabinet.billing.amounts import Sums
from cabinet.billing.readers import quotes, records
from cabinet.billing.staging import repeats

Break = Callable[[pytest.MonkeyPatch], None]


def swallowing(patch: pytest.MonkeyPatch) -> None:
    """A quote hides what follows up to the next one, as in plain CSV."""

    def joined(
        lines: list[str], first: int, delimiter: str, width: int, *_others: object
    ) -> tuple[list[str], int] | None:
        reader = csv.reader(lines[first : first + quotes.MOST_LINES], delimiter=delimiter)
        found = next(reader)
        return (found, reader.line_num) if len(found) == width else None

    patch.setattr(quotes, "joined", joined)


def sum_of_the_row_above(patch: pytest.MonkeyPatch) -> None:
    """A row without a sum gets that of the row above."""
    whole = Sums.columns

    def columns(self: Sums, given: Sequence[list[str]]) -> list[Sequence[str | None]]:
        found = [list(column) for column in whole(self, given)]
        for column in found:
            for row in range(1, len(column)):
                column[row] = column[row - 1] if column[row] is None else column[row]
        return [*found]

    patch.setattr(Sums, "columns", columns)


def filled_from_the_right(patch: pytest.MonkeyPatch) -> None:
    """The last cells of a row that is too short are taken for its last columns."""
    cells_of = records.Records._cells

    def cells(self: records.Records, *given: object) -> tuple[list[str] | None, int]:
        found, count = cells_of(self, *given)  # type: ignore[arg-type]
        if found and 3 < len(found) < self.width:
            found = [*found[:3], *[""] * (self.width - len(found)), *found[3:]]
        return found, count

    patch.setattr(records.Records, "_cells", cells)


def cut_at_nul(patch: pytest.MonkeyPatch) -> None:
    """A cell ends at a NUL, as a text of C."""
    clean = records.clean
    patch.setattr(records, "clean", lambda cell: clean(cell.partition("\0")[0]))


def shifted(patch: pytest.MonkeyPatch) -> None:
    """A cell too many moves the rest of its row on, and the last one falls off."""
    patch.setattr(
        records.Records, "_fits", lambda self, cells: len(cells) in self.widths or len(cells) > self.width
    )


def last_wins(patch: pytest.MonkeyPatch) -> None:
    """Of rows that contradict one another the last is taken."""

    def settle(table: str, dialect: repeats.Dialect, _services: bool) -> Iterator[tuple[str, str]]:
        place = dialect.place
        yield "", f"CREATE TABLE {repeats.conflicts_of(table)} (place BIGINT, number TEXT, kind TEXT)"
        later = f"later.number = {table}.number AND later.{place} > {table}.{place}"
        yield "repeated", f"DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM {table} AS later WHERE {later})"

    patch.setattr(repeats, "settle", settle)


BROKEN: tuple[Break, ...] = (
    swallowing, sum_of_the_row_above, filled_from_the_right, cut_at_nul, shifted, last_wins,
)  # fmt: skip
