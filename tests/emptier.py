"""The one database of all tests on PostgreSQL, emptied from one to the next."""

from collections.abc import Callable

import psycopg

from cabinet.models import TABLES
from cabinet.models.postgres_connection import Connection
from tests import postgres_server

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

kept: list[Connection] = []  # for the next test; a new one has to read of each table first
_left: list[object] = []  # of the process that this one was forked from
_name = "cabinet_test"


def apart(name: str) -> None:
    """In a fork: have a database of its own on the server of the process that it comes from."""
    global _name
    _name = f"cabinet_test_{name}"
    _left.extend(kept)
    kept.clear()


class Emptier:
    """Makes the database of the tests as good as new, over a connection that it keeps."""

    def __init__(self, url_of: Callable[[str], str], schema: list[tuple[object, ...]]) -> None:
        self.url_of, self.schema = url_of, schema
        self.name = _name
        self.connection: psycopg.Connection | None = None
        self.stamp: object = None

    @property
    def url(self) -> str:
        """Of the database."""
        return self.url_of(_name)

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

    def make(self) -> None:
        """Make the database anew, which takes ten times as long as to empty it."""
        self.close()
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {_name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {_name} TEMPLATE cabinet_template")

    def _connected(self) -> psycopg.Connection:
        if self.name != _name:
            _left.append(self.connection)
            self.name, self.connection = _name, None
        if not self.connection:
            self.connection = psycopg.connect(self.url, autocommit=True)
            self.connection.execute("SET session_replication_role = replica")  # in any order, no cascades
        return self.connection

    def _empty(self, connection: psycopg.Connection) -> bool:
        end_others = END_OTHERS.format(kept=kept[0].info.backend_pid if kept and not kept[0].closed else 0)
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
