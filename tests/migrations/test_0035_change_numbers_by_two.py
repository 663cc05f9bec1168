"""Residents of before have no change of their number that waits."""

import peewee

from cabinet.models import PhoneChange, User, migrations
from tests.migrations.conftest import Before

NAME = "0035_change_numbers_by_two"
COLUMNS = "id, phone, last_name, first_name, middle_name, email, locale, created_at, stamp"


def test_residents_stay_and_wait_for_nothing(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(
            f'INSERT INTO "user" ({COLUMNS}) VALUES'
            " ('1', '+79161234567', '', '', '', '', 'ru', '2026-11-26 10:00:00', '')"
        )
    migrations.upgrade()
    assert PhoneChange.of(User.get()) == [] == PhoneChange.waiting()
