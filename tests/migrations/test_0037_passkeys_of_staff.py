"""Members of staff of before have no passkeys and may have one; they keep their authenticator."""

import peewee

from cabinet.models import Staff, StaffPasskey, migrations
from tests.migrations.conftest import Before, insert_admin

NAME = "0037_passkeys_of_staff"


def test_staff_of_before_can_add_one(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    insert_admin(database)
    assert NAME in migrations.upgrade()
    admin = Staff.get()
    assert StaffPasskey.of(admin) == []
    StaffPasskey.add(admin, "192.0.2.1", credential="a", public_key=b"\0key", name="x", sign_count=2**32 - 1)
    [kept] = StaffPasskey.of(admin)
    assert bytes(kept.public_key) == b"\0key" and kept.sign_count == 2**32 - 1
