"""The indexes of the audit are made beside its writers, also where they were left unfinished."""

import peewee

from cabinet.models import migrations
from tests.migrations.conftest import Before

NAME = "0022_find_rows_of_the_audit"


def test_a_second_try_makes_what_the_first_left(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql('CREATE INDEX "audit_place_id" ON "audit" ("place", "id")')
    assert NAME in migrations.upgrade()
    assert {"audit_place_id", "audit_action_at_id"} <= {one.name for one in database.get_indexes("audit")}
