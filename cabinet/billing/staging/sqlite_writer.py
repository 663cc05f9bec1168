"""Writes rows into a SQLite file, in a process of its own: `python sqlite_writer.py FILE`.

Reads messages from its input, each four bytes of length and then marshal's form of (what, table, names,
columns): create a table of texts and numbers, insert columns of values, index by the names a table that is
probably complete, order by the names. A column is a list, or its cells in one text, a line each. Ordering
comes with statements for a table in which the first value is repeated: each with a word, or "", for what its
rows count. For each table ordered it prints the numbers of rows that were conflicts, repeated, and summed.
Needs the standard library only, so that it starts at once.
"""

import marshal
import sqlite3
import sys
from typing import Any

ROWS = 50  # of one statement


def main(path: str) -> None:
    """Write until the input ends."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in (
        "journal_mode=OFF",
        "synchronous=OFF",
        "cache_size=-16384",
        "temp_store=FILE",
        "threads=2",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    counts: list[int] = []
    while length := sys.stdin.buffer.read(4):
        what, table, names, values = marshal.loads(  # noqa: S302 — of our own process
            sys.stdin.buffer.read(int.from_bytes(length, "little"))
        )
        if what == "order":
            counts += order(connection, table, names, values).values()
        elif what == "index":
            index(connection, table, names)
        else:
            (create if what == "create" else insert)(connection, table, names, values)
    connection.execute("COMMIT")
    connection.close()
    print(*counts)


def create(connection: sqlite3.Connection, table: str, texts: list[str], amounts: list[str]) -> None:
    """Create a table."""
    columns = [f"{name} TEXT NOT NULL DEFAULT ''" for name in texts] + [f"{name} INTEGER" for name in amounts]
    connection.execute(f"CREATE TABLE {table} (number TEXT, printed TEXT, {', '.join(columns)})")


def insert(connection: sqlite3.Connection, table: str, names: list[str], values: list[Any]) -> None:
    """Insert rows, given as columns; many with each statement, which takes half the time of one by one."""
    start = f"INSERT INTO {table} ({', '.join(names)}) VALUES "
    row = f"({', '.join('?' * len(names))})"
    lists = [column.split("\n") if isinstance(column, str) else column for column in values]
    for first in range(0, len(lists[0]), ROWS):
        columns = [column[first : first + ROWS] for column in lists]
        rows = len(columns[0])
        cells: list[Any] = [None] * (rows * len(names))
        for place, column in enumerate(columns):
            cells[place :: len(names)] = column
        connection.execute(start + ", ".join([row] * rows), cells)


def index(connection: sqlite3.Connection, table: str, names: list[str]) -> None:
    """Index a table by columns, unless it is."""
    connection.execute(f"CREATE INDEX IF NOT EXISTS {table}_key ON {table} ({', '.join(names)})")


def order(
    connection: sqlite3.Connection, table: str, names: list[str], statements: list[tuple[str, str]]
) -> dict[str, int]:
    """Index a table by columns and, if any of the first one is repeated, run the statements; their counts."""
    counts = {"conflicts": 0, "repeated": 0, "summed": 0}
    index(connection, table, names)
    repeated = f"SELECT 1 FROM {table} GROUP BY {names[0]} HAVING COUNT(*) > 1 LIMIT 1"
    if not connection.execute(repeated).fetchone():
        return counts
    for what, statement in statements:
        rows = connection.execute(statement).rowcount
        if what:
            counts[what] = rows
    return counts


if __name__ == "__main__":
    main(sys.argv[1])
