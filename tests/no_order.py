"""PostgreSQL in tests gives rows last first where no order was asked for: it promises none.

It does so by itself only now and then, when it writes into the places of deleted rows.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from cabinet.models.postgres import PostgresDatabase

ROWS = re.compile(r"\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)
ASKED = re.compile(r"\b(?:ORDER\s+BY|LIMIT)\b", re.IGNORECASE)
INNERMOST = re.compile(r"'[^']*'|\([^()]*\)")


class LastFirst:
    """A driver's cursor that gives its rows in the other order."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.rows = cursor.fetchall()  # the last of these is next

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cursor, name)

    def fetchone(self) -> Any:
        return self.rows.pop() if self.rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        return [self.rows.pop() for _ in range(min(size, len(self.rows)))]

    def fetchall(self) -> list[Any]:
        return self.fetchmany(len(self.rows))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())


@cache
def unordered(sql: str) -> bool:
    """Whether it gives rows in no order: an ORDER BY in parentheses is not that of the whole.

    One with a LIMIT wants any rows.
    """
    outer = sql
    while (shorter := INNERMOST.sub("", outer)) != outer:
        outer = shorter
    return bool(ROWS.match(sql)) and not ASKED.search(outer)


def turn_round() -> None:
    """From now on, in this process."""
    execute = PostgresDatabase.execute_sql

    def last_first(self: PostgresDatabase, sql: str, params: Any = None) -> Any:
        cursor = execute(self, sql, params)
        return LastFirst(cursor) if cursor and cursor.description and unordered(sql) else cursor

    PostgresDatabase.execute_sql = last_first  # type: ignore[method-assign]
