"""Steps of migrations: nobody waits long for one, and what a killed process left is gone on with."""

import threading

import peewee
import psycopg
import pytest
from peewee import SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator

from cabinet.models import expanding
from cabinet.models.database import db
from cabinet.models.expanding import add_column, add_index, in_pieces
from cabinet.models.postgres import PostgresDatabase
from tests.postgres_server import direct
from tests.waiting import until

WAITING = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = 'account'::regclass"


def add(name: str) -> None:
    """A column of the accounts, by a connection of this thread."""
    with db.connection_context():
        add_column(SchemaMigrator.from_database(db.obj), db.obj, "account", name, TextField(null=True))


def columns() -> set[str]:
    """Of the accounts."""
    return {column.name for column in db.get_columns("account")}


POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)


@pytest.mark.parametrize("database_url", [POSTGRES], indirect=True)
def test_nobody_waits_behind_a_column_that_waits_for_a_backup(
    database: PostgresDatabase, database_url: str
) -> None:
    url = direct(database_url)
    with psycopg.connect(url) as backup, psycopg.connect(url, autocommit=True) as resident:
        backup.execute("SELECT COUNT(*) FROM account")
        resident.execute("SET lock_timeout = '1s'")
        thread = threading.Thread(target=add, args=("later",))
        thread.start()
        for _ in range(2):
            until(lambda: resident.execute(WAITING).fetchone() == (1,))
            resident.execute("SELECT COUNT(*) FROM account")  # raises if it waits longer
        backup.rollback()
        thread.join()
    assert "later" in columns()


def test_a_column_and_an_index_that_are_there_are_left(database: peewee.Database) -> None:
    for _ in range(2):
        add_column(SchemaMigrator.from_database(db.obj), db.obj, "account", "later", TextField(null=True))
        add_index(db.obj, "account_later", "account", '("later")')
    assert "later" in columns() and "account_later" in {one.name for one in db.get_indexes("account")}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_memory_for_an_index_is_given_back(database: SqliteDatabase) -> None:
    before = db.execute_sql("PRAGMA cache_size").fetchone()
    add_index(db.obj, "account_address", "account", '("address")')
    assert db.execute_sql("PRAGMA cache_size").fetchone() == before


def test_what_was_written_before_a_piece_fails_stays(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expanding, "ROWS", 2)

    def write(piece: list[str]) -> None:
        for number in piece:
            assert number != "4"
            values = f"('{number}', '{number}', 'г. Клин')"
            db.execute_sql(f"INSERT INTO account (number, printed, address) VALUES {values}")

    with pytest.raises(AssertionError):
        in_pieces(db.obj, "12345", write)
    found = db.execute_sql("SELECT number FROM account ORDER BY number").fetchall()
    assert [number for (number,) in found] == ["1", "2"]
