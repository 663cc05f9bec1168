"""Residents of before have no passkeys and can add one; they keep their password."""

import peewee

from cabinet.models import Passkey, User, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0014_passkeys"


def test_residents_of_before_can_add_one(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(
            'INSERT INTO "user" (id, phone, last_name, first_name, middle_name, email, locale, created_at) '
            f"VALUES ('anna', '+79161234567', '', '', '', 'anna@example.org', 'ru', '{now()}')"
        )
    assert NAME in migrations.upgrade()
    anna = User.get()
    assert Passkey.of(anna) == []
    Passkey.add(
        anna, "192.0.2.1", "", credential="a", public_key=b"\0key", name="Chrome", sign_count=2**32 - 1
    )
    kept = Passkey.find("a")
    assert kept and bytes(kept.public_key) == b"\0key" and kept.sign_count == 2**32 - 1
