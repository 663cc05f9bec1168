"""Staff of before have no name, and are called by their addresses."""

import peewee

from cabinet.models import Staff, migrations
from tests.migrations.conftest import Before

NAME = "0024_name_staff"


def test_staff_of_before_go_by_their_addresses(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    columns = "id, email, role, password_hash, totp_salt, totp_kept, totp_step, created_at"
    with database.atomic():
        database.execute_sql(
            f"INSERT INTO staff ({columns}) VALUES"
            " ('1', 'a@example.org', 'admin', 'x', 's', '', 0, '2026-11-26 10:00:00')"
        )
    assert NAME in migrations.upgrade()
    assert (Staff.get().name, Staff.get().shown) == ("", "a@example.org")
