"""Requests of before, and those that the code of before still writes, are found by their words, too."""

import peewee

from cabinet.models import RequestWord, migrations
from cabinet.models.base import now
from cabinet.models.request_search import catch_up, find
from tests.migrations.conftest import Before

NAME = "0017_find_requests_by_words"


def _insert(database: peewee.DatabaseProxy, number: str) -> None:
    columns = "number, created_at, phone, last_name, first_name, email, city, street, house, idempotency_key"
    values = f"'{now()}', '+79161234567', 'Ежова', 'Анна', 'a@b.ru', 'Клин', 'Дачная', '3', '{number}'"
    with database.atomic():
        database.execute_sql(f"INSERT INTO connection_request ({columns}) VALUES ('{number}', {values})")


def test_requests_of_before_are_found_soon(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    _insert(database, "11111111")
    assert NAME in migrations.upgrade()
    _insert(database, "22222222")
    assert not find("анна ежова").keys and find("22222222").keys

    assert catch_up(1) == 1 and catch_up(9) == 1 and catch_up(9) == 0

    assert len(find("анна ежова").keys) == 2
    assert RequestWord.select().where(RequestWord.word == b"4567").count() == 2
