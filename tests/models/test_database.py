"""The database: nobody writes outside of a transaction; writers of SQLite queue, of threads and processes."""

import os
from pathlib import Path
from typing import Any

import peewee
import pytest

from cabinet.models.database import connected, db, is_sqlite, open_database
from cabinet.models.postgres import PostgresDatabase
from cabinet.models.sqlite import QueuedSqliteDatabase
from config import ROOT


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO audit (actor, action) VALUES ('a', 'b')",
        "insert into audit (actor, action) values ('a', 'b')",
        "UPDATE audit SET actor = 'a'",
        "DELETE FROM audit",
    ],
)
def test_a_write_outside_of_a_transaction_is_refused(database: peewee.Database, sql: str) -> None:
    with pytest.raises(peewee.ProgrammingError, match=r"^a write outside of a transaction$"):
        db.execute_sql(sql)
    assert db.execute_sql("SELECT COUNT(*) FROM audit").fetchone()[0] == 0


def test_so_is_a_replacement(sqlite: QueuedSqliteDatabase) -> None:
    with pytest.raises(peewee.ProgrammingError):
        sqlite.execute_sql("REPLACE INTO word VALUES ('a')")
    with sqlite.atomic():
        sqlite.execute_sql("REPLACE INTO word VALUES (?)", ("a",))
    assert sqlite.execute_sql("SELECT text FROM word").fetchall() == [("a",)]


def test_what_is_committed_survives_a_power_cut_and_references_hold(
    waiting_for_the_disk: None, sqlite: QueuedSqliteDatabase
) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "cache_size", "temp_store", "busy_timeout")
    values = [sqlite.execute_sql(f"PRAGMA {name}").fetchone()[0] for name in names]
    assert values == ["wal", 2, 1, -8192, 2, 15_000]


def test_small_letters_are_those_of_every_alphabet(sqlite: QueuedSqliteDatabase) -> None:
    row = sqlite.execute_sql("SELECT lower('ЁЖ'), lower('AB'), lower(NULL), lower(5)").fetchone()
    assert row == ("ёж", "ab", None, 5)


def test_nothing_connects_by_itself(tmp_path: Path) -> None:
    with pytest.raises(peewee.InterfaceError):
        QueuedSqliteDatabase(str(tmp_path / "test.db")).execute_sql("SELECT 1")


def test_a_folder_that_is_there_is_taken(tmp_path: Path) -> None:
    for _ in range(2):
        QueuedSqliteDatabase(str(tmp_path / "test.db"))


def test_an_address_names_the_database(tmp_path: Path) -> None:
    whole = open_database(f"sqlite:///{tmp_path}/test.db")
    assert isinstance(whole, QueuedSqliteDatabase) and whole.database == f"{tmp_path}/test.db"
    assert os.path.exists(f"{tmp_path}/test.db.lock")
    below = os.path.relpath(tmp_path / "test.db", ROOT)
    assert os.path.samefile(Path(open_database(f"sqlite:///{below}").database).parent, tmp_path)
    for scheme in ("postgresql", "postgres"):
        opened: Any = open_database(f"{scheme}://user@localhost/cabinet", connections=7)
        assert isinstance(opened, PostgresDatabase) and opened.slots._value == 7
        assert opened.database == f"{scheme}://user@localhost/cabinet" and opened.autoconnect is False
        assert isinstance(opened._adapter, peewee.Psycopg3Adapter)
    with pytest.raises(ValueError, match=r"^DATABASE_URL must begin with sqlite:/// or postgresql://$"):
        open_database("mysql://localhost/cabinet")


def test_postgresql_refuses_the_same_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: Any = open_database("postgresql://user@localhost/cabinet")
    asked: list[tuple[str, object]] = []
    monkeypatch.setattr(
        peewee.PostgresqlDatabase, "execute_sql", lambda _self, sql, params=None: asked.append((sql, params))
    )
    for write in ("INSERT INTO word", "update word", "DELETE FROM word"):
        with pytest.raises(peewee.ProgrammingError, match=r"^a write outside of a transaction$"):
            opened.execute_sql(write)
    opened.execute_sql("SELECT %s", (1,))
    monkeypatch.setattr(opened, "in_transaction", lambda: True)
    opened.execute_sql("INSERT INTO word VALUES (%s)", ("a",))
    assert asked == [("SELECT %s", (1,)), ("INSERT INTO word VALUES (%s)", ("a",))]


def test_it_is_known_which_one_it_is(database: peewee.Database) -> None:
    assert is_sqlite() == isinstance(db.obj, QueuedSqliteDatabase)


def test_a_connection_is_open_inside_and_as_it_was_after(database: peewee.Database) -> None:
    with connected():
        assert not db.is_closed()
    assert not db.is_closed(), "it was open before"
    db.close()
    with connected():
        assert not db.is_closed()
    assert db.is_closed()
    with pytest.raises(ZeroDivisionError), connected():
        _ = 1 / 0
    assert db.is_closed()
