"""Writes rows into a SQLite file, in a separate process: `python sqlite_writer.py FILE`.

Reads messages from stdin, each four bytes of length followed by a marshalled (what, table, names, values):
"create" a table with columns of texts and numbers; "insert" columns of values, each a list or one text with a
cell per line; "index" a table that is probably complete; "order" a table: index it and, if its first column
has repeated values, run the statements in `values`, each paired with what its row count stands for, or "".
For each ordered table it prints how many rows were conflicts, repeated, and summed. Uses the standard library
only, so that it starts quickly.
"""

import marshal
import sqlite3
import sys

ROWS = 100  # per statement


def main(path: str) -> None:
    """Process messages until stdin ends."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in (
        "page_size=16384",  # fewer to be written; many rows that follow each other are wanted together
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
        what, table, names, values = marshal.loads(  # noqa: S302 — from our own process
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


def insert(
    connection: sqlite3.Connection, table: str, names: list[str], values: list[str | list[object]]
) -> None:
    """Insert rows given as columns; many per statement, which halves the time."""
    start = f"INSERT INTO {table} ({', '.join(names)}) VALUES "
    row = f"({', '.join('?' * len(names))})"
    lists = [column.split("\n") if isinstance(column, str) else column for column in values]
    for first in range(0, len(lists[0]), ROWS):
        columns = [column[first : first + ROWS] for column in lists]
        rows = len(columns[0])
        cells: list[object] = [None] * (rows * len(names))
        for place, column in enumerate(columns):
            cells[place :: len(names)] = column
        connection.execute(start + ", ".join([row] * rows), cells)


def index(connection: sqlite3.Connection, table: str, names: list[str]) -> None:
    """Index a table by columns, unless it is indexed already."""
    connection.execute(f"CREATE INDEX IF NOT EXISTS {table}_key ON {table} ({', '.join(names)})")


def order(
    connection: sqlite3.Connection, table: str, names: list[str], statements: list[tuple[str, str]]
) -> dict[str, int]:
    """Index a table and, if its first column has repeated values, run the statements; returns the counts."""
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
