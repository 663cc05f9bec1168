"""Ways back of before, and those by the code of before, do not say when their numbers came."""

import peewee

from cabinet.models import WayBack, migrations
from cabinet.models.base import now
from tests.cast import NEW_PHONE, PHONE
from tests.migrations.conftest import Before

NAME = "0048_remember_when_a_number_came"
PERSON = "id, phone, last_name, first_name, middle_name, email, locale, created_at, stamp"


def test_what_was_there_stays(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        for number, key in ((1, "anna"), (2, "boris")):
            database.execute_sql(
                f'INSERT INTO "user" ({PERSON}) VALUES'
                f" ('{key}', '+7999000000{number}', '', '', '', '', 'ru', '{now()}', '')"
            )
    for key, phone in (("anna", PHONE), ("boris", NEW_PHONE)):
        with database.atomic():
            database.execute_sql(
                "INSERT INTO way_back (user_id, phone, accounts, at)"
                f" VALUES ('{key}', '{phone}', '[]', '{now()}')"
            )
        assert key == "boris" or NAME in migrations.upgrade()
    assert [(way.phone, way.came_at) for way in WayBack.select().order_by(WayBack.id)] == [
        (PHONE, None),
        (NEW_PHONE, None),
    ]
