"""Other writers wait for the transaction that erases a resident on SQLite: it is short."""

import re
from typing import Any

import pytest
from peewee import Database

from cabinet.models import departure
from cabinet.models.database import db, is_sqlite
from cabinet.models.erasure import cleared
from tests.models.everything import everything

SMALL = {"inbox_item", "passed_number", "CONSTANT"}  # the demonstration's; numbers that passed on


def test_the_transaction_that_erases_reads_no_large_table_whole(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_sqlite():
        pytest.skip("PostgreSQL plans by the sizes of tables, which are small here")
    anna, asked, execute = everything(), [], db.obj.execute_sql

    def listen(sql: str, params: Any = None) -> Any:
        asked.append((sql, params))
        return execute(sql, params)

    found = cleared(anna)
    monkeypatch.setattr(db.obj, "execute_sql", listen)
    departure.erase(anna, found)
    monkeypatch.undo()
    statements = [one for one in asked if one[0].startswith(("SELECT", "UPDATE", "DELETE"))]
    for sql, params in statements:
        plan = "; ".join(row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", params).fetchall())
        scanned = set(re.findall(r"SCAN (\w+)", plan)) - SMALL
        assert not scanned, (sql, plan)
    assert len(statements) > 10
