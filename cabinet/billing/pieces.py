"""Takes back what an import did to a range of rows of one table, in one transaction.

Each row written down is the link of a chain: the next import that changed the same cell found there what this
one had put. So the value from before this import goes to that next one or, if there is none, into the row.
A row that an import inserted stays while another has changed it since, and becomes that other's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from cabinet.billing.journal import Journal
from cabinet.billing.sql import execute, exists, run, same
from cabinet.models.import_batch import INSERTED


@dataclass(frozen=True)
class Walk:
    """Through the rows of a table, all or those of one period, a piece at a time.

    `batch` is the import taken back; `undone` are those whose insertions are to go, itself included unless
    they stand nowhere. A row stays while `held`, as SQL over the table, is true.
    """

    journal: Journal
    batch: int
    undone: tuple[int, ...]
    period: date | None = None
    held: str = "FALSE"

    def pieces(self, rows: int, fresh: bool) -> "Iterator[Piece]":
        """All of it, as long as each piece is done before the next is asked for.

        A piece has so many rows of the table if all there are `fresh`, else of what was written down, from
        the first that is of the imports taken back.
        """
        rows_of = self.journal.table if fresh else self.journal.before
        mine = "TRUE" if fresh else f"batch IN {self.ids}"
        first, last = self._key(rows_of, "'' <", mine), None
        while first is not None:
            last = self._key(rows_of, ":from <=", "TRUE", rows - 1, first)
            yield Piece(self, first, last)
            first = None if last is None else self._key(rows_of, ":from <", mine, 0, last)

    def _key(self, table: str, above: str, condition: str, skipped: int = 0, bound: str = "") -> str | None:
        key = self.journal.keys[-1]
        found = execute(
            f"SELECT {key} FROM {table} WHERE {self.scope(table)} AND {above} {key} AND {condition} "
            f"ORDER BY {key} LIMIT 1 OFFSET {skipped}",
            **self.values,
            **({"from": bound} if ":from" in above else {}),
        ).fetchone()
        return None if found is None else str(found[0])

    @property
    def ids(self) -> str:
        """The imports whose insertions go, as an SQL list."""
        return f"({', '.join(str(int(number)) for number in (*self.undone, self.batch))})"

    @property
    def values(self) -> dict[str, Any]:
        """What the names in `scope` stand for."""
        return {} if self.period is None else {"period": self.period}

    def scope(self, table: str) -> str:
        """What the walk goes through, as a condition."""
        return "TRUE" if self.period is None else f"{table}.period = :period"


class Piece:
    """Rows with keys from `first` to `last`, or to the end if that is None."""

    def __init__(self, walk: Walk, first: str, last: str | None) -> None:
        self.walk, self.journal = walk, walk.journal
        self.before, self.table, self.key = walk.journal.before, walk.journal.table, walk.journal.keys[-1]
        self.end = "" if last is None else ":last"
        self.values = {**walk.values, "batch": walk.batch, "first": first, "last": last}
        self.rows = 0  # deleted or changed
        self.gone = 0  # deleted

    def within(self, table: str) -> str:
        """Whether a row of this table, or alias, belongs to the piece."""
        end = f" AND {table}.{self.key} <= :last" if self.end else ""
        return f"{self.walk.scope(table)} AND {table}.{self.key} >= :first{end}"

    def row(self, alias: str, other: str) -> str:
        """What any import wrote down of the row of `other`: for a FROM, with its condition."""
        return f"{self.before} AS {alias} WHERE {same(alias, other, self.journal.keys)}"

    def run(self, sql: str) -> int:
        """Run a statement in which the piece's values may be named; returns how many rows it wrote."""
        return run(sql, **{name: value for name, value in self.values.items() if f":{name}" in sql})

    def restore(self) -> None:
        """Give the cells that the import changed what they held before it."""
        mine = f"{self.before} AS mine WHERE {self.within('mine')}"
        stand_on_it = exists(f"{mine} AND mine.batch > :batch", **self.values)
        columns = self.journal.columns
        if stand_on_it:
            for column in columns:
                self._hand_on(column)
        self.rows += self.run(
            f"UPDATE {self.table} SET {', '.join(self._old(name, stand_on_it) for name in columns)} "
            f"FROM {mine} AND mine.batch = :batch AND mine.cells > {INSERTED} "
            f"AND {same('mine', self.table, self.journal.keys)}"
        )
        self.run(
            f"UPDATE {self.before} SET cells = {INSERTED} WHERE {self.within(self.before)} "
            f"AND batch = :batch AND cells > {INSERTED} AND (cells & {INSERTED}) <> 0"
        )
        self.run(
            f"DELETE FROM {self.before} WHERE {self.within(self.before)} "
            f"AND batch = :batch AND cells > {INSERTED}"
        )

    def _hand_on(self, column: str) -> None:
        """What the cell held goes to the next import that changed it."""
        bit = self.journal.bit(column)
        mine = f"{self.row('mine', 'later')} AND mine.batch = :batch"
        between = f"{self.row('other', 'later')} AND other.batch > :batch AND other.batch < later.batch"
        self.run(
            f"UPDATE {self.before} AS later SET {column} = (SELECT mine.{column} FROM {mine}) "
            f"WHERE {self.within('later')} AND later.batch > :batch AND (later.cells & {bit}) <> 0 "
            f"AND EXISTS (SELECT 1 FROM {mine} AND (mine.cells & {bit}) <> 0) "
            f"AND NOT EXISTS (SELECT 1 FROM {between} AND (other.cells & {bit}) <> 0)"
        )

    def _old(self, column: str, stand_on_it: bool) -> str:
        bit = self.journal.bit(column)
        later = f"{self.row('later', 'mine')} AND later.batch > :batch AND (later.cells & {bit}) <> 0"
        last = f" AND NOT EXISTS (SELECT 1 FROM {later})" if stand_on_it else ""
        return (
            f"{column} = CASE WHEN (mine.cells & {bit}) <> 0{last} "
            f"THEN mine.{column} ELSE {self.table}.{column} END"
        )

    def remove_noted(self) -> None:
        """Delete what was inserted, as written down; what another import changed since is that one's now."""
        ids, others = self.walk.ids, f"NOT IN {self.walk.ids}"
        mine = f"mine.batch IN {ids} AND (mine.cells & {INSERTED}) <> 0"
        self.run(
            f"UPDATE {self.before} AS later SET cells = cells | {INSERTED} WHERE {self.within('later')} "
            f"AND later.batch = (SELECT MIN(other.batch) FROM {self.row('other', 'later')} "
            f"AND other.batch {others}) AND EXISTS (SELECT 1 FROM {self.row('mine', 'later')} AND {mine})"
        )
        self._delete(
            f"{self.walk.scope(self.table)} AND {self.key} IN ("
            f"SELECT mine.{self.key} FROM {self.before} AS mine WHERE {self.within('mine')} AND {mine} "
            f"AND NOT EXISTS (SELECT 1 FROM {self.row('other', 'mine')} AND other.batch {others}))"
        )
        stays = f"{self.table} WHERE {same(self.table, self.before, self.journal.keys)}"
        self.run(
            f"DELETE FROM {self.before} WHERE {self.within(self.before)} AND batch IN {ids} AND "
            f"(EXISTS (SELECT 1 FROM {self.row('other', self.before)} AND other.batch {others}) "
            f"OR NOT EXISTS (SELECT 1 FROM {stays}))"
        )

    def remove_fresh(self) -> None:
        """Delete what was inserted into an empty table or month, of which nothing was written down."""
        self.run(
            f"UPDATE {self.before} AS later SET cells = cells | {INSERTED} WHERE {self.within('later')} "
            f"AND (later.cells & {INSERTED}) = 0 "
            f"AND later.batch = (SELECT MIN(other.batch) FROM {self.row('other', 'later')})"
        )
        noted = f"EXISTS (SELECT 1 FROM {self.row('noted', self.table)})"
        self._delete(f"{self.within(self.table)} AND NOT {noted}")
        if self.walk.held != "FALSE":
            keys = ", ".join(self.journal.keys)
            self.run(
                f"INSERT INTO {self.before} ({keys}, batch, cells) SELECT {keys}, :batch, {INSERTED} "
                f"FROM {self.table} WHERE {self.within(self.table)} AND NOT {noted}"
            )

    def _delete(self, rows: str) -> None:
        gone = self.run(f"DELETE FROM {self.table} WHERE {rows} AND NOT ({self.walk.held})")
        self.gone += gone
        self.rows += gone
