"""Records what an import is about to change, so that it can be undone.

The records are rows of the tables in `cabinet.models.import_batch`.
"""

from dataclasses import dataclass

from cabinet.billing.batches import AMOUNTS, TEXTS
from cabinet.billing.pace import Step, Stretch
from cabinet.billing.sql import any_differs, count, differ, run, sets
from cabinet.models.database import is_sqlite
from cabinet.models.import_batch import INSERTED


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

    def merging(self, batch: int, source: str, values: dict[str, str], update: bool) -> Step:
        """A step that records and then applies the changes of a stretch of the source."""

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
        found = {
            name: f"CASE WHEN {differ(f'old.{name}', sql)} THEN {{}} END" for name, sql in values.items()
        }
        names = [name for name in values if update and name not in self.keys]
        cells = " + ".join(f"COALESCE({found[name].format(self.bit(name))}, 0)" for name in names) or "0"
        old = "".join(f", {found[name].format(f'old.{name}')}" for name in names)
        missing = f"old.{self.keys[-1]} IS NULL"
        joined = " AND ".join(f"old.{name} = {values[name]}" for name in self.keys)
        changed = f" OR {any_differs('old', {name: values[name] for name in names})}" if names else ""
        return run(
            f"INSERT INTO {self.before} ({', '.join((*self.keys, 'batch', 'cells', *names))}) "
            f"SELECT {', '.join(values[name] for name in self.keys)}, :batch, "
            f"CASE WHEN {missing} THEN {INSERTED} ELSE {cells} END{old} "
            f"FROM {source} LEFT JOIN {self.table} AS old ON {joined} "
            f"WHERE ({missing}{changed}) AND {stretch.has('new.number')} ORDER BY new.number",
            batch=batch,
            **stretch.values,
        )

    def carry_out(
        self, batch: int, source: str, values: dict[str, str], update: bool, stretch: Stretch
    ) -> tuple[int, int]:
        """Apply the recorded changes: insert and, if `update`, change rows; returns how many of each.

        SQLite walks the records in key order, as it would hold anything it sorts or joins in memory;
        PostgreSQL joins them. Only without `update` may an earlier period of this import have inserted such a
        row already; guarding against that would cost PostgreSQL a third log record per row.
        """
        changes = [name for name in values if name not in self.keys]
        noted = " AND ".join(f"noted.{name} = {values[name]}" for name in self.keys)
        rows = f"{self.before} AS noted {'CROSS JOIN' if is_sqlite() else 'JOIN'} {source} ON {noted}"
        ours = f"noted.batch = :batch AND {stretch.has(f'noted.{self.keys[-1]}')}"
        known = {"batch": batch, **stretch.values}
        insert = (
            f"INSERT INTO {self.table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {rows} "
            f"WHERE {ours} AND noted.cells = {INSERTED} "
            f"ORDER BY {', '.join(f'noted.{name}' for name in self.keys)} ON CONFLICT DO NOTHING"
        )
        if is_sqlite() and update:
            key = ", ".join(self.keys)
            change = f"({key}) DO UPDATE SET {sets({name: f'excluded.{name}' for name in changes})}"
            upsert = insert.replace(f"= {INSERTED}", f">= {INSERTED}").replace("DO NOTHING", change)
            written = run(upsert, **known)
            return written - (changed := self._changed(batch, values, stretch)), changed
        changed = 0
        if update:
            found = " AND ".join(f"{self.table}.{name} = {values[name]}" for name in self.keys)
            changed = run(
                f"UPDATE {self.table} SET {sets({name: values[name] for name in changes})} "
                f"FROM {self.before} AS noted, {source} "
                f"WHERE {ours} AND noted.cells > {INSERTED} AND {noted} AND {found}",
                **known,
            )
            insert = insert.removesuffix(" ON CONFLICT DO NOTHING")
        return run(insert, **known), changed

    def _changed(self, batch: int, values: dict[str, str], stretch: Stretch) -> int:
        """How many rows of this period and stretch are recorded as changed."""
        period = f"period = {values['period']} AND" if "period" in values else ""
        mine = f"{stretch.has(self.keys[-1])} AND batch = :batch AND cells > {INSERTED}"
        return count(f"{self.before} WHERE {period} {mine}", batch=batch, **stretch.values)


ACCOUNTS = Journal("account", "account_before", ("number",), ("printed", *TEXTS))
CHARGES = Journal("charge", "charge_before", ("period", "account"), AMOUNTS)
