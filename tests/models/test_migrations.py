"""The migrations give exactly the schema that the models declare, on both databases."""

from pathlib import Path
from typing import Any

import peewee
import pytest
from playhouse.schema_diff import diff_models

from cabinet.models import TABLES, base, migrations
from cabinet.models.database import is_sqlite
from config import ROOT

# what Peewee asks the information schema about one table at a time, for a second of the processor
COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attnum = ANY(i.indkey)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
"""
FOREIGN_KEYS = """
    SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, b.attname
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
    JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = ANY(c.confkey) WHERE c.contype = 'f'
"""


def _schema(database: peewee.DatabaseProxy) -> dict[Any, Any]:
    """Tables with columns (type, null, key), indexes and foreign keys; defaults aside."""
    names = [model._meta.table_name for model in TABLES]
    found: dict[Any, Any] = {
        name: {(tuple(i.columns), i.unique) for i in database.get_indexes(name)} for name in names
    }
    if is_sqlite():
        for name in names:
            found["columns of", name] = {
                c.name: (c.data_type.upper(), c.null, c.primary_key) for c in database.get_columns(name)
            }
            found["keys of", name] = {
                (f.column, f.dest_table, f.dest_column) for f in database.get_foreign_keys(name)
            }
        return found
    for what in (COLUMNS, FOREIGN_KEYS):
        found[what] = sorted(map(tuple, database.execute_sql(what).fetchall()))
        assert len(found[what]) > 10
    return found


def test_migrations_equal_models(database: peewee.DatabaseProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    migrated = _schema(database)
    assert not diff_models(database.obj, TABLES), "the models have changed: run make migration"
    database.drop_tables(TABLES)
    if not is_sqlite():
        for model in TABLES:
            monkeypatch.setattr(model._meta, "without_rowid", False)
    database.create_tables(TABLES)
    assert migrated == _schema(database)


def test_no_table_is_forgotten(database: peewee.DatabaseProxy) -> None:
    named = {model._meta.table_name for model in TABLES} | {"schema_migration", "lock_row"}
    assert {name for name in database.get_tables() if not name.startswith("sqlite_")} == named
    tables = [one for model in base.Model.__subclasses__() for one in model.__subclasses__() or [model]]
    declared = {model for model in tables if model.__module__.startswith("cabinet.")}
    assert declared == set(TABLES)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_charges_are_clustered_by_key(database: peewee.DatabaseProxy) -> None:
    (sql,) = database.execute_sql("SELECT sql FROM sqlite_master WHERE name = 'charge'").fetchone()
    assert "WITHOUT ROWID" in sql


def test_constant_defaults_are_the_databases_too(database: peewee.DatabaseProxy) -> None:
    with database.atomic():
        database.execute_sql("INSERT INTO account (number, printed, address) VALUES ('1', '1', 'x')")
    row = database.execute_sql("SELECT els, last_name FROM account").fetchone()
    assert tuple(row) == ("", "")


def test_upgrade_twice_changes_nothing(database: peewee.DatabaseProxy) -> None:
    assert migrations.upgrade() == []
    assert migrations.status() and all(applied for _, applied in migrations.status())


def test_down_and_up_again(database: peewee.DatabaseProxy) -> None:
    before = _schema(database)
    runner = migrations._runner()
    runner.down("0001_initial")
    assert "account" not in database.get_tables()
    assert [name for name, applied in migrations.status() if applied] == []
    assert migrations.upgrade()[0] == "0001_initial"
    assert _schema(database) == before


def test_they_are_found_from_every_folder(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = (ROOT / "migrations").glob("[0-9]*.py")
    assert [name for name, _applied in migrations.status()] == sorted(path.stem for path in files)
