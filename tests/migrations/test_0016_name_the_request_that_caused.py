"""Nobody knows what caused the messages and imports of before; the code of before goes on writing some."""

import peewee

from cabinet.models import ImportJob, Message, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0016_name_the_request_that_caused"


def _insert(database: peewee.DatabaseProxy, key: str) -> None:
    """A message and an import as the version before writes them."""
    with database.atomic():
        database.execute_sql(
            "INSERT INTO message (id, lane, template, data, created_at) "
            f"VALUES ('{key}', 'staff', 'registered', '{{}}', '{now()}')"
        )
        database.execute_sql(
            "INSERT INTO import_job (id, created_at, staff, name, report) "
            f"VALUES ('{key}', '{now()}', 'anna', 'october.csv', '{{}}')"
        )


def test_rows_of_before_have_no_cause_and_old_code_goes_on(
    database: peewee.DatabaseProxy, before: Before
) -> None:
    before(NAME)
    _insert(database, "old")
    assert NAME in migrations.upgrade()
    _insert(database, "new")
    for table in (Message, ImportJob):
        assert sorted((row.id, row.request_id) for row in table.select()) == [("new", None), ("old", None)]
