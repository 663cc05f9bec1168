"""The indexes of what is to go are made again where one was left unfinished."""

import peewee

from cabinet.models import migrations
from tests.migrations.conftest import Before

NAME = "0033_find_what_is_to_go"


def test_a_second_try_makes_what_the_first_left(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql('CREATE INDEX "message_erased" ON "message" ("erased_at")')
    assert NAME in migrations.upgrade()
    assert "message_erased" in {one.name for one in database.get_indexes("message")}
    assert "consent_withdrawn" in {one.name for one in database.get_indexes("consent")}
