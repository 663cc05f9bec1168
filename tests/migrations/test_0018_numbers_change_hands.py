"""Residents of before were seen when a browser of theirs was, and else when they registered."""

from datetime import timedelta

import peewee

from cabinet.models import PassedNumber, User, migrations
from cabinet.models.base import now
from cabinet.models.passed_number import is_unseen, release
from tests.migrations.conftest import Before

NAME = "0018_numbers_change_hands"
LONG = timedelta(days=400)


def _insert(database: peewee.DatabaseProxy, key: str, phone: str) -> None:
    """A resident as the version before writes one."""
    with database.atomic():
        database.execute_sql(
            'INSERT INTO "user" (id, phone, last_name, first_name, middle_name, email, locale, created_at) '
            f"VALUES ('{key}', '{phone}', 'Иванова', 'Анна', '', '', 'ru', '{now() - LONG}')"
        )


def test_who_signed_in_of_late_keeps_the_number(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    _insert(database, "anna", "+79161234567")
    _insert(database, "boris", "+79161234568")
    with database.atomic():
        database.execute_sql(
            "INSERT INTO device (key, user_id, user_agent, created_at, seen_at) "
            f"VALUES ('k', 'anna', '', '{now() - LONG}', '{now()}')"
        )
    assert NAME in migrations.upgrade()
    _insert(database, "vera", "+79161234569")  # as the code of before still does
    assert [is_unseen(User.get_by_id(key)) for key in ("anna", "boris", "vera")] == [False, True, True]
    with database.atomic():
        given = [release(phone) for phone in ("+79161234567", "+79161234568", "+79161234569")]
    assert [user and user.id for user in given] == [None, "boris", "vera"]
    assert not User.get_by_id("boris").has_number and not PassedNumber.select().exists()
