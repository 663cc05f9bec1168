"""SQL that both databases take alike, with values by name: `count("charge WHERE period = :period", …)`."""

import re
from datetime import date
from typing import Any

from cabinet.models.database import db, is_sqlite

CHARGED = "charge WHERE period = :period"
IN_ORDER = "ORDER BY account"  # of the key: PostgreSQL would read all months up to the first row of this one
_NAMED = re.compile(r":(\w+)")


def execute(sql: str, **values: Any) -> Any:
    """Run a statement in which each `:name` is one of the values; returns the cursor."""
    if is_sqlite():
        known = {name: v.isoformat() if isinstance(v, date) else v for name, v in values.items()}
        return db.execute_sql(sql, known)
    return db.execute_sql(_NAMED.sub(r"%(\1)s", sql), values)


def run(sql: str, **values: Any) -> int:
    """Run a statement; returns the number of rows it wrote."""
    return int(execute(sql, **values).rowcount)


def exists(rows: str, **values: Any) -> bool:
    """Whether there is a row."""
    return execute(f"SELECT 1 FROM {rows} LIMIT 1", **values).fetchone() is not None


def is_charged(period: date) -> bool:
    """Whether billing has a charge for a month."""
    return exists(f"{CHARGED} {IN_ORDER}", period=period)


def count(rows: str, **values: Any) -> int:
    """How many rows there are."""
    return int(execute(f"SELECT COUNT(*) FROM {rows}", **values).fetchone()[0])


def sets(values: dict[str, str]) -> str:
    """Assignments of columns to their SQL."""
    return ", ".join(f"{name} = {sql}" for name, sql in values.items())


def same(one: str, other: str, keys: tuple[str, ...]) -> str:
    """Whether two tables have the same values in these columns."""
    return " AND ".join(f"{one}.{key} = {other}.{key}" for key in keys)


def differ(one: str, other: str) -> str:
    """Whether two values differ, NULL being a value."""
    return f"{one} {'IS NOT' if is_sqlite() else 'IS DISTINCT FROM'} {other}"


def any_differs(table: str, values: dict[str, str]) -> str:
    """Whether a column of the table differs from its SQL."""
    return "(" + " OR ".join(differ(f"{table}.{name}", sql) for name, sql in values.items()) + ")"


def literal(period: date) -> str:
    """A period as SQL."""
    return f"'{period.isoformat()}'" if is_sqlite() else f"DATE '{period.isoformat()}'"
