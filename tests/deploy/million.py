"""A million of everything of which upgrades make an index, and a tenth of what else, by a little SQL."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

ROWS = {"account": 1_000_000, "message": 1_000_000}
MORE = dict.fromkeys(("user", "audit"), 1_000_000)  # on SQLite, where nobody writes beside an index
FEWER = 100_000  # of all others
YESTERDAY = f"'{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d %H:%M:%S}'"
NUMBER, PHONE = "CAST(4000000000 + n AS TEXT)", "'+7900' || CAST(1000000 + n AS TEXT)"
TABLES = {  # what stands in each row n, in the columns that the first release has
    "account": {
        "number": NUMBER,
        "printed": NUMBER,
        "els": "'10АБ' || n",
        "zhku_id": "'10АБ' || n || '-01'",
        "address": "'г. Клин, ул. Дачная, д. ' || n",
    },
    "user": {"id": "'u' || n", "phone": PHONE, "last_name": "'Ёлкина'", "created_at": YESTERDAY},
    "attempt": {"kind": "'login'", "subject": PHONE, "at": YESTERDAY},
    "audit": {
        "at": YESTERDAY,
        "actor": "'user:u' || n",
        "action": "'signed-in'",
        "subject": "'u' || n",
        "detail": "'{}'",
    },
    "message": {
        "id": "'m' || n",
        "lane": "CASE n % 9 WHEN 0 THEN 'staff' ELSE 'sms' END",
        "to": PHONE,
        "template": "'code'",
        "data": "'{}'",
        "created_at": YESTERDAY,
        "sent_at": YESTERDAY,
    },
}
OF_POSTGRES = """
    SELECT indexname, indexdef FROM pg_indexes JOIN pg_index ON indexrelid = quote_ident(indexname)::regclass
    WHERE schemaname = 'public' AND tablename = '{0}' AND NOT indisunique
"""
OF_SQLITE = """
    SELECT name, sql FROM sqlite_master
    WHERE type = 'index' AND tbl_name = '{0}' AND sql LIKE 'CREATE INDEX%'
"""

Ask = Callable[[str], Iterable[Sequence[Any]]]


def fill(url: str) -> None:
    """Write them into an empty database of the first release, in less than a minute."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as database:
            database.execute("PRAGMA synchronous = off")
            database.execute("PRAGMA cache_size = -400000")
            numbers = "(WITH RECURSIVE one(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < {0}) "
            ask = lambda sql: database.execute(sql).fetchall()  # noqa: E731
            _fill(ask, OF_SQLITE, numbers + "SELECT n FROM one)", ROWS | MORE)
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '256MB'")

        def ask(sql: str) -> list[Any]:
            found = connection.execute(sql.encode())
            return found.fetchall() if found.description else []

        _fill(ask, OF_POSTGRES, "generate_series(1, {0}) AS n", ROWS)
        ask("VACUUM ANALYZE")


def _fill(ask: Ask, indexes: str, numbers: str, most: dict[str, int]) -> None:
    """Each table, its indexes made afterwards, which is far quicker."""
    for table, row in TABLES.items():
        later = list(ask(indexes.format(table)))
        for name, _ in later:
            ask(f'DROP INDEX "{name}"')
        columns = ", ".join(f'"{name}"' for name in row)
        values, rows = ", ".join(row.values()), numbers.format(most.get(table, FEWER))
        ask(f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM {rows}')
        for _, made in later:
            ask(made)
