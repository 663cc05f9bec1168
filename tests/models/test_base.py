"""Settings, clock, identifiers."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from peewee import Database

from cabinet.models import Message, base
from cabinet.models.database import db
from cabinet.models.sqlite import QueuedSqliteDatabase
from config import ROOT, Settings
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


@pytest.mark.parametrize("testing", [True, False])
def test_the_clock_is_kept_beside_imports_where_no_test_sets_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, testing: bool
) -> None:
    told: list[object] = []
    kept = SimpleNamespace(release=lambda: told.append("released"), keep=told.append)
    for name, value in {"clock": kept, "open_database": lambda *_args: None, "db": type(db)()}.items():
        monkeypatch.setattr(base, name, value)
    base.configure(replace(settings, testing=testing, imports_folder="some/imports"))
    assert told == (["released"] if testing else [ROOT / "some" / "imports"])


def test_configured_anew_no_connection_to_the_old_file_is_kept(
    sqlite: QueuedSqliteDatabase, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = type(db)()
    proxy.initialize(sqlite)
    monkeypatch.setattr(base, "db", proxy)
    told: list[str] = []
    idle: Any = SimpleNamespace(close=lambda: told.append("closed"))
    sqlite.idle.append(idle)
    base.configure(settings)
    assert told == ["closed"] and not sqlite.idle and proxy.obj is not sqlite


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


def test_a_new_row_is_of_one_moment_and_what_is_given_is_kept(database: Database) -> None:
    message = Message(channel="sms", template="t", id="mine", data={"a": None})
    assert message.created_at is message.due_at and message.id == "mine" and message.data == {"a": None}
    assert Message(channel="sms", template="t").data is not Message(channel="sms", template="t").data
    later = message.created_at + timedelta(hours=1)
    put_off = Message(channel="sms", template="t", due_at=later, tries=0)
    assert put_off.due_at == later and put_off.created_at < later


@pytest.mark.parametrize("microsecond", [0, 1, 999_999])
def test_moments_nothing_and_truth_are_written_as_ever(database: Database, microsecond: int) -> None:
    moment = datetime(2026, 2, 1, 3, 4, 5, microsecond)
    with db.atomic():
        for one in (moment, moment, moment.replace(hour=4)):
            written = Message.enqueue("sms", "t", expires=None, blank_after=True)
            Message.update(due_at=one, sent_at=None).where(Message.id == written.id).execute()
            row = Message.get_by_id(written.id)
            assert (row.due_at, row.sent_at, row.blank_after) == (one, None, True)
