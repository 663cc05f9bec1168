"""The index of one state of a colleague's requests is made again where it was left unfinished."""

import peewee

from cabinet.models import migrations
from tests.migrations.conftest import Before

NAME = "0031_list_a_state_of_one_colleague"
INDEX = "connection_request_assignee_state_created_at_number"


def test_a_second_try_makes_what_the_first_left(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(f'CREATE INDEX "{INDEX}" ON "connection_request" ("assignee")')
    assert NAME in migrations.upgrade()
    assert INDEX in {one.name for one in database.get_indexes("connection_request")}
