"""Residents of before have no stamp, as have their sessions, which go on until the credentials change."""

import peewee

from cabinet.models import User, WebSession, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0004_sessions_keep_a_stamp"


def _insert(database: peewee.DatabaseProxy) -> None:
    """A resident as the version before writes one."""
    with database.atomic():
        database.execute_sql(
            'INSERT INTO "user" (id, phone, last_name, first_name, middle_name, email, locale, created_at) '
            f"VALUES ('anna', '+79161234567', 'Иванова', 'Анна', '', '', 'ru', '{now()}')"
        )


def test_sessions_of_before_go_on_until_a_change(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    _insert(database)
    assert NAME in migrations.upgrade()
    anna = User.get()
    assert anna.stamp == ""
    with database.atomic():
        anna.hold()
        anna.end_sessions()
    assert User.get().stamp == anna.stamp != ""


def test_old_code_inserts_into_the_new_schema(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    migrations.upgrade()
    _insert(database)
    assert User.get().stamp == "" and WebSession.select().count() == 0
