"""Messages of before are nobody's who was erased."""

import peewee

from cabinet.models import Message, migrations
from tests.migrations.conftest import Before

NAME = "0032_know_messages_of_the_erased"
ROW = {
    "id": "'m'",
    "lane": "'sms'",
    '"to"': "'+7'",
    "template": "'t'",
    "data": "'{}'",
    "locale": "'ru'",
    "created_at": "'2026-11-01 00:00:00'",
    "tries": "0",
    "failures": "0",
    "error": "''",
    "round": "0",
    "blank_after": "FALSE",
    "status": "''",
    "fault": "''",
}


def test_messages_stay(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(f"INSERT INTO message ({', '.join(ROW)}) VALUES ({', '.join(ROW.values())})")
    migrations.upgrade()
    assert Message.get().erased_at is None
