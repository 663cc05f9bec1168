"""Whoever of the staff is signed in stays so through the upgrade."""

import hashlib

import peewee

from cabinet.models import Staff, migrations
from tests.migrations.conftest import Before

NAME = "0029_end_sessions_of_blocked_staff"


def test_sessions_of_before_go_on(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    columns = "id, email, role, password_hash, totp_salt, totp_kept, totp_step, created_at"
    with database.atomic():
        database.execute_sql(
            f"INSERT INTO staff ({columns}) VALUES"
            " ('1', 'a@example.org', 'admin', 'x', 's', '', 0, '2026-11-26 10:00:00')"
        )
    stamp_of_before = hashlib.sha256(b"1|x|s|admin").hexdigest()[:32]
    assert NAME in migrations.upgrade()
    assert Staff.live("1", stamp_of_before) == Staff.get()
