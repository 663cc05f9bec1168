"""PostgreSQL: every table by COPY, in one transaction that sees one moment."""

from graphlib import TopologicalSorter
from typing import Any

from psycopg import sql

from cabinet.backup.archive import NAMED_FILES, Reader, Writer
from cabinet.models.database import db

HISTORY = "schema_migration"  # which the migrations themselves write
HISTORY_ROWS = "SELECT name FROM schema_migration ORDER BY name"
FOLDER = "tables/"
TABLES = """
    SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relpersistence = 'p'
    AND c.relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1
"""
REFERENCES = """
    SELECT a.relname, b.relname FROM pg_constraint k
    JOIN pg_class a ON a.oid = k.conrelid JOIN pg_class b ON b.oid = k.confrelid
    WHERE k.contype = 'f' AND a.oid <> b.oid AND a.relnamespace = current_schema()::regnamespace
"""
# by the catalogue alone: pg_get_serial_sequence fails for tables elsewhere, and a plan may ask it first
COUNTERS = """
    SELECT c.relname, a.attname, s.oid::regclass::text FROM pg_class s
    JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    JOIN pg_class c ON c.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
    WHERE s.relkind = 'S' AND c.relnamespace = current_schema()::regnamespace
"""
UNDISTURBED = ("statement_timeout = 0", "idle_in_transaction_session_timeout = 0", "client_encoding = 'UTF8'")


def dump(writer: Writer) -> set[str]:
    """Write all tables; returns the names of the receipts that rows name."""
    with db.obj.another_connection() as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        _undisturbed(connection)
        manifest = writer.manifest
        manifest.migrations = _column(connection, HISTORY_ROWS)
        for table in _column(connection, TABLES):
            if table != HISTORY:
                manifest.rows[table] = _copy_out(connection, table, writer)
        manifest.counters = {
            f"{table}.{column}": _last_value(connection, name)
            for table, column, name in connection.execute(COUNTERS).fetchall()
        }
        return set(_column(connection, NAMED_FILES))


def load(reader: Reader) -> None:
    """Replace all rows by those of the backup, in one transaction; the tables are of its migrations."""
    with db.obj.another_connection() as connection, connection.transaction():
        _undisturbed(connection)
        tables = set(reader.names(FOLDER))
        order = {table: set[str]() for table in sorted(tables)}
        for table, needed in connection.execute(REFERENCES).fetchall():
            if table in tables:
                order[table].add(needed)
        names = sql.SQL(", ").join(map(sql.Identifier, sorted(tables)))
        connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
        for table in TopologicalSorter(order).static_order():
            _copy_in(connection, table, reader)
        for counter, last in reader.manifest.counters.items():
            table, _, column = counter.partition(".")
            connection.execute(
                "SELECT setval(pg_get_serial_sequence(quote_ident(%s), %s), %s)", (table, column, last)
            )


def drop_all() -> None:
    """Drop every table."""
    with db.obj.another_connection() as connection, connection.transaction():
        for table in _column(connection, TABLES):
            connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(table)))


def _undisturbed(connection: Any) -> None:
    for setting in UNDISTURBED:
        connection.execute(_sql(f"SET LOCAL {setting}"))


def _copy_out(connection: Any, table: str, writer: Writer) -> int:
    columns = _columns(connection, table)
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), _list(columns))
    with writer.entry(FOLDER + table) as write:
        write(("\t".join(columns) + "\n").encode())
        with connection.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for piece in copy:
                    write(bytes(piece))
            return int(cursor.rowcount)


def _copy_in(connection: Any, table: str, reader: Reader) -> None:
    """The first line names the columns, since later versions may have added others between them."""
    pieces = reader.pieces(FOLDER + table)
    head, _, rest = next(pieces).partition(b"\n")
    columns = head.decode().split("\t")
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _list(columns))
    with connection.cursor().copy(statement) as copy:
        copy.write(rest)
        for piece in pieces:
            copy.write(piece)


def _columns(connection: Any, table: str) -> list[str]:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND table_name = %s ORDER BY ordinal_position",
        (table,),
    )
    return [name for (name,) in rows.fetchall()]


def _last_value(connection: Any, sequence: str) -> int:
    query = _sql(f"SELECT last_value FROM {sequence}")  # noqa: S608 (the server quoted the name)
    return int(connection.execute(query).fetchone()[0])


def _list(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _column(connection: Any, query: str) -> list[str]:
    return [value for (value,) in connection.execute(_sql(query)).fetchall()]


def _sql(text: Any) -> sql.SQL:
    """A statement made of constants, and of names that the server itself quoted."""
    return sql.SQL(text)
