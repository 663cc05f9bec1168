"""Records what an import is about to change, so that it can be undone.

The records are rows of the tables in `cabinet.models.import_batch`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import peewee

from cabinet.billing.batches import AMOUNTS, TEXTS
from cabinet.billing.pace import Step, Stretch
from cabinet.billing.sql import any_differs, count, differ, execute, run, same, sets
from cabinet.models.database import is_sqlite
from cabinet.models.import_batch import INSERTED

Look = Callable[[str], Callable[[], object]]  # begins a statement; returns what waits for it


@dataclass(frozen=True)
class Journal:
    """A table that imports change, and the table that records its previous values."""

    table: str
    before: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]

    def bit(self, column: str) -> int:
        """The bit of `cells` that marks the column as changed."""
        return INSERTED << (1 + self.columns.index(column))

    def merging(
        self, batch: int, source: str, values: dict[str, str], update: bool, look: Look | None = None
    ) -> Step:
        """A step that records and then applies the changes of a stretch of the source; all on PostgreSQL.

        There `look` makes a table of what differs beside other work, if nothing of it is being changed yet.
        """
        if not is_sqlite():
            found, made = self._looked(source, values, update, look)
            return lambda _all: (made(), self._at_once(batch, found, values, update))[1]

        def step(stretch: Stretch) -> tuple[int, int]:
            if not self.write_down(batch, source, values, update, stretch):
                return 0, 0
            return self.carry_out(batch, source, values, update, stretch)

        return step

    def write_down(
        self, batch: int, source: str, values: dict[str, str], update: bool, stretch: Stretch
    ) -> int:
        """Record which rows of the source are new and, if `update`, which differ and in what.

        `values` maps columns, including the keys, to SQL over `source`. Returns the number of rows recorded.
        """
        names, cells, old, rows = self._difference(source, values, update)
        return run(
            f"INSERT INTO {self.before} ({', '.join((*self.keys, 'batch', 'cells', *names))}) "
            f"SELECT {', '.join((*(values[name] for name in self.keys), ':batch', cells, *old))} "
            f"FROM {rows} AND {stretch.has('new.number')} ORDER BY new.number",
            batch=batch,
            **stretch.values,
        )

    def _difference(
        self, source: str, values: dict[str, str], update: bool
    ) -> tuple[list[str], str, list[str], str]:
        """The columns that may change, SQL of `cells`, of what each held, and of a FROM of what differs."""
        found = {
            name: f"CASE WHEN {differ(f'old.{name}', sql)} THEN {{}} END" for name, sql in values.items()
        }
        names = [name for name in values if update and name not in self.keys]
        cells = " + ".join(f"COALESCE({found[name].format(self.bit(name))}, 0)" for name in names) or "0"
        old = [found[name].format(f"old.{name}") for name in names]
        missing = f"old.{self.keys[-1]} IS NULL"
        joined = " AND ".join(f"old.{name} = {values[name]}" for name in self.keys)
        changed = f" OR {any_differs('old', {name: values[name] for name in names})}" if names else ""
        rows = f"{source} LEFT JOIN {self.table} AS old ON {joined} WHERE ({missing}{changed})"
        return names, f"CASE WHEN {missing} THEN {INSERTED} ELSE {cells} END", old, rows

    def carry_out(
        self, batch: int, source: str, values: dict[str, str], update: bool, stretch: Stretch
    ) -> tuple[int, int]:
        """Apply the recorded changes: insert and, if `update`, change rows; returns how many of each.

        It walks the records in key order, as SQLite would hold anything it sorts or joins in memory. Without
        `update` an earlier period of this import may have inserted such a row already.
        """
        changes = [name for name in values if name not in self.keys]
        noted = " AND ".join(f"noted.{name} = {values[name]}" for name in self.keys)
        ours = f"noted.batch = :batch AND {stretch.has(f'noted.{self.keys[-1]}')}"
        key = ", ".join(self.keys)
        change = f"({key}) DO UPDATE SET {sets({name: f'excluded.{name}' for name in changes})}"
        written = run(
            f"INSERT INTO {self.table} ({', '.join(values)}) SELECT {', '.join(values.values())} "
            f"FROM {self.before} AS noted CROSS JOIN {source} ON {noted} "
            f"WHERE {ours} AND noted.cells {'>=' if update else '='} {INSERTED} "
            f"ORDER BY {', '.join(f'noted.{name}' for name in self.keys)} "
            f"ON CONFLICT {change if update else 'DO NOTHING'}",
            batch=batch,
            **stretch.values,
        )
        changed = self._changed(batch, values, stretch) if update else 0
        return written - changed, changed

    def _looked(
        self, source: str, values: dict[str, str], update: bool, look: Look | None
    ) -> tuple[str, Callable[[], object]]:
        """A table of what differs, in the order of the keys, each row with its place; and what waits for it.

        PostgreSQL looks once, by several processes: it would do all that follows by one, and look each time.
        """
        names, cells, old, rows = self._difference(source, values, update)
        found = f"{source.split()[0]}_found"
        wanted = {
            **values,
            "cells": cells,
            **dict(zip(map(_was, names), old, strict=True)),
            "place": "old.ctid",
        }
        make = (
            f"CREATE UNLOGGED TABLE {found} AS SELECT "
            f"{', '.join(f'{sql} AS {name}' for name, sql in wanted.items())} FROM {rows} ORDER BY new.number"
        )
        return found, look(make) if look else partial(execute, make)

    def _at_once(self, batch: int, found: str, values: dict[str, str], update: bool) -> tuple[int, int]:
        """Record and apply what was found, in the caller's transaction; nobody else writes these tables."""
        names = [name for name in values if update and name not in self.keys]
        noted = run(
            f"INSERT INTO {self.before} ({', '.join((*self.keys, 'batch', 'cells', *names))}) "
            f"SELECT {', '.join((*self.keys, ':batch', 'cells', *map(_was, names)))} FROM {found}",
            batch=batch,
        )
        changed = self._change(found, names) if names else 0
        new = run(
            f"INSERT INTO {self.table} ({', '.join(values)}) SELECT {', '.join(values)} FROM {found} "
            f"WHERE cells = {INSERTED}"
        )
        execute(f"DROP TABLE {found}")
        if new + changed != noted:
            raise peewee.OperationalError("somebody else writes what billing has")
        return new, changed

    def _change(self, found: str, names: list[str]) -> int:
        """Change the rows that differ, each in its place: never by reading them all."""
        _join(by_place=True)
        changed = run(
            f"UPDATE {self.table} SET {sets({name: f'found.{name}' for name in names})} "
            f"FROM {found} AS found WHERE found.cells > {INSERTED} AND {self.table}.ctid = found.place "
            f"AND {same(self.table, 'found', self.keys)}"
        )
        _join(by_place=False)
        return changed

    def _changed(self, batch: int, values: dict[str, str], stretch: Stretch) -> int:
        """How many rows of this period and stretch are recorded as changed."""
        period = f"period = {values['period']} AND" if "period" in values else ""
        mine = f"{stretch.has(self.keys[-1])} AND batch = :batch AND cells > {INSERTED}"
        return count(f"{self.before} WHERE {period} {mine}", batch=batch, **stretch.values)


def _was(name: str) -> str:
    return f"was_{name}"


def _join(by_place: bool) -> None:
    """How PostgreSQL joins what is found: it knows nothing of new tables, and would read all months."""
    execute(f"SET LOCAL enable_nestloop = {by_place}")
    for way in ("hashjoin", "mergejoin"):
        execute(f"SET LOCAL enable_{way} = {not by_place}")


ACCOUNTS = Journal("account", "account_before", ("number",), ("printed", *TEXTS))
CHARGES = Journal("charge", "charge_before", ("period", "account"), AMOUNTS)
