"""Settings, clock, identifiers."""

import time
from datetime import UTC, datetime

import pytest
from peewee import Database

from cabinet.models import base
from cabinet.models.database import db
from config import Settings
from tests.models.clock import START, after


def test_there_are_no_settings_before_they_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "_settings", None)
    with pytest.raises(RuntimeError, match=r"^cabinet.models.base.configure\(\) was not called$"):
        base.settings()


def test_configured_anew_the_old_connection_is_closed(database: Database, settings: Settings) -> None:
    before = db.obj
    assert not db.is_closed()
    base.configure(settings)
    assert before.is_closed() and db.obj is not before and db.is_closed()
    assert base.settings() is settings


@pytest.mark.settings(database_connections=7)
def test_a_process_has_as_many_connections_as_are_set(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(base, "open_database", lambda *args: asked.extend(args))
    monkeypatch.setattr(base, "db", type(db)())
    base.configure(settings)
    assert asked == [settings.database_url, 7]


def test_the_time_is_universal(database: Database) -> None:
    with after(0.25):
        assert base.unix_time() == START.replace(tzinfo=UTC).timestamp() + 0.25
    assert base.now().tzinfo is None
    assert abs((base.now() - datetime.now(UTC).replace(tzinfo=None)).total_seconds()) < 60


def test_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    request.addfinalizer(time.tzset)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Vladivostok")
        time.tzset()
        assert abs(base.unix_time() - time.time()) < 60
        assert abs((base.now() - datetime.now(UTC).replace(tzinfo=None)).total_seconds()) < 60


def test_identifiers_are_unguessable_and_never_look_like_options(monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter(["-abc", "--", "abc"])
    monkeypatch.setattr("secrets.token_urlsafe", lambda size: next(made) if size == 16 else "short")
    assert base.new_id() == "abc"
