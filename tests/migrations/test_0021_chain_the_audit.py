"""Rows of before, and those that the code of before still writes, are chained too."""

import peewee

from cabinet.models import Audit, audit_chain, migrations
from cabinet.models.audit_check import verify
from tests.migrations.conftest import Before

NAME = "0021_chain_the_audit"


def _insert(database: peewee.DatabaseProxy, day: int) -> None:
    values = f"('2026-11-{day:02} 10:00:00', 'staff:1', 'staff-request-seen', '1', '192.0.2.1', '{{}}')"
    with database.atomic():
        database.execute_sql(f"INSERT INTO audit (at, actor, action, subject, ip, detail) VALUES {values}")


def test_rows_of_before_are_chained_in_their_order(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    for day in (1, 2, 3):
        _insert(database, day)
    assert NAME in migrations.upgrade()
    _insert(database, 4)

    assert audit_chain.seal() == 4

    head, faults = verify()
    assert (head.place, faults) == (4, [])
    assert [row.at.day for row in Audit.select().order_by(Audit.place)] == [1, 2, 3, 4]
