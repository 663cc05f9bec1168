"""Carries an address down from the first row of a house, where merged cells or groups left it blank below."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from cabinet.billing import homes
from cabinet.billing.alien import broken

STREET = ("address", "region", "district", "city", "street_type", "street", "street_house")
HOUSE = ("house", "building", "structure", "letter")
FLAT = ("premises", "room")
ENOUGH = 10_000  # rows that show whether each of them names its house

Columns = list[list[str]]


class Above:
    """The house of the row above, for rows that name only an account and a flat.

    `places` are the columns of a file. A row is filled only right below one of the same table, and only if
    flats have a column of their own: otherwise it would get the flat of its neighbour. Where two rows on end
    name the same house no blank one stands for it.
    """

    def __init__(self, places: Mapping[str, int]) -> None:
        self.account = places.get("account", 0)
        self.street, self.house, self.flat = (
            [places[name] for name in names if name in places] for names in (STREET, HOUSE, FLAT)
        )
        self.able = bool(self.street and self.flat)
        self.known: dict[int, str] = {}  # the cells of the house above, by their columns
        self.line = self.looked_at = 0

    def forget(self) -> None:
        """What follows is not right below."""
        self.known = {}

    def fill(self, columns: Columns, lines: Sequence[int]) -> tuple[Columns, int]:
        """The columns with addresses in all rows that can have one, and how many rows were filled."""
        if self.looked_at < ENOUGH:
            self.looked_at += len(lines)
            self.able = self.able and not self._repeats(columns)
        if not self.able:
            return columns, 0
        if lines[0] != self.line + 1:
            self.forget()
        self.line = lines[-1]
        if not all("" in columns[place] for place in self.street):
            self._note(columns, len(lines) - 1)
            return columns, 0
        columns = list(columns)
        for place in (*self.street, *self.house):
            columns[place] = list(columns[place])
        filled = 0
        for row in range(len(lines)):
            if not any(columns[place][row] for place in self.street):
                filled += self._fill(columns, row)
            self._note(columns, row)
        return columns, filled

    def _repeats(self, columns: Columns) -> bool:
        """Whether two rows on end name the same house."""
        houses = list(zip(*(columns[place] for place in (*self.street, *self.house)), strict=True))
        return any(one == other and any(one) for one, other in pairwise(houses))

    def _fill(self, columns: Columns, row: int) -> bool:
        """Fill a row without a street; False if it cannot be."""
        flat = any(columns[place][row] for place in self.flat)
        if not self.known or not flat or not columns[self.account][row]:
            return False
        own_house = any(columns[place][row] for place in self.house)
        for place in self.street if own_house else (*self.street, *self.house):
            columns[place][row] = self.known[place]
        return True

    def _note(self, columns: Columns, row: int) -> None:
        """Remember the house of a row, if it is of an account and has one."""
        cells = {place: columns[place][row] for place in (*self.street, *self.house)}
        named = " ".join(cells[place] for place in self.street)
        whole = named.strip() and not broken(named) and not homes.FLAT.search(named)
        usable = whole and columns[self.account][row]
        self.known = cells if usable else {}
