"""Whether this host can serve, asked directly: what a write speaks for, and what is asked every time."""

from types import SimpleNamespace

import peewee
import pytest
from peewee import Database

from cabinet.models import Heartbeat, migrations, readiness
from cabinet.models.database import db
from cabinet.models.readiness import TRUSTED, Readiness
from tests.models.clock import after, moment


def test_a_write_speaks_for_the_next_ones_for_five_seconds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(readiness, "time", SimpleNamespace(monotonic=lambda: clock.seconds))
    ready = Readiness()
    for seconds, written in ((0, 0), (TRUSTED, 0), (TRUSTED + 1, TRUSTED + 1), (2 * TRUSTED, TRUSTED + 1)):
        clock.seconds = seconds
        with after(seconds):
            assert ready.missing() == ""
        assert [(one.name, one.at) for one in Heartbeat.select()] == [("web", moment(written))]


def test_a_write_that_failed_is_tried_again_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(name: str) -> None:
        raise peewee.OperationalError("disk full")

    ready = Readiness()
    with monkeypatch.context() as broken:
        broken.setattr(Heartbeat, "beat", full)
        assert ready.missing() == ready.missing() == "write"
    assert ready.missing() == ""


def test_without_a_database_a_host_is_not_ready(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: object) -> None:
        raise peewee.OperationalError("gone")

    ready = Readiness()
    with monkeypatch.context() as broken:
        broken.setattr(migrations, "status", gone)
        assert ready.missing() == "database"
    assert ready.missing() == ""
    with monkeypatch.context() as broken:
        broken.setattr(db.obj, "execute_sql", gone)
        assert ready.missing() == "database", "also when it was ready before"


def test_tables_are_looked_at_until_they_are_of_this_version(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied = iter([[("1", True), ("2", False)], [("1", True), ("2", True)]])
    monkeypatch.setattr(migrations, "status", lambda: next(applied))
    ready = Readiness()
    assert [ready.missing() for _ in range(3)] == ["schema", "", ""]
