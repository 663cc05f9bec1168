"""Staff of before have no name, and are called by their addresses."""

import peewee

from cabinet.models import Staff, migrations
from tests.migrations.conftest import Before, insert_admin

NAME = "0024_name_staff"


def test_staff_of_before_go_by_their_addresses(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    insert_admin(database)
    assert NAME in migrations.upgrade()
    assert (Staff.get().name, Staff.get().shown) == ("", "a@example.org")
