"""Of requests of before, and of those by the code of before, nothing says that MAX proved them."""

import peewee

from cabinet.models import ConnectionRequest, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0051_remember_what_proved_a_request"


def _insert(database: peewee.DatabaseProxy, key: int) -> None:
    columns = "id, number, created_at, state, phone, last_name, first_name, middle_name, email, city, street"
    values = f"{key}, '{key}', '{now()}', 'new', '+79161234567', 'Ежова', 'Анна', '', '', 'Клин', 'Дачная'"
    more = "house, building, flat, account, account_key, comment, receipt, receipt_type, locale"
    with database.atomic():
        database.execute_sql(
            f"INSERT INTO connection_request ({columns}, {more}, idempotency_key) "
            f"VALUES ({values}, '3', '', '', '', '', '', '', '', 'ru', '{key}')"
        )


def test_requests_of_before_are_as_they_were(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    _insert(database, 7)
    assert NAME in migrations.upgrade()
    _insert(database, 8)
    assert [one.proved_by for one in ConnectionRequest.select()] == [None, None]
