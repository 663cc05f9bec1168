"""Registrations of before, and those by the code of before, were proved by an SMS or a call."""

import peewee

from cabinet.models import Registration, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0043_remember_what_proved_a_phone"
DRAFT = "id, phone, locale, created_at, last_name, first_name, middle_name, email"


def test_what_was_there_was_not_proved_by_max(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    for key in (1, 2):
        with database.atomic():
            database.execute_sql(
                f"INSERT INTO registration ({DRAFT}) VALUES"
                f" ('{key}', '+7916123456{key}', 'ru', '{now()}', '', '', '', '')"
            )
        assert key == 2 or NAME in migrations.upgrade()
    assert [one.proved_by for one in Registration.select()] == [None, None]
