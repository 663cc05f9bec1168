"""Imports of before are each one import, and can be taken back as before."""

import peewee

from cabinet.models import ImportBatch, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0005_imports_in_several_parts"
INSERT = "INSERT INTO import_batch (created_at, actor, name, state, fresh, taken_back, undone_by) VALUES "


def test_imports_of_before_have_one_part(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(f"{INSERT} ('{now()}', 'system', 'b.csv', 'done', FALSE, 0, '')")

    assert NAME in migrations.upgrade()

    batch = ImportBatch.get()
    assert batch.part_of is None and [part.id for part in batch.parts()] == [batch.id]
    assert batch.order_undo("system")


def test_old_code_inserts_into_the_new_schema(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    migrations.upgrade()
    with database.atomic():
        database.execute_sql(f"{INSERT} ('{now()}', 'system', 'b.csv', 'done', FALSE, 0, '')")
    assert ImportBatch.get().whole == ImportBatch.get().id
