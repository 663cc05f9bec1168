"""The database hangs behind a pooler, which lets the doctor in all the same: it says so, and ends."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import peewee
import pytest

from cabinet.doctor import database as doctor
from cabinet.doctor.finding import Level
from config import Settings
from tests import postgres_server
from tests.databases import disconnect
from tests.relay import Relay, relay_to

pytestmark = pytest.mark.postgres


@pytest.fixture
def relay(postgres_url: str) -> Iterator[Relay]:
    """What stands between, as a pooler does."""
    server = postgres_url.partition("host=")[2]
    with tempfile.TemporaryDirectory(prefix="relay-") as folder, relay_to(server, Path(folder)) as relay:
        yield relay


@pytest.fixture
def database_url(relay: Relay) -> str:
    return postgres_server.address(str(Path(relay.path).parent), "cabinet_test")


@pytest.mark.timeout(60)
def test_it_is_not_waited_for(
    relay: Relay, settings: Settings, database: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    disconnect()
    monkeypatch.setattr(doctor, "LONGEST", 0.2, raising=False)
    said = doctor.findings(settings)
    assert next(said).text == "database answers (PostgreSQL)"
    relay.hang()
    (last,) = said
    assert last.level is Level.WRONG and last.text.startswith("database does not answer"), last
