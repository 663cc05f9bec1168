"""Migrations expand the schema only, so that the version of before runs on: read in the SQL they send."""

from typing import Any

import peewee
import pytest

from cabinet.models import migrations
from cabinet.models.database import is_sqlite
from cabinet.models.migration_runner import Migrations
from tests.migrations.conftest import Before
from tests.migrations.expand import faults

FIRST = "0002_imports_can_be_taken_back"
EARLIER = {"0005_imports_in_several_parts"}  # an index of a table that is small, made before this rule


def test_migrations_expand_only(
    database: peewee.DatabaseProxy, before: Before, monkeypatch: pytest.MonkeyPatch
) -> None:
    before(FIRST)
    sent: list[str] = []
    execute_sql = database.obj.execute_sql

    def spy(sql: str, *arguments: Any, **named: Any) -> Any:
        sent.append(sql)
        return execute_sql(sql, *arguments, **named)

    monkeypatch.setattr(database.obj, "execute_sql", spy)
    found = {}
    for name in [name for name, applied in migrations.status() if not applied]:
        sent.clear()
        Migrations(database.obj, str(migrations.FOLDER)).up(name)
        assert any("schema_migration" in sql for sql in sent)
        if name not in EARLIER and (said := faults(sent, concurrently=not is_sqlite())):
            found[name] = said
    assert found == {}, "see «A migration» in CONTRIBUTING.md"


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ('ALTER TABLE "account" ADD COLUMN "a" TEXT', ""),
        ('ALTER TABLE "account" ADD COLUMN "a" TEXT DEFAULT \'\' NOT NULL', ""),
        ('ALTER TABLE "account" ADD COLUMN "a" TEXT NOT NULL', "the code of before writes no such column"),
        ('CREATE INDEX "i" ON "account" ("a")', "blocks writers"),
        ('CREATE UNIQUE INDEX "i" ON "account" ("a")', "blocks writers"),
        ('CREATE INDEX CONCURRENTLY "i" ON "account" ("a")', ""),
        ('CREATE TABLE "new" ("a" TEXT NOT NULL); CREATE', ""),
        ('ALTER TABLE "account" DROP COLUMN "a"', "the code of before needs it as it is (DROP COLUMN)"),
        ('ALTER TABLE "account" RENAME COLUMN "a" TO "b"', "the code of before needs it as it is (RENAME)"),
        ('ALTER TABLE "account" ALTER COLUMN "a" TYPE BIGINT', "the code of before needs it as it is (TYPE)"),
        ('ALTER TABLE "account" ALTER COLUMN "a" SET NOT NULL', "the code of before needs it"),
        ('ALTER TABLE "a" ADD CONSTRAINT "c" CHECK (x > 0)', "the code of before needs it"),
        ('ALTER TABLE "a" ADD CONSTRAINT "c" CHECK (x > 0) NOT VALID', ""),
        ('DROP TABLE "account"', "the code of before needs it as it is (DROP)"),
        ('CREATE TABLE "account__tmp__" ("a" TEXT)', "rebuilds a table"),
    ],
)
def test_what_breaks_the_code_of_before_is_named(sql: str, fault: str) -> None:
    found = faults([sql], concurrently=True)
    assert len(found) == bool(fault) and all(one.startswith(fault) for one in found), found


def test_a_new_table_is_nobodys_yet() -> None:
    made = ['CREATE TABLE "new" ("a" TEXT)', 'CREATE INDEX "i" ON "new" ("a")', 'DROP TABLE "new"']
    assert faults(made, concurrently=True) == []
    assert faults(['CREATE INDEX "i" ON "account" ("a")'], concurrently=False) == []
