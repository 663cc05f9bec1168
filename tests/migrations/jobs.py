"""Import jobs as the code of earlier versions writes them."""

import peewee

from cabinet.models.base import now


def add_job(database: peewee.DatabaseProxy, job: str, state: str) -> None:
    """A job that was checked, or is over, or goes on."""
    with database.atomic():
        database.execute_sql(
            "INSERT INTO import_job (id, created_at, staff, name, state, report, finished_at) VALUES "
            f"('{job}', '{now()}', 'olga', 'b.csv', '{state}', '{{\"accepted\": 5}}', '{now()}')"
        )


def add_upload(database: peewee.DatabaseProxy) -> None:
    """A job as it begins."""
    with database.atomic():
        database.execute_sql(
            "INSERT INTO import_job (id, created_at, staff, name, report) "
            f"VALUES ('1', '{now()}', 'olga', 'b.csv', '{{}}')"
        )
