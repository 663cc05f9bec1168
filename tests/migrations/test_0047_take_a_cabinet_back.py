"""Numbers that were changed before the upgrade have no way back; those that are changed after it do."""

import peewee

from cabinet.models import User, WayBack, migrations, profile
from tests.cast import NEW_PHONE, PHONE
from tests.migrations.conftest import Before

NAME = "0047_take_a_cabinet_back"


def test_it_begins_with_the_next_change(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    columns = "id, phone, last_name, first_name, middle_name, email, locale, created_at, stamp"
    with database.atomic():
        database.execute_sql(
            f'INSERT INTO "user" ({columns})'
            f" VALUES ('1', '{PHONE}', '', '', '', '', 'ru', '2026-11-01 10:00:00', '')"
        )
    assert NAME in migrations.upgrade()
    assert not WayBack.select().exists()
    profile.change_phone(User.get_by_id("1"), NEW_PHONE, "192.0.2.1", "")
    assert [way.phone for way in WayBack.select()] == [PHONE]
    with database.atomic():
        User.get_by_id("1").delete_instance()
    assert not WayBack.select().exists()
