"""Import jobs of before have no answers and no samples; they go on as they were."""

import peewee

from cabinet.models import ImportJob, migrations
from tests.migrations.conftest import Before
from tests.migrations.jobs import add_job, add_upload

NAME = "0003_import_jobs_keep_answers"


def test_jobs_of_before_go_on(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    for job, state in (("1", "checked"), ("2", "checking"), ("3", "done")):
        add_job(database, job, state)

    assert NAME in migrations.upgrade()

    for row in ImportJob.select():
        assert (row.period, row.accepted, row.samples, row.report) == (None, [], None, {"accepted": 5})
    claimed = ImportJob.claim_next()
    assert claimed and claimed.id == "2"
    assert ImportJob.get_by_id("1").order_run() and not ImportJob.get_by_id("3").order_run()


def test_old_code_inserts_into_the_new_schema(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    migrations.upgrade()
    add_upload(database)
    assert ImportJob.get().accepted == []
