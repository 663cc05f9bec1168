"""Whoever counts after the upgrade finds a row for each name; SQLite has no use for any."""

import peewee

from cabinet.models import migrations
from cabinet.models.database import is_sqlite
from cabinet.models.locks import OWN, SHARED, lock_names
from tests.migrations.conftest import Before

NAME = "0049_lock_names_by_rows"


def test_each_name_has_its_row(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    assert NAME in migrations.upgrade()
    found = [row[0] for row in database.execute_sql("SELECT id FROM lock_row ORDER BY id").fetchall()]
    assert found == ([] if is_sqlite() else list(range(SHARED + 16))) and len(OWN) <= 16
    with database.atomic():
        lock_names("session:1", "sms-all:")
