"""Staff of before stay as they are, and nobody is invited."""

import peewee

from cabinet.models import RecoveryCode, Staff, migrations
from tests.migrations.conftest import Before, insert_admin

NAME = "0026_invite_staff"


def test_staff_of_before_are_not_invited(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    insert_admin(database)
    assert NAME in migrations.upgrade()
    staff = Staff.get()
    assert (staff.password_hash, staff.invitation, RecoveryCode.left(staff)) == ("x", None, 0)
