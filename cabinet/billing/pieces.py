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
from cabinet.billing.pace import Pace, Stretch
from cabinet.billing.sql import execute, exists, run, same
from cabinet.models.database import is_sqlite
from cabinet.models.import_batch import INSERTED


@dataclass(frozen=True)
class Walk:
    """Through the rows of a table, all or those of one period, a piece at a time.

    `batch` is the import taken back; `undone` are others whose insertions are to go at last. A row stays
    while one of the tables of `held` has something for it: table, column with the row's key, condition.
    """

    journal: Journal
    batch: int
    undone: tuple[int, ...]
    period: date | None = None
    held: tuple[tuple[str, str, str], ...] = ()

    def pieces(self, pace: Pace, fresh: bool) -> "Iterator[Piece]":
        """All of it: rows of the table if they are `fresh`, else of what was written down, at this pace."""
        table, key = self.journal.table if fresh else self.journal.before, self.journal.keys[-1]
        if is_sqlite():
            stretches = pace.along(table, key, self.scope(table), **self.values)
        else:
            stretches = self._all_stretches(table, key, pace.most)
        for stretch in stretches:
            piece = Piece(self, stretch.first, stretch.following)
            if fresh or piece.concerns_us():
                yield piece

    def _all_stretches(self, table: str, key: str, rows: int) -> Iterator[Stretch]:
        """For several at work; so many rows each."""
        numbered = f"SELECT {key}, ROW_NUMBER() OVER (ORDER BY {key}) AS place FROM {table}"
        found = execute(
            f"SELECT {key} FROM ({numbered} WHERE {self.scope(table)}) AS numbered "
            f"WHERE (place - 1) / {rows} * {rows} = place - 1 ORDER BY {key}",
            **self.values,
        )
        firsts = [str(first) for (first,) in found.fetchall()]
        yield from map(Stretch, firsts, [*firsts[1:], None])

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
    """Rows with keys from `first` and before `following`; to the end if that is None."""

    def __init__(self, walk: Walk, first: str, following: str | None) -> None:
        self.walk, self.journal = walk, walk.journal
        self.before, self.table, self.key = walk.journal.before, walk.journal.table, walk.journal.keys[-1]
        self.to_the_end = following is None
        self.values = {**walk.values, "batch": walk.batch, "first": first, "following": following}
        self.rows = 0  # deleted or changed
        self.gone = 0  # deleted

    def between(self, key: str) -> str:
        """Whether a key belongs to the piece."""
        return f"{key} >= :first" + ("" if self.to_the_end else f" AND {key} < :following")

    def within(self, table: str) -> str:
        """Whether a row of this table, or alias, belongs to the piece."""
        return f"{self.walk.scope(table)} AND {self.between(f'{table}.{self.key}')}"

    def concerns_us(self) -> bool:
        """Whether the imports taken back wrote anything of it down."""
        return exists(
            f"{self.before} AS mine WHERE {self.within('mine')} AND batch IN {self.walk.ids}", **self.values
        )

    def row(self, alias: str, other: str) -> str:
        """What any import wrote down of the row of `other`: for a FROM, with its condition."""
        return (
            f"{self.before} AS {alias} WHERE {same(alias, other, self.journal.keys)}"
            f"{_hint(self.within(alias))}"
        )

    def run(self, sql: str) -> int:
        """Run a statement in which the piece's values may be named; returns how many rows it wrote."""
        return run(sql, **self.values)

    def take_back(self, fresh: bool) -> None:
        """All that the import did here; if it was `fresh`, it did nothing but insert. To be tried again."""
        self.rows = self.gone = 0
        if (
            not is_sqlite()
        ):  # of keys behind a parameter few rows are expected, and it would compare all with all
            execute("SET LOCAL enable_nestloop = off")
        if fresh:
            self._remove_fresh()
        else:
            self._restore()
            self._remove_noted()

    def _restore(self) -> None:
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
            f"AND {same('mine', self.table, self.journal.keys)} AND {self._found_by_key()}"
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

    def _remove_noted(self) -> None:
        """Delete what was inserted, as written down; what another import changed since is that one's now."""
        ids, others = self.walk.ids, f"NOT IN {self.walk.ids}"
        mine = f"mine.batch IN {ids} AND (mine.cells & {INSERTED}) <> 0"
        self.run(
            f"UPDATE {self.before} AS later SET cells = cells | {INSERTED} WHERE {self.within('later')} "
            f"AND later.batch = (SELECT MIN(other.batch) FROM {self.row('other', 'later')} "
            f"AND other.batch {others}) AND EXISTS (SELECT 1 FROM {self.row('mine', 'later')} AND {mine})"
        )
        self._delete(
            f"{self._found_by_key()} AND {self.key} IN ("
            f"SELECT mine.{self.key} FROM {self.before} AS mine WHERE {self.within('mine')} AND {mine} "
            f"AND NOT EXISTS (SELECT 1 FROM {self.row('other', 'mine')} AND other.batch {others}))"
        )
        stays = f"{self.table} WHERE {same(self.table, self.before, self.journal.keys)}"
        self.run(
            f"DELETE FROM {self.before} WHERE {self.within(self.before)} AND batch IN {ids} AND "
            f"(EXISTS (SELECT 1 FROM {self.row('other', self.before)} AND other.batch {others}) "
            f"OR NOT EXISTS (SELECT 1 FROM {stays}))"
        )

    def _remove_fresh(self) -> None:
        """Delete what was inserted into an empty table or month, of which nothing was written down."""
        self.run(
            f"UPDATE {self.before} AS later SET cells = cells | {INSERTED} WHERE {self.within('later')} "
            f"AND (later.cells & {INSERTED}) = 0 "
            f"AND later.batch = (SELECT MIN(other.batch) FROM {self.row('other', 'later')})"
        )
        noted = f"EXISTS (SELECT 1 FROM {self.row('noted', self.table)})"
        self._delete(f"{self.within(self.table)} AND NOT {noted}")
        if self.walk.held:
            keys = ", ".join(self.journal.keys)
            self.run(
                f"INSERT INTO {self.before} ({keys}, batch, cells) SELECT {keys}, :batch, {INSERTED} "
                f"FROM {self.table} WHERE {self.within(self.table)} AND NOT {noted}"
            )

    def _delete(self, rows: str) -> None:
        free = "".join(
            f" AND NOT EXISTS (SELECT 1 FROM {table} AS held WHERE held.{key} = {self.table}.{self.key} "
            f"AND {condition}{_hint(self.between(f'held.{key}'))})"
            for table, key, condition in self.walk.held
        )
        gone = self.run(f"DELETE FROM {self.table} WHERE {rows}{free}")
        self.gone += gone
        self.rows += gone

    def _found_by_key(self) -> str:
        """A condition on rows that are found by what was written down of them.

        PostgreSQL joins, and had better not read the whole table; SQLite looks each up, and had better not
        read all rows of the piece, which may be far apart.
        """
        return self.walk.scope(self.table) if is_sqlite() else self.within(self.table)


def _hint(within: str) -> str:
    """That a row found by its key is within the piece goes without saying, but not for PostgreSQL, which
    might read all. SQLite would take it for the way to find the row, and go through the piece for each.
    """
    return "" if is_sqlite() else f" AND {within}"
