"""Settles accounts that have several rows in a month, as SQL for both databases.

Equal rows count as one. Rows of services are summed if the file names services. All other rows contradict
one another: none of them is taken, and each is reported. The same if another row of a service of the account
was rejected: what is left would be too small a sum.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cabinet.billing.batches import AMOUNTS, TEXTS
from cabinet.billing.staging.totals import SAME, statements, summed

SEPARATOR = "'\x1f'"
TWO_ADDRESSES = "address"
TWO_AMOUNTS = "amount"
INCOMPLETE = "incomplete"
REJECTED = "!"  # the service of a row that says that its account has a rejected one
NO_LINE = 0  # of the file has that row
CONFLICTS = {
    TWO_ADDRESSES: "один номер счёта у разных адресов или имён в одном месяце",
    TWO_AMOUNTS: "один номер счёта с разными суммами в одном месяце",
    INCOMPLETE: "другая строка этого счёта не принята, и сумма была бы неполной",
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """A database's name for the place of a row, its query that numbers rows in file order, and its condition
    for a row of which an equal one comes later: in time that does not grow with the square of their number.
    """

    place: str
    numbered: str
    repeated: str


SQLITE = Dialect(
    "rowid",
    "(SELECT rowid AS place, number FROM {table})",
    "rowid NOT IN (SELECT MAX(rowid) FROM {table} WHERE number IN (SELECT number FROM {table}_twice) "
    "GROUP BY number, {sums})",
)
POSTGRES = Dialect(
    "ctid",
    "(SELECT row_number() OVER (ORDER BY ctid) AS place, number FROM {table})",
    "EXISTS (SELECT 1 FROM {table} AS later WHERE later.number = {table}.number "
    "AND later.ctid > {table}.ctid AND {later_sums} = {own_sums})",
)


def exist(table: str) -> str:
    """A query that finds a row if any account has several."""
    return f"SELECT 1 FROM {table} GROUP BY number HAVING COUNT(*) > 1 LIMIT 1"


def settle(table: str, dialect: Dialect, services: bool) -> Iterator[tuple[str, str]]:
    """Statements, each with what its row count stands for: "conflicts", "repeated", "summed" or "".

    They leave one row per account, and in `conflicts_of(table)` the contradicting rows that were taken out.
    """
    twice, conflicts, place = f"{table}_twice", conflicts_of(table), dialect.place
    texts, sums = _joined(TEXTS), _sums("", services)
    incomplete = f"MAX(CASE WHEN service = '{REJECTED}' THEN 1 ELSE 0 END)" if services else "0"
    contradicts = "(incomplete = 1 OR texts > 1)" if services else "(texts > 1 OR sums > 1)"
    yield (
        "",
        (
            f"CREATE TABLE {twice} AS SELECT number, COUNT(DISTINCT {texts}) AS texts, "
            f"COUNT(DISTINCT {sums}) AS sums, {incomplete} AS incomplete FROM {table} WHERE number IN "
            f"(SELECT number FROM {table} GROUP BY number HAVING COUNT(*) > 1) GROUP BY number"
        ),
    )
    yield (
        "",
        (
            f"CREATE TABLE {conflicts} AS SELECT place, number, "
            f"CASE WHEN incomplete = 1 THEN '{INCOMPLETE}' WHEN texts > 1 THEN '{TWO_ADDRESSES}' "
            f"ELSE '{TWO_AMOUNTS}' END AS kind "
            f"FROM {dialect.numbered.format(table=table)} AS numbered JOIN {twice} USING (number) "
            f"WHERE {contradicts}"
        ),
    )
    yield "conflicts", f"DELETE FROM {table} WHERE number IN (SELECT number FROM {conflicts})"
    yield (
        "repeated",
        (
            f"DELETE FROM {table} WHERE number IN (SELECT number FROM {twice}) AND "
            + dialect.repeated.format(
                table=table,
                sums=sums,
                later_sums=_sums("later.", services),
                own_sums=_sums(f"{table}.", services),
            )
        ),
    )
    if services:
        yield from _sum(table, twice, place)


def _sum(table: str, twice: str, place: str) -> Iterator[tuple[str, str]]:
    """Add up the rows of each account into its last row; see `totals`."""
    totals, sums = f"{table}_totals", ", ".join(map(summed, AMOUNTS))
    yield (
        "",
        (
            f"CREATE TABLE {totals} AS SELECT number, MAX({place}) AS place, {sums}, {SAME} FROM {table} "
            f"WHERE number IN (SELECT number FROM {twice}) GROUP BY number HAVING COUNT(*) > 1"
        ),
    )
    yield from statements(totals, reading_of(table))
    yield (
        "summed",
        (
            f"DELETE FROM {table} WHERE number IN (SELECT number FROM {totals}) "
            f"AND {place} NOT IN (SELECT place FROM {totals})"
        ),
    )
    new = ", ".join(f"{name} = total.{name}" for name in AMOUNTS)
    yield "", f"UPDATE {table} SET {new} FROM {totals} AS total WHERE total.number = {table}.number"


def conflicts_of(table: str) -> str:
    """The name of the table of contradicting rows: place in the file, number, kind."""
    return f"{table}_conflicts"


def reading_of(table: str) -> str:
    """The name of the one-row table that says how sums of services were read; see `totals`."""
    return f"{table}_reading"


def _sums(prefix: str, services: bool) -> str:
    names = (*AMOUNTS, "service") if services else AMOUNTS
    return _joined(names, prefix)


def _joined(names: tuple[str, ...], prefix: str = "") -> str:
    """Columns joined into one text, so that two rows compare equal only if all columns do."""
    cells = (f"COALESCE(CAST({prefix}{name} AS TEXT), '-')" for name in names)
    return f" || {SEPARATOR} || ".join(cells)
