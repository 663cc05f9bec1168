"""`/api/events`: who may read, what is answered, what is refused in words."""

from collections.abc import Callable
from typing import Any

import peewee
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cabinet.commands.readers import readers_cli
from cabinet.models import Audit, EventReader, Message
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.event_feed import publish
from cabinet.worker.loop import Worker
from config import Settings
from tests.messages import REGISTERED
from tests.visitor import Visitor

Ask = Callable[..., TestResponse]
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def token(app: Flask) -> str:
    """The token of a reader."""
    return EventReader.add("CRM", "system")[1]


@pytest.fixture
def ask(client: FlaskClient, token: str) -> Ask:
    """What the reader is answered."""
    return lambda query="": client.get(f"/api/events{query}", headers={"Authorization": f"Bearer {token}"})


def write(enqueue: Callable[..., Message], number: int) -> list[str]:
    """The ids of so many new events."""
    events = [enqueue("staff") for _ in range(number)]
    with db.atomic():
        for event in events:
            publish(event)
    return [event.id for event in events]


def test_an_event_is_read_as_webhooks_get_it(
    settings: Settings, enqueue: Callable[..., Message], ask: Ask
) -> None:
    event = enqueue("staff")
    assert ask().json == {"events": [], "next": None, "more": False}, "the worker has not seen it"
    Worker(settings).drain()
    shown = {
        "id": event.id,
        "event": "registered",
        "version": 1,
        "created_at": event.created_at.isoformat() + "Z",
        "data": REGISTERED,
    }
    answer = ask()
    assert answer.json == {"events": [shown], "next": event.id, "more": False}
    assert answer.mimetype == "application/json" and answer.headers["Cache-Control"] == "no-store"
    assert ask(f"?after={event.id}").json == {"events": [], "next": event.id, "more": False}


@ONE_DATABASE
def test_reading_goes_on_page_by_page(enqueue: Callable[..., Message], ask: Ask) -> None:
    written = write(enqueue, 5)
    read: list[str] = []
    query = "?limit=2"
    while True:
        page: dict[str, Any] = ask(query).get_json()
        read += [event["id"] for event in page["events"]]
        query = f"?limit=2&after={page['next']}"
        if not page["more"]:
            break
    assert read == written


def test_a_token_opens_until_it_is_revoked(app: Flask, ask: Ask) -> None:
    assert ask().status_code == 200
    [reader] = EventReader.select()
    run = app.test_cli_runner().invoke
    assert run(readers_cli, ["revoke", reader.id]).exit_code == 0
    assert ask().status_code == 401
    assert run(readers_cli, ["revoke", reader.id]).exit_code == 1
    actions = [row.action for row in Audit.select().order_by(Audit.id)]
    assert actions == ["event-reader-added", "event-reader-revoked"]


def test_the_table_does_not_have_the_token(token: str) -> None:
    [row] = EventReader.select().dicts()
    assert token.partition(".")[2] not in str(row)


@ONE_DATABASE
def test_others_are_refused_in_words(client: FlaskClient, token: str) -> None:
    other = EventReader.add("BI", "system")[1]
    mixed = token.partition(".")[0] + "." + other.partition(".")[2]
    given = (
        *("", "Bearer", "Bearer ", f"Basic {token}", token, f"Bearer {token}x", f"Bearer {token[:-1]}"),
        *(f"Bearer {mixed}", "Bearer " + "a" * 22 + "." + "a" * 43, "Bearer фы", "Bearer %00", "x" * 9000),
    )
    for header in given:
        sent = header.encode().decode("latin-1")
        answer = client.get("/api/events", headers={"Authorization": sent})
        assert answer.status_code == 401, header
        assert "token" in answer.get_json()["error"]
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert token not in answer.text


@ONE_DATABASE
@pytest.mark.parametrize(
    "query",
    [
        *(
            "?limit=0",
            "?limit=501",
            "?limit=-1",
            "?limit=99999999999999999999",
            "?limit=x",
            "?limit=",
            "?limit=٣",
        ),
        *("?limit=٣", "?after=", "?after=%00", "?after=a%20b", "?after=" + "a" * 23, "?after=ы", "?after='"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(ask: Ask, query: str) -> None:
    answer = ask(query)
    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith(query[1:6])


def test_an_event_that_is_not_kept_is_gone(ask: Ask, enqueue: Callable[..., Message]) -> None:
    first, second, _third = write(enqueue, 3)
    assert ask("?after=AAAAAAAAAAAAAAAAAAAAAA").status_code == 410
    with db.atomic():
        Message.delete().where(Message.id.in_((first, second))).execute()
    answer = ask(f"?after={first}")
    assert answer.status_code == 410 and "begin without after" in answer.get_json()["error"]


@ONE_DATABASE
def test_no_session_is_begun_or_looked_at(app: Flask, token: str) -> None:
    visitor = Visitor(app)
    visitor.get("/")
    answer = visitor.client.get("/api/events", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert visitor.client.get("/api/events").status_code == 401, "a cookie opens nothing"
    assert visitor.client.post("/api/events", headers={"Authorization": f"Bearer {token}"}).status_code == 405


@ONE_DATABASE
@pytest.mark.settings(requests_per_minute=2)
def test_too_many_requests_are_refused_in_words(ask: Ask) -> None:
    assert [ask().status_code for _ in range(2)] == [200, 200]
    answer = ask()
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "60"
    assert answer.get_json() == {"error": "Too many requests"}


@ONE_DATABASE
def test_an_absent_database_is_told_in_words(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise peewee.OperationalError("secret details")

    monkeypatch.setattr("cabinet.public.event_feed.page_after", away)
    answer = ask()
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
    assert answer.get_json() == {"error": "Try again in a moment"}


@ONE_DATABASE
def test_readers_are_listed_with_when_they_last_read(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    token = run(readers_cli, ["add", " CRM "]).stdout.strip()
    listed = run(readers_cli, ["list"]).output
    assert "CRM" in listed and "never" in listed and token not in listed
    client = app.test_client()
    assert client.get("/api/events", headers={"Authorization": f"bearer {token}"}).status_code == 200
    assert f"last read: {now():%Y-%m-%d}" in run(readers_cli, ["list"]).output
    for name in ("", " ", "x" * 101, "a\nb"):
        assert run(readers_cli, ["add", name]).exit_code == 2, name
