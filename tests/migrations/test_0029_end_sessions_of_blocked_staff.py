"""Whoever of the staff is signed in stays so through the upgrade."""

import hashlib

import peewee

from cabinet.models import Staff, migrations
from tests.migrations.conftest import Before, insert_admin

NAME = "0029_end_sessions_of_blocked_staff"


def test_sessions_of_before_go_on(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    insert_admin(database)
    stamp_of_before = hashlib.sha256(b"1|x|s|admin").hexdigest()[:32]
    assert NAME in migrations.upgrade()
    assert Staff.live("1", stamp_of_before) == Staff.get()
