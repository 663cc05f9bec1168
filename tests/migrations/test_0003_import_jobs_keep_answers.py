"""Import jobs of before have no answers and no samples; they go on as they were."""

import peewee

from cabinet.models import ImportJob, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0003_import_jobs_keep_answers"


def test_jobs_of_before_go_on(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    for job, state in (("1", "checked"), ("2", "checking"), ("3", "done")):
        with database.atomic():
            database.execute_sql(
                "INSERT INTO import_job (id, created_at, staff, name, state, report, finished_at) VALUES "
                f"('{job}', '{now()}', 'olga', 'b.csv', '{state}', '{{\"accepted\": 5}}', '{now()}')"
            )

    assert NAME in migrations.upgrade()

    for row in ImportJob.select():
        assert (row.period, row.accepted, row.samples, row.report) == (None, [], None, {"accepted": 5})
    claimed = ImportJob.claim_next()
    assert claimed and claimed.id == "2"
    assert ImportJob.get_by_id("1").order_run() and not ImportJob.get_by_id("3").order_run()


def test_old_code_inserts_into_the_new_schema(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    migrations.upgrade()
    with database.atomic():
        database.execute_sql(
            "INSERT INTO import_job (id, created_at, staff, name, report) "
            f"VALUES ('1', '{now()}', 'olga', 'b.csv', '{{}}')"
        )
    assert ImportJob.get().accepted == []
