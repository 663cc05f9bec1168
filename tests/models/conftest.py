"""What tests of models share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import Database

from cabinet.models.sqlite import QueuedSqliteDatabase
from tests.cast import LESNAYA, SADOVAYA, bill


@pytest.fixture
def billed(database: Database) -> None:
    """Billing knows two accounts."""
    bill(LESNAYA, SADOVAYA)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[QueuedSqliteDatabase]:
    """A SQLite file with one table."""
    opened = QueuedSqliteDatabase(str(tmp_path / "some" / "folder" / "test.db"))
    opened.connect()
    opened.execute_sql("CREATE TABLE word (text TEXT UNIQUE)")
    yield opened
    opened.close()
