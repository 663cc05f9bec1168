"""What the database must hold after imports and undos, kept in dictionaries: no SQL, no short cuts.

An import is what it did: rows that it made, cells that it set. A row lives while an import that made it or
set a cell of it stands; a cell holds what the last standing import set, else what it held at first.
"""

from collections.abc import Hashable, Set
from dataclasses import dataclass, field
from typing import cast

from tests.billing.files import State

Row = tuple[object, ...]


@dataclass
class Change:
    """What one import did to one row: the cells by place."""

    batch: int
    cells: dict[int, object]


@dataclass
class Life:
    """A row from when it was made. `maker` is None for a row from before all imports."""

    maker: int | None
    first: Row
    changes: list[Change] = field(default_factory=list)

    def standing(self, undone: set[int]) -> bool:
        """Whether an import stands that wants the row."""
        return (
            self.maker is None
            or self.maker not in undone
            or any(change.batch not in undone for change in self.changes)
        )

    def row(self, undone: set[int]) -> Row:
        """Its cells now."""
        cells = list(self.first)
        for change in self.changes:
            if change.batch not in undone:
                for place, value in change.cells.items():
                    cells[place] = value
        return tuple(cells)


class History:
    """All rows of both tables, and which imports are undone."""

    def __init__(self, state: State) -> None:
        self.undone: set[int] = set()
        self.lives: dict[Hashable, Life] = {}
        for key, row in self._rows(state).items():
            self.lives[key] = Life(None, row)

    @staticmethod
    def _rows(state: State) -> dict[Hashable, Row]:
        accounts, charges = state
        rows: dict[Hashable, Row] = dict(accounts.items())
        rows.update(charges.items())
        return rows

    def imported(self, batch: int, before: State, after: State) -> None:
        """An import made this of that."""
        old, new = self._rows(before), self._rows(after)
        assert old.keys() <= new.keys(), "an import deletes nothing"
        for key, row in new.items():
            if key not in old:
                self.lives[key] = Life(batch, row)
            elif row != old[key]:
                cells = {place: cell for place, cell in enumerate(row) if cell != old[key][place]}
                self.lives[key].changes.append(Change(batch, cells))

    def undo(self, batch: int, linked: Set[str] = frozenset()) -> None:
        """Take an import back: what nobody wants any more is gone."""
        self.undone.add(batch)
        for charges in (True, False):  # an account stays as long as it is billed
            billed = {key[1] for key in self.lives if isinstance(key, tuple)}
            for key, life in list(self.lives.items()):
                kept = not isinstance(key, tuple) and (key in billed or key in linked)
                if isinstance(key, tuple) == charges and not kept and not life.standing(self.undone):
                    del self.lives[key]

    def state(self) -> State:
        """What the database must hold."""
        rows = {key: life.row(self.undone) for key, life in self.lives.items()}
        accounts = {key: row for key, row in rows.items() if not isinstance(key, tuple)}
        charges = {key: row for key, row in rows.items() if isinstance(key, tuple)}
        return cast(State, (accounts, charges))
