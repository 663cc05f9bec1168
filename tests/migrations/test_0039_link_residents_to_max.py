"""Residents of before have no link of MAX and can begin one."""

import peewee

from cabinet.models import MaxLink, MaxStart, User, migrations
from cabinet.models.base import now
from cabinet.models.max_link import started
from tests.migrations.conftest import Before

NAME = "0039_link_residents_to_max"


def test_residents_of_before_can_link_it(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(
            'INSERT INTO "user" (id, phone, last_name, first_name, middle_name, email, locale, created_at) '
            f"VALUES ('anna', '+79161234567', '', '', '', 'anna@example.org', 'ru', '{now()}')"
        )
    assert NAME in migrations.upgrade()
    anna = User.get()
    assert MaxLink.of(anna) is None
    assert started(MaxStart.begin(anna).payload, 2**40, 1_795_000_000_000)
    link = MaxLink.of(anna)
    assert link and link.max_user == 2**40
