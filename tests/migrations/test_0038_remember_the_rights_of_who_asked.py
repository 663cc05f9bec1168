"""A change asked for before, or by the code of before, waits on, but under no rights that would grant it."""

import peewee

from cabinet.models import PhoneChange, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0038_remember_the_rights_of_who_asked"
RESIDENT = "id, phone, last_name, first_name, middle_name, email, locale, created_at, stamp"
CHANGE = "id, user_id, phone, reason, identified, asked_by, asked_at, until, seen, outcome, words"


def _insert(database: peewee.DatabaseProxy, key: int) -> None:
    with database.atomic():
        database.execute_sql(
            f'INSERT INTO "user" ({RESIDENT}) VALUES'
            f" ('{key}', '+7916123456{key}', '', '', '', '', 'ru', '{now()}', '')"
        )
        database.execute_sql(
            f"INSERT INTO phone_change ({CHANGE}) VALUES"
            f" ('{key}', '{key}', '+79990001122', 'r', 'i', 's', '{now()}', '2999-01-01', '', '', '')"
        )


def test_changes_that_waited_wait_under_no_rights(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    _insert(database, 1)
    assert NAME in migrations.upgrade()
    _insert(database, 2)
    assert [one.asked_under for one in PhoneChange.waiting()] == [None, None]
