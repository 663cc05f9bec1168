"""Databases of earlier versions."""

from collections.abc import Callable
from pathlib import Path

import peewee
import pytest

from cabinet.models import migrations
from cabinet.models.database import is_sqlite
from cabinet.models.migration_runner import Migrations

Before = Callable[[str], None]


@pytest.fixture
def before(database: peewee.DatabaseProxy) -> Before:
    """`before("0002_add_entrance")`: the database is empty and as the version before that migration made it.

    Fill it by SQL, since the models are ahead of it, then call `migrations.upgrade()` and look.
    """

    def go_back(name: str) -> None:
        names = [known for known, _ in migrations.status()]
        earlier = names[: names.index(name)]
        _wipe(database)
        Migrations(database.obj, str(migrations.FOLDER)).up(earlier[-1])
        assert [known for known, applied in migrations.status() if applied] == earlier

    return go_back


def insert_admin(database: peewee.DatabaseProxy) -> None:
    """An admin as every version from 0001 on can have one."""
    columns = "id, email, role, password_hash, totp_salt, totp_kept, totp_step, created_at"
    with database.atomic():
        database.execute_sql(
            f"INSERT INTO staff ({columns}) VALUES"
            " ('1', 'a@example.org', 'admin', 'x', 's', '', 0, '2026-11-26 10:00:00')"
        )


def _wipe(database: peewee.DatabaseProxy) -> None:
    """Leave no table. PostgreSQL's is made again for the next test, which sees the difference."""
    if not is_sqlite():
        with database.atomic():
            database.execute_sql("DROP SCHEMA public CASCADE")
            database.execute_sql("CREATE SCHEMA public")
            database.execute_sql("GRANT USAGE ON SCHEMA public TO PUBLIC")  # as a new database has it
        return
    database.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database.database}{suffix}").unlink(missing_ok=True)
    database.connect()
