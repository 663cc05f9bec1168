"""How many connections the hosts may take together, as the doctor says of PostgreSQL itself."""

from dataclasses import replace

import peewee
import pytest

from cabinet.doctor import database as doctor
from cabinet.doctor.finding import Finding, Level
from cabinet.models.database import db
from config import Settings
from tests.databases import DATABASES
from tests.postgres_server import pooled

pytestmark = [
    pytest.mark.parametrize("database_url", DATABASES[1:], indirect=True),
    pytest.mark.skipif(pooled(), reason="a pooler has as many as it likes"),
]


def said(settings: Settings) -> Finding:
    """What is said of them."""
    if not db.is_closed():
        db.close()
    (found,) = [one for one in doctor.findings(settings) if "connections of" in one.text]
    return found


@pytest.mark.settings(web_processes=2, database_connections=10)
def test_what_one_host_may_take(settings: Settings, database: peewee.Database) -> None:
    found = said(settings)
    assert found.level is Level.OK
    assert found.text == "the cabinet may take 53 connections of 97, by the hosts that are connected: 1"


@pytest.mark.settings(web_processes=100)
def test_more_than_the_server_has(settings: Settings, database: peewee.Database) -> None:
    found = said(settings)
    assert found.level is Level.NOTE and "lower DATABASE_CONNECTIONS" in found.cure


@pytest.mark.parametrize(("hosts", "level"), [(2, Level.OK), (3, Level.NOTE)])
def test_two_hosts_of_the_defaults_fit_into_a_postgresql_of_the_defaults(
    settings: Settings,
    database: peewee.Database,
    hosts: int,
    level: Level,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor, "HOSTS", f"SELECT {hosts}")
    by_default = replace(
        settings,
        web_processes=Settings.web_processes,
        database_connections=Settings.database_connections,
    )
    assert said(by_default).level is level
