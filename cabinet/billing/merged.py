"""Carries an account down over the rows of its services, where merged cells left all of it blank below."""

from collections.abc import Mapping, Sequence

from cabinet.billing.alien import broken
from cabinet.billing.batches import AMOUNTS, KOPECKS
from cabinet.billing.others import is_total

SUMS = frozenset((*AMOUNTS, *KOPECKS))

Columns = list[list[str]]


class Owner:
    """The account of the row above, for rows that have nothing but a service and its sums.

    `places` are the columns of a file. A row is filled only right below one that has an account or was itself
    filled, and only if all that would tell whose it is is blank: where a single cell is missing, it was lost.
    """

    def __init__(self, places: Mapping[str, int]) -> None:
        self.service = places.get("service")
        self.account = places.get("account", 0)
        self.sums = [place for name, place in places.items() if name in SUMS]
        self.told = [place for name, place in places.items() if name != "service" and name not in SUMS]
        self.known: list[str] = []  # the cells of `told` above
        self.line = 0

    def forget(self) -> None:
        """What follows is not right below."""
        self.known = []

    def fill(self, columns: Columns, lines: Sequence[int]) -> tuple[Columns, int]:
        """The columns with an account in all rows that can have one, and how many rows were filled."""
        if self.service is None:
            return columns, 0
        if lines[0] != self.line + 1:
            self.forget()
        filled = 0
        if "" in columns[self.account]:
            columns = list(columns)
            for place in self.told:
                columns[place] = list(columns[place])
            for row in range(len(lines)):
                if row and lines[row] != lines[row - 1] + 1:
                    self.forget()
                filled += self._fill(columns, row)
        else:
            self._note(columns, len(lines) - 1)
        self.line = lines[-1]
        return columns, filled

    def _fill(self, columns: Columns, row: int) -> bool:
        assert self.service is not None
        service = columns[self.service][row]
        blank = not any(columns[place][row] for place in self.told)
        due = any(columns[place][row] for place in self.sums)
        if not (self.known and blank and service and due) or is_total([service]):
            self._note(columns, row)
            return False
        for place, cell in zip(self.told, self.known, strict=True):
            columns[place][row] = cell
        return True

    def _note(self, columns: Columns, row: int) -> None:
        cells = [columns[place][row] for place in self.told]
        number = any(map(str.isdigit, columns[self.account][row]))
        self.known = cells if number and not broken("".join(cells)) else []
