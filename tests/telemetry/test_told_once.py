"""What guards is told once, after the commit of what it belongs to; not at all where that is taken back."""

import json
import logging
from collections.abc import Callable
from typing import Any

import peewee
import psycopg
import pytest
from flask import Flask, request

from cabinet.models import AccountEvent, Audit, Heartbeat
from cabinet.models.database import db, transaction
from cabinet.models.unit import unit
from cabinet.telemetry import events, logs
from cabinet.web.again import TRIED
from cabinet.web.figures import shared
from tests.cast import PHONE
from tests.databases import disconnect
from tests.faults.sabotage import lost_commits
from tests.models.test_shared_commit import at_once

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRES = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
BOTH = ["login_refused", "receipt_proved"]

Told = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, log_lines: list[str]) -> Told:
    """The lines of events of security so far."""
    monkeypatch.setattr(logs, "_logger", logs.Logger(logging.INFO, logs.as_json))
    return lambda: [line for line in map(json.loads, log_lines) if line.get("kind") == "security"]


def names(told: Told) -> list[str]:
    """Which events they are."""
    return [line["event"] for line in told()]


def record() -> None:
    """An event of an account, and one of the journal."""
    AccountEvent.record("wrong-password", PHONE, "192.0.2.1")
    Audit.record("receipt-proved")


def of_state(state: str) -> peewee.OperationalError:
    """What peewee makes of an error of the server."""
    return peewee.OperationalError(psycopg.errors.lookup(state)("of others"))


def failing(times: int, error: Exception) -> Callable[[], None]:
    """Work that records, and fails so often after it."""
    tries: list[None] = []

    def work() -> None:
        record()
        tries.append(None)
        if len(tries) <= times:
            raise error

    return work


def test_an_event_is_told_after_the_commit(database: peewee.Database, told: Told) -> None:
    with db.atomic():
        with transaction():
            record()
        assert names(told) == []
    assert names(told) == BOTH


def test_what_is_taken_back_is_not_told(database: peewee.Database, told: Told) -> None:
    before = dict(shared.own.events)
    with pytest.raises(ZeroDivisionError):
        unit(failing(1, ZeroDivisionError()))
    unit(lambda: Heartbeat.beat("later"))
    assert names(told) == [] and shared.own.events == before


def test_what_a_savepoint_takes_back_is_not_told(database: peewee.Database, told: Told) -> None:
    with db.atomic():
        Audit.record("before")
        with pytest.raises(ZeroDivisionError), db.atomic():
            record()
            raise ZeroDivisionError
        with db.atomic():
            Audit.record("after")
    assert names(told) == ["before", "after"]


def test_what_could_not_be_taken_back_properly_is_not_told_later(
    database: peewee.Database, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_database: object) -> None:
        raise peewee.OperationalError("disk I/O error")

    with monkeypatch.context() as broken, pytest.raises(peewee.OperationalError), db.atomic():
        record()
        broken.setattr(peewee.Database, "rollback", fail)
        raise ZeroDivisionError
    db.connection().rollback()
    unit(lambda: Heartbeat.beat("later"))
    assert names(told) == []


@POSTGRES
@pytest.mark.parametrize("state", ["40001", "40P01", "57P01", "08006"])
def test_what_is_tried_again_is_told_once(database: peewee.Database, told: Told, state: str) -> None:
    unit(failing(2, of_state(state)))
    assert names(told) == BOTH and Audit.select().count() == 1


@POSTGRES
def test_what_may_not_have_been_written_is_told_when_it_is(
    database: peewee.Database, database_url: str, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost_commits(monkeypatch, database_url, done=False)
    unit(record, keyed=True)
    assert names(told) == BOTH and Audit.select().count() == 1


@SQLITE
def test_of_units_in_one_commit_each_tells_its_own_once(database: peewee.Database, told: Told) -> None:
    def fail() -> None:
        record()
        raise ZeroDivisionError

    at_once(record, record)
    assert [line["request_id"] for line in told()] == ["request 0", "request 0", "request 1", "request 1"]
    at_once(record, fail, record)  # which takes the commit of all back; then each is done by itself
    assert names(told) == 4 * BOTH


@pytest.mark.settings(log_format="json")
@POSTGRES
def test_what_was_refused_is_told_once_where_the_answer_is_given_anew(
    app: Flask, log_lines: list[str]
) -> None:
    """The database fails in passing after the refusal, which is no matter of its own."""

    def refuse() -> str:
        events.limit_reached("made-up")
        if not request.environ.get(TRIED):
            raise of_state("57P01")
        return "refused"

    app.add_url_rule("/refuse", view_func=refuse)
    disconnect()
    before = shared.own.refusals.get("made-up", 0)
    assert app.test_client().get("/refuse").text == "refused"
    disconnect()
    assert [json.loads(line)["event"] for line in log_lines][1:] == ["limit_reached", "request"]
    assert shared.own.refusals["made-up"] == before + 1
