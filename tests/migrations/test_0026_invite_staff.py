"""Staff of before stay as they are, and nobody is invited."""

import peewee

from cabinet.models import RecoveryCode, Staff, migrations
from tests.migrations.conftest import Before

NAME = "0026_invite_staff"


def test_staff_of_before_are_not_invited(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    columns = "id, email, role, password_hash, totp_salt, totp_kept, totp_step, created_at"
    with database.atomic():
        database.execute_sql(
            f"INSERT INTO staff ({columns}) VALUES"
            " ('1', 'a@example.org', 'admin', 'x', 's', '', 0, '2026-11-26 10:00:00')"
        )
    assert NAME in migrations.upgrade()
    staff = Staff.get()
    assert (staff.password_hash, staff.invitation, RecoveryCode.left(staff)) == ("x", None, 0)
