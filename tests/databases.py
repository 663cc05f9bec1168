"""Fresh databases for tests: a migrated copy each, of a SQLite file and of a PostgreSQL template."""

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import peewee
import psycopg
import pytest

from cabinet.models import base, migrations
from cabinet.models.connections import connect_when_asked
from cabinet.models.database import db
from cabinet.models.postgres import PostgresDatabase
from cabinet.models.sqlite import QueuedSqliteDatabase
from cabinet.serve.held_folder import held_folder
from config import Settings
from tests import postgres_server
from tests.emptier import SCHEMA, Emptier, kept
from tests.missing import missing

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


_opened = QueuedSqliteDatabase._opened


def pytest_configure() -> None:
    """In this process SQLite waits for no disk: what is killed here is processes, not machines."""

    def opened(self: QueuedSqliteDatabase) -> Any:
        connection = _opened(self)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    QueuedSqliteDatabase._opened = opened  # type: ignore[method-assign]


@pytest.fixture
def waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite does wait, as in production."""
    monkeypatch.setattr(QueuedSqliteDatabase, "_opened", _opened)


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Path]:
    """A SQLite file with all migrations applied."""
    with held_folder("template") as folder:
        path = folder / "template.db"
        _migrate(f"sqlite:///{path}")
        assert [*folder.glob("template.db-*")] == []  # all in one file, so that it can be copied
        yield path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite database."""
    shutil.copyfile(sqlite_template, tmp_path / "cabinet.db")
    return f"sqlite:///{tmp_path}/cabinet.db"


@pytest.fixture(scope="session")
def postgres_url_of() -> Iterator[Callable[[str], str]]:
    """The address of a database of a PostgreSQL server that lives as long as the tests."""
    with contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(postgres_server.running())
        except OSError:
            missing("no PostgreSQL could be started")
        url_of = partial(postgres_server.address, folder)
        with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE cabinet_template")
        _migrate(url_of("cabinet_template"))
        yield url_of


@pytest.fixture(scope="session")
def postgres_schema(postgres_url_of: Callable[[str], str]) -> list[tuple[object, ...]]:
    """What the migrations make."""
    with psycopg.connect(postgres_url_of("cabinet_template")) as connection:
        return connection.execute(SCHEMA).fetchall()


@pytest.fixture(scope="session")
def emptier(
    postgres_url_of: Callable[[str], str], postgres_schema: list[tuple[object, ...]]
) -> Iterator[Emptier]:
    """For the one database that all tests on PostgreSQL share."""
    emptier = Emptier(postgres_url_of, postgres_schema)
    yield emptier
    emptier.close()
    while kept:
        kept.pop().close()


@pytest.fixture
def postgres_url(emptier: Emptier) -> str:
    """A PostgreSQL database as good as new."""
    if not emptier.empty():
        emptier.make()
    return postgres_server.for_tests(emptier.url)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database, once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(settings: Settings) -> Iterator[peewee.DatabaseProxy]:
    """The models on a fresh migrated database, its connection open."""
    base.configure(settings)
    if kept and isinstance(db.obj, PostgresDatabase):
        db.obj.idle.append((time.monotonic(), kept.pop()))
    db.connect()
    yield db
    _keep_one()
    disconnect()


def _keep_one() -> None:
    """Keep a connection to the database of all tests, as good as new; a pooler keeps its own."""
    if not isinstance(db.obj, PostgresDatabase) or postgres_server.pooled():
        return
    if not db.is_closed():
        db.close()
    if "cabinet_test" in db.obj.database and db.obj.idle and not kept:
        connection = db.obj.idle.pop()[1]
        with contextlib.suppress(psycopg.Error):
            connection.execute("DISCARD ALL")
            kept.append(connection)


@pytest.fixture
def hand_on(database: peewee.DatabaseProxy) -> Callable[[], None]:
    """Lets the models, once they are configured anew, have the connections that they had."""
    before = database.obj

    def give() -> None:
        if (
            isinstance(before, PostgresDatabase)
            and before is not db.obj
            and before.database == db.obj.database
        ):
            db.obj.idle.extend(before.idle)
            before.idle.clear()

    return give


def _migrate(url: str) -> None:
    base.configure(Settings(testing=True, database_url=url))
    with db.connection_context():
        migrations.upgrade()
    disconnect()


def disconnect() -> None:
    """Close the connection of this thread, and those that are kept; the next test connects by itself."""
    connect_when_asked(False)
    if not db.is_closed():
        db.close()
    db.obj.close_idle()
