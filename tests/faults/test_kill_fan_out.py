"""kill -9 amid a fan-out: all or nothing; and two workers deliver each message once."""

import dataclasses
import fcntl
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from pytest_httpserver import HTTPServer

from cabinet.models import Message
from config import Settings
from tests import postgres_server
from tests.delivery.test_sms import PATH
from tests.faults.fate import Fatal, Fate
from tests.faults.outbox import bodies, enqueue, finish, posted
from tests.faults.processes import Start, can_be_stopped, kill
from tests.messages import fresh
from tests.servers import through_twilio
from tests.waiting import PATIENCE, until


def test_fan_out_is_done_whole(
    settings: Settings, fate: Fate, box: Fatal, receiver: HTTPServer, start: Start
) -> None:
    team = dataclasses.replace(
        settings,
        mail_backend="smtp",
        smtp_url=box.url,
        staff_emails=("one@example.org", "two@example.org"),
        staff_webhooks=(receiver.url_for("/hook"),),
        staff_webhook_secret="s" * 32,
    )
    event = enqueue("staff", "registered")
    with stuck_between_children(settings.database_url) as stuck:
        worker = start(team, "worker")
        until(lambda: stuck() and fresh(event).tries == 1)
        kill(worker)
    assert fresh(event).sent_at is None
    assert not Message.select().where(Message.parent == event.id).exists(), "all or nothing"
    finish(team)
    assert sorted(box.recipients) == ["one@example.org", "two@example.org"]
    assert posted(receiver) == 1
    assert Message.select().where(Message.parent == event.id).count() == 3


@pytest.mark.thorough
def test_two_workers_deliver_each_message_once(
    settings: Settings, fate: Fate, box: Fatal, receiver: HTTPServer, start: Start
) -> None:
    team = dataclasses.replace(
        through_twilio(settings, receiver),
        mail_backend="smtp",
        smtp_url=box.url,
        staff_emails=("one@example.org",),
        staff_webhooks=(receiver.url_for("/hook"),),
        staff_webhook_secret="s" * 32,
    )
    workers = [start(team, "worker") for _ in range(2)]
    events = [enqueue("staff", "registered").id for _ in range(20)]
    for n in range(20):
        enqueue("sms", "password_changed", f"+7916123450{n % 10}", data={"name": f"Анна{n}"})
    until(lambda: not Message.select().where(Message.waiting()).exists())
    until(lambda: all(map(can_be_stopped, workers)))
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
    assert Message.select().where(Message.dead()).count() == 0
    letters = {m.id for m in Message.select().where(Message.channel == "mail")}
    arrived = Counter(str(letter["Message-ID"]) for letter in box.letters)
    assert arrived == {f"<{id}@localhost>": 1 for id in letters} and len(letters) == 20
    hooks = Counter(r.headers["Idempotency-Key"] for r in bodies(receiver) if r.path == "/hook")
    assert hooks == dict.fromkeys(events, 1)
    assert sum(r.path == PATH for r in bodies(receiver)) == 20


@contextmanager
def stuck_between_children(url: str) -> Iterator[Callable[[], bool]]:
    """Whoever writes a message for two@example.org stays there, in the midst of the transaction.

    What is yielded tells whether somebody does.
    """
    condition = "NEW.\"to\" = 'two@example.org'"
    if url.startswith("sqlite"):
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n"
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            file.execute(
                f"CREATE TRIGGER stuck BEFORE INSERT ON message WHEN {condition}"
                f" BEGIN SELECT ({endless}); END"
            )
        seen = 0

        def held() -> bool:
            nonlocal seen
            with open(url.removeprefix("sqlite:///") + ".lock", "ab") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    seen += 1
                else:
                    seen = 0
            return seen > 100  # no other transaction is so long

        yield held
        with sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30) as file:
            file.execute("DROP TRIGGER stuck")
        return
    with psycopg.connect(postgres_server.direct(url), autocommit=True) as own:
        own.execute(
            "CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_advisory_xact_lock(4242); RETURN NEW; END'"
        )
        own.execute(
            f"CREATE TRIGGER stuck BEFORE INSERT ON message FOR EACH ROW WHEN ({condition})"
            " EXECUTE FUNCTION stuck()"
        )
        own.execute("SELECT pg_advisory_lock(4242)")
        waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4242 AND NOT granted"
        yield lambda: own.execute(waiting).fetchone() is not None
        own.execute("SELECT pg_advisory_unlock(4242)")
        own.execute("DROP TRIGGER stuck ON message")
