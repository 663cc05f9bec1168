"""Messages that wait during the upgrade are tried for as long as new ones."""

import peewee

from cabinet.models import Message, migrations
from tests.migrations.conftest import Before

NAME = "0028_remember_since_when_messages_are_tried"


def test_what_waited_before_has_its_time_from_its_next_try(
    database: peewee.DatabaseProxy, before: Before
) -> None:
    before(NAME)
    columns = "id, lane, template, data, locale, created_at, due_at, tries, failures, blank_after, status"
    columns += ', fault, round, error, "to"'
    with database.atomic():
        database.execute_sql(
            f"INSERT INTO message ({columns}) VALUES ('1', 'mail', 't', '{{}}', 'ru', '2026-11-01 10:00:00',"
            " '2026-11-01 10:00:00', 9, 9, FALSE, '', '', 0, '', 'a@example.org')"
        )
    assert NAME in migrations.upgrade()
    assert not Message.get().worn_out
    claimed = Message.claim_next("mail")
    assert claimed and claimed.tries == 10 and claimed.tried_since and not claimed.worn_out
