"""Residents of before have asked nothing about their data."""

import peewee

from cabinet.models import DataRequest, User, migrations
from tests.migrations.conftest import Before

NAME = "0040_requests_about_data"
COLUMNS = "id, phone, last_name, first_name, middle_name, email, locale, created_at, stamp"


def test_residents_stay_and_nobody_waits(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(
            f'INSERT INTO "user" ({COLUMNS}) VALUES'
            " ('1', '+79161234567', '', '', '', '', 'ru', '2026-11-26 10:00:00', '')"
        )
    migrations.upgrade()
    assert DataRequest.of(User.get()) == [] == DataRequest.waiting(1) == DataRequest.due()
