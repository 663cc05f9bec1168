"""Residents of before, and those that the code of before still writes, are found by their words, too."""

import peewee

from cabinet.models import ResidentWord, migrations
from cabinet.models.base import now
from cabinet.models.resident_search import catch_up, find
from tests.migrations.conftest import Before

NAME = "0025_find_residents_by_words"


def _insert(database: peewee.DatabaseProxy, key: str) -> None:
    columns = "id, phone, last_name, first_name, middle_name, email, locale, created_at, stamp"
    values = f"'{key}', '+791612345{key}', 'Ежова', 'Анна', '', 'a@b.ru', 'ru', '{now()}', ''"
    with database.atomic():
        database.execute_sql(f'INSERT INTO "user" ({columns}) VALUES ({values})')


def _link(database: peewee.DatabaseProxy, key: str) -> None:
    with database.atomic():
        database.execute_sql(
            "INSERT INTO account (number, printed, address) VALUES ('1', '1', 'г. Клин, ул. Дачная, д. 3')"
        )
        database.execute_sql(
            f"INSERT INTO account_link (user_id, account_id, created_at) VALUES ('{key}', '1', '{now()}')"
        )


def test_residents_of_before_are_found_soon(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    _insert(database, "67")
    _link(database, "67")
    assert NAME in migrations.upgrade()
    _insert(database, "68")
    assert not find("анна ежова").keys and find("+79161234568").keys == ["68"]

    assert catch_up(1) == 1 and catch_up(9) == 1 and catch_up(9) == 0

    assert sorted(find("анна ежова").keys) == ["67", "68"] and find("дачная 3").keys == ["67"]
    assert ResidentWord.select().where(ResidentWord.word == b"4568").count() == 1
