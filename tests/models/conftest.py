"""What tests of models share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import Database

from cabinet.models import AccountEvent, Audit, ConnectionRequest, EmailLink, User
from cabinet.models.database import db
from cabinet.models.sqlite import QueuedSqliteDatabase
from tests.cast import LESNAYA, NEW_PHONE, PHONE, SADOVAYA, bill, resident
from tests.models.test_departure import consent_of, leave_traces
from tests.models.test_request import submit
from tests.models.withdrawing import anna, olga, strangers  # noqa: F401


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


@pytest.fixture
def anew(database: Database) -> User:
    """Who has a new number, and a second cabinet by it."""
    bill()
    return resident(NEW_PHONE, accounts=[SADOVAYA], email="", email_confirmed_at=None)


@pytest.fixture
def before(anew: User) -> User:
    """Her cabinet by the number of before, with a bit of everything."""
    old = resident(PHONE, accounts=[LESNAYA, SADOVAYA], email="anna@example.org", last_name="Прежняя")
    leave_traces(old, PHONE)
    consent_of(old)
    EmailLink.send(old)
    with db.atomic():
        ConnectionRequest.update(user=old.id, receipt="receipt.jpg").execute()
        AccountEvent.record("signed-in", PHONE, "203.0.113.1", "", old.id)
        AccountEvent.record("wrong-code", PHONE, "203.0.113.2")
        Audit.record("renamed", f"user:{old.id}", old.id, "203.0.113.3")
    submit(PHONE, key="without signing in", receipt="other.jpg")
    return old
