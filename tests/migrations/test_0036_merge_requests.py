"""Requests of before, and those that the code of before still writes, are parts of none."""

import peewee

from cabinet.models import ConnectionRequest, RequestNote, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0036_merge_requests"


def _insert(database: peewee.DatabaseProxy, key: int) -> None:
    columns = "id, number, created_at, state, phone, last_name, first_name, middle_name, email, city, street"
    values = f"{key}, '{key}', '{now()}', 'new', '+79161234567', 'Ежова', 'Анна', '', '', 'Клин', 'Дачная'"
    more = "house, building, flat, account, account_key, comment, receipt, receipt_type, locale"
    note = f"({key}, '{now()}', 'note', 'Звонила', '', '')"
    with database.atomic():
        database.execute_sql(
            f"INSERT INTO connection_request ({columns}, {more}, idempotency_key) "
            f"VALUES ({values}, '3', '', '', '', '', '', '', '', 'ru', '{key}')"
        )
        database.execute_sql(
            f"INSERT INTO request_note (request_id, at, kind, text, file, file_type) VALUES {note}"
        )


def test_requests_of_before_are_parts_of_none(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    _insert(database, 7)
    assert NAME in migrations.upgrade()
    _insert(database, 8)
    assert [one.merged_into for one in ConnectionRequest.select()] == [None, None]
    assert [one.origin for one in RequestNote.select()] == [None, None]
