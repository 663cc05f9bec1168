"""How migrations are written and tested, shown on one that only this test has; and what never changes."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import peewee
import pytest
from playhouse.schema_diff import SchemaDiff, diff_models

from cabinet.models import TABLES, Account, migrations
from config import ROOT
from tests.migrations.conftest import Before
from tests.threads import together
from tools import new_migration

RELEASED = {  # the SHA-256 of each migration that a release contains: databases out there were made by it
    "0001_initial": "c313b742f85fe7e1072c768fddd9b54c0bc3f6e36bef03bab4709e82b888499c",
}


def test_released_migrations_never_change() -> None:
    found = {name: (ROOT / "migrations" / f"{name}.py").read_bytes() for name in RELEASED}
    digests = {name: hashlib.sha256(code).hexdigest() for name, code in found.items()}
    assert digests == RELEASED, "released migrations stay as they are: add one with make migration"


def test_every_later_migration_has_its_test() -> None:
    later = sorted((ROOT / "migrations").glob("*.py"))[1:]
    tests = Path(__file__).parent
    assert not [path.stem for path in later if not (tests / f"test_{path.name}").exists()]


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A migration that `make migration` drafts for a new field, completed by hand; the model has it."""
    existing = sorted((ROOT / "migrations").glob("*.py"))
    for path in existing:
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    field = peewee.CharField(8, default="")
    Account._meta.add_field("example", field)
    drafted = new_migration.render(SchemaDiff([], [field], [], [], []), "add_example")
    computed = "    db.execute_sql(\"UPDATE account SET example = '2' WHERE number = '1'\")\n"
    name = f"{len(existing) + 1:04}_add_example"
    (tmp_path / f"{name}.py").write_text(drafted.replace("\n\n\ndef down", f"\n{computed}\n\ndef down"))
    yield name
    Account._meta.remove_field("example")


def test_upgrade_keeps_the_data_of_the_version_before(
    database: peewee.DatabaseProxy, before: Before, example: str
) -> None:
    before(example)
    with database.atomic():
        database.execute_sql(
            "INSERT INTO account (number, printed, address, last_name) VALUES"
            " ('1', '0001', 'Садовая, 1', 'Ёлкина'), ('2', '0002', 'Садовая, 3', '')"
        )
        database.execute_sql(
            "INSERT INTO charge (period, account, amount_due) VALUES ('2026-10-01', '1', 421867)"
        )

    assert migrations.upgrade() == [example]

    rows = database.execute_sql("SELECT number, printed, last_name, example FROM account ORDER BY number")
    assert [tuple(row) for row in rows] == [("1", "0001", "Ёлкина", "2"), ("2", "0002", "", "")]
    assert database.execute_sql("SELECT amount_due FROM charge").fetchone()[0] == 421867
    assert not diff_models(database.obj, TABLES)


def test_old_code_inserts_into_the_new_schema(
    database: peewee.DatabaseProxy, before: Before, example: str
) -> None:
    before(example)
    migrations.upgrade()
    with database.atomic():
        database.execute_sql("INSERT INTO account (number, printed, address) VALUES ('1', '1', 'x')")
    assert database.execute_sql("SELECT example FROM account").fetchone()[0] == ""


BESIDE_WRITERS = """
atomic = False


def up(migrator, db):
    beside = "CONCURRENTLY" if type(db).__name__ == "PostgresDatabase" else ""
    db.execute_sql(f"CREATE INDEX {beside} account_example ON account (address)")
"""


def test_an_index_is_made_beside_writers_while_another_host_upgrades_too(
    database: peewee.DatabaseProxy, before: Before, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    existing = sorted((ROOT / "migrations").glob("*.py"))
    for path in existing:
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    name = f"{len(existing) + 1:04}_add_example"
    (tmp_path / f"{name}.py").write_text(BESIDE_WRITERS)
    before(name)
    database.close()
    applied = together([migrations.upgrade, migrations.upgrade])
    database.connect()
    assert sorted(applied) == [[], [name]]
    assert "account_example" in {index.name for index in database.get_indexes("account")}
