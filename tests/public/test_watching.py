"""While the worker is gone, the web server looks after a response now and then, and nobody waits for it."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask, Response

from cabinet.models import Alarm, Heartbeat, Message
from cabinet.models.base import now
from cabinet.models.database import connected, db
from cabinet.public import watching
from cabinet.public.watching import Watch
from tests.forked import holds_in_a_child
from tests.waiting import until


def silent_worker() -> None:
    """It was alive two minutes ago."""
    with db.atomic():
        Heartbeat.insert(name="worker", at=now() - timedelta(minutes=2)).execute()


def told() -> bool:
    """Whether the letter about it was sent, as seen by a connection of its own."""
    with connected():
        return (
            Message.select()
            .where(Message.template == "staff/alarm", Message.sent_at > now() - timedelta(1))
            .exists()
        )


@pytest.mark.settings(staff_emails=("staff@example.org",))
def test_a_response_starts_a_look_when_it_is_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "AGAIN", 0)
    silent_worker()
    watch, response = Watch(), Response()
    assert watch.after(response) is response and not Alarm.standing(), "not at once after the start"
    watch.look_at = 0.0
    assert watch.after(response) is response
    until(told)
    assert [alarm.name for alarm in Alarm.standing()] == ["worker"]


@pytest.mark.settings(staff_emails=("staff@example.org",))
def test_a_worker_that_is_heard_of_once_the_database_is_back_is_not_missed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def heard_of(seconds: float) -> None:
        waited.append(seconds)
        with connected():
            Heartbeat.beat("worker")

    monkeypatch.setattr(watching, "time", SimpleNamespace(monotonic=time.monotonic, sleep=heard_of))
    silent_worker()
    watch = Watch()
    watch.look_at = 0.0
    watch.after(Response())
    until(lambda: not watch.looking.locked())
    assert waited == [watching.AGAIN] and not Alarm.standing()


def test_a_look_that_fails_is_logged_and_not_the_last(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> int:
        raise ConnectionError

    monkeypatch.setattr(watching, "stand_in", broken)
    watch = Watch()
    watch.look_at = 0.0
    watch.after(Response())
    until(lambda: not watch.looking.locked())
    assert "watch: ConnectionError" in caplog.text and watch.looking.acquire(blocking=False)


def test_a_child_that_is_forked_during_a_look_looks_by_itself() -> None:
    """Servers are forked, also when one of their processes died, whatever their parent does meanwhile."""
    watch = Watch()
    with watch.looking:
        assert holds_in_a_child(lambda: watch.looking.acquire(blocking=False))
