"""Import jobs of before were told nothing of columns, and go on; layouts can be saved."""

import peewee

from cabinet.models import ColumnMap, ImportJob, migrations
from cabinet.models.base import now
from cabinet.models.database import db
from tests.migrations.conftest import Before
from tests.migrations.jobs import add_job, add_upload

NAME = "0007_columns_that_staff_named"


def test_jobs_of_before_go_on(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    for job, state in (("1", "asking"), ("2", "checking"), ("3", "checked")):
        add_job(database, job, state)

    assert NAME in migrations.upgrade()

    assert [row.said for row in ImportJob.select()] == [{}, {}, {}] and not ColumnMap.select().exists()
    claimed = ImportJob.claim_next()
    assert claimed and claimed.id == "2"
    assert ImportJob.get_by_id("3").order_run() and ImportJob.get_by_id("3").said == {}
    said = {"titles": ["Код"], "columns": {"код": "account"}, "by": "staff:olga", "at": now().isoformat()}
    assert ImportJob.get_by_id("1").answer_layout("k", said)
    with db.atomic():
        ColumnMap.keep("k", ImportJob.get_by_id("1").said["k"], "staff:olga")
    assert ColumnMap.get().columns == {"код": "account"}


def test_old_code_inserts_into_the_new_schema(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    migrations.upgrade()
    add_upload(database)
    assert ImportJob.get().said == {}
