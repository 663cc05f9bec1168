"""Nobody has a request of before open; whoever opens it is seen."""

import peewee

from cabinet.models import ConnectionRequest, Presence, migrations, presence
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0034_show_who_has_a_request_open"


def test_a_request_of_before_can_be_marked(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    columns = "id, number, created_at, state, phone, last_name, first_name, middle_name, email, city, street"
    values = f"7, '12345678', '{now()}', 'new', '+79161234567', 'Ежова', 'Анна', '', '', 'Клин', 'Дачная'"
    more = "house, building, flat, account, account_key, comment, receipt, receipt_type, locale"
    with database.atomic():
        database.execute_sql(
            f"INSERT INTO connection_request ({columns}, {more}, idempotency_key) "
            f"VALUES ({values}, '3', '', '', '', '', '', '', '', 'ru', 'x')"
        )
    assert NAME in migrations.upgrade()
    assert not Presence.select().exists()
    presence.come(7, "colleague")
    assert [mark.staff for mark in presence.others("me")] == ["colleague"]
    with database.atomic():
        ConnectionRequest.delete().execute()
    assert not Presence.select().exists(), "a deleted request leaves no mark"
