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

from cabinet.models import TABLES, base, migrations
from cabinet.models.connections import connect_when_asked
from cabinet.models.database import db
from cabinet.models.postgres import PostgresDatabase
from cabinet.models.postgres_connection import Connection
from cabinet.models.sqlite import QueuedSqliteDatabase
from cabinet.serve.held_folder import held_folder
from config import Settings
from tests import postgres_server
from tests.missing import missing

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
SCHEMA = """
    SELECT c.relname, a.attname, a.attnotnull, format_type(a.atttypid, a.atttypmod),
        pg_get_expr(d.adbin, d.adrelid)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum <> 0
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i')
    UNION ALL SELECT 'schema_migration', name, true, '', '' FROM schema_migration
    UNION ALL SELECT 'lock_row', max(id)::text, true, '', '' FROM lock_row
    ORDER BY 1, 2
"""
STAMP = """
    SELECT (SELECT sum(hashtext(xmin::text || ctid::text)) FROM pg_class WHERE oid >= 16384),
        (SELECT sum(hashtext(xmin::text || ctid::text)) FROM pg_attribute WHERE attrelid >= 16384),
        (SELECT sum(hashtext(xmin::text || ctid::text)) FROM pg_attrdef),
        (SELECT sum(hashtext(xmin::text || ctid::text)) FROM schema_migration),
        (SELECT max(id) FROM lock_row)
"""  # as long as it is the same, so is what SCHEMA finds

END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> {kept}
"""
AT_WORK = " AND state <> 'idle'"  # to a session that ended PgBouncer may yet send somebody
FILLED = " UNION ALL ".join(
    f"SELECT '{name}', pg_relation_size('\"{name}\"') WHERE EXISTS (SELECT FROM \"{name}\")"
    for name in [model._meta.table_name for model in TABLES]
)
RESTART = """
    SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL AND sequencename <> 'schema_migration_id_seq'
"""
SMALL = 2**17  # bytes; to empty such a table by TRUNCATE takes longer


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


_kept: list[Connection] = []  # for the next test; a new one has to read of each table first


class Emptier:
    """Makes the database of the tests as good as new, over a connection that it keeps."""

    def __init__(self, url: str, schema: list[tuple[object, ...]]) -> None:
        self.url, self.schema = url, schema
        self.connection: psycopg.Connection | None = None
        self.stamp: object = None

    def empty(self) -> bool:
        """False if there is no such database, or its tables are no longer as the migrations made them."""
        for _ in range(2):  # a test may have ended the connection, or the database
            try:
                return self._empty(self._connected())
            except psycopg.OperationalError:
                self.close()
        return False

    def close(self) -> None:
        """Let go of the database."""
        if self.connection:
            self.connection.close()
        self.connection = None

    def _connected(self) -> psycopg.Connection:
        if not self.connection:
            self.connection = psycopg.connect(self.url, autocommit=True)
            self.connection.execute("SET session_replication_role = replica")  # in any order, no cascades
        return self.connection

    def _empty(self, connection: psycopg.Connection) -> bool:
        end_others = END_OTHERS.format(kept=_kept[0].info.backend_pid if _kept and not _kept[0].closed else 0)
        connection.execute(end_others + AT_WORK if postgres_server.pooled() else end_others)
        stamp = connection.execute(STAMP).fetchone()
        if stamp != self.stamp:
            if connection.execute(SCHEMA).fetchall() != self.schema:
                return False
            self.stamp = stamp
        for name, size in connection.execute(FILLED).fetchall():
            connection.execute(f'DELETE FROM "{name}"' if size < SMALL else f'TRUNCATE "{name}" CASCADE')
        connection.execute(RESTART)
        return True


@pytest.fixture(scope="session")
def emptier(
    postgres_url_of: Callable[[str], str], postgres_schema: list[tuple[object, ...]]
) -> Iterator[Emptier]:
    """For the one database that all tests on PostgreSQL share."""
    emptier = Emptier(postgres_url_of("cabinet_test"), postgres_schema)
    yield emptier
    emptier.close()
    while _kept:
        _kept.pop().close()


@pytest.fixture
def postgres_url(postgres_url_of: Callable[[str], str], emptier: Emptier) -> str:
    """A PostgreSQL database as good as new: emptied, which is ten times quicker than made anew."""
    if not emptier.empty():
        emptier.close()
        with psycopg.connect(postgres_url_of("postgres"), autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS cabinet_test WITH (FORCE)")
            connection.execute("CREATE DATABASE cabinet_test TEMPLATE cabinet_template")
    return postgres_server.for_tests(emptier.url)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database, once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(settings: Settings) -> Iterator[peewee.DatabaseProxy]:
    """The models on a fresh migrated database, its connection open."""
    base.configure(settings)
    if _kept and isinstance(db.obj, PostgresDatabase):
        db.obj.idle.append((time.monotonic(), _kept.pop()))
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
    if "cabinet_test" in db.obj.database and db.obj.idle and not _kept:
        connection = db.obj.idle.pop()[1]
        with contextlib.suppress(psycopg.Error):
            connection.execute("DISCARD ALL")
            _kept.append(connection)


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
