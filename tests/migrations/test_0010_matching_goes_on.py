"""Imports of before have the matching of requests behind them."""

import peewee

from cabinet.models import ImportBatch, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0010_matching_goes_on"


def test_imports_of_before_are_not_matched_again(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(
            "INSERT INTO import_batch (created_at, actor, name, state) "
            f"VALUES ('{now()}', 'system', 'b.csv', 'done')"
        )

    assert NAME in migrations.upgrade()

    assert ImportBatch.get().name == "b.csv" and not ImportBatch.unmatched()
