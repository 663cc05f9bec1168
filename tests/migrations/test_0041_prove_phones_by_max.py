"""A code that was sent before may be proved by MAX; what was begun goes with it."""

import peewee

from cabinet.models import MaxContact, OneTimeCode, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0041_prove_phones_by_max"


def test_a_code_of_before_may_be_proved(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(
            "INSERT INTO one_time_code (id, purpose, phone, created_at, expires_at, tries) "
            f"VALUES ('c', 'registration', '+79161234567', '{now()}', '2100-01-01', 0)"
        )
    assert NAME in migrations.upgrade()
    begun = MaxContact.begin(OneTimeCode.get(), "ru")
    assert begun.live and MaxContact.find(begun.id)
    with database.atomic():
        OneTimeCode.delete().execute()
    assert MaxContact.find(begun.id) is None
