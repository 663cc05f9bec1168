"""The order that tests may not count on."""

import pytest
from peewee import Database

from cabinet.models import Audit
from cabinet.models.database import db
from tests.no_order import unordered


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT id FROM a WHERE id IN (SELECT id FROM b ORDER BY id)", True),
        ("SELECT id FROM a WHERE b = 'ORDER BY'", True),
        ("UPDATE a SET b = 1 RETURNING id", True),
        ("SELECT id FROM a WHERE (b = 1)\nORDER  BY id", False),
        ("SELECT id FROM a LIMIT 5", False),
        ("SHOW server_version", False),
    ],
)
def test_a_query_is_ordered_as_a_whole(sql: str, expected: bool) -> None:
    assert unordered(sql) is expected


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_rows_in_no_order_come_last_first(database: Database) -> None:
    with db.atomic():
        for action in ("first", "second"):
            Audit.record(action)
    assert [row.action for row in Audit.select(Audit.action)] == ["second", "first"]
    assert [row.action for row in Audit.select(Audit.action).order_by(Audit.id)] == ["first", "second"]
