"""kill -9 at each step of a delivery, chosen by what the other side has just heard: nothing is lost.

A letter or an event that the other side accepted may come again, under the same id; an SMS comes once more
and then waits for somebody to decide; what was marked comes never again.
"""

import dataclasses
import fcntl
import signal
import sqlite3
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee
import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from cabinet.models import Heartbeat, Message
from cabinet.models.base import now
from cabinet.models.database import db
from config import Settings
from tests.delivery.test_sms import PATH
from tests.faults.conftest import Start, kill
from tests.messages import REGISTERED, fresh, make_due
from tests.ports import free_port
from tests.servers import Mailbox
from tests.waiting import PATIENCE, until

BEFORE = ("claiming", "greeted", "sender", "receiver")  # nothing was accepted yet
AFTER = ("accepted", "answered")  # accepted, but not marked
SMTP_STEPS = (*BEFORE, "letter", *AFTER, "marked")
ALIKE = BEFORE[1:-1]  # nothing was said there but who speaks
HTTP_STEPS = ("claiming", *AFTER, "marked")


class Hold:
    """Lets nobody write: whoever tries waits, and `waited_for` says so."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.lock: Any = None

    def take(self) -> None:
        """From now on."""
        if self.url.startswith("sqlite"):
            self.lock = open(self.url.removeprefix("sqlite:///") + ".lock", "ab")  # noqa: SIM115
            fcntl.flock(self.lock, fcntl.LOCK_EX)
        else:
            self.lock = psycopg.connect(self.url)
            self.lock.execute("LOCK TABLE message IN EXCLUSIVE MODE")

    def waited_for(self, process: "subprocess.Popen[bytes]") -> bool:
        """Whether the process stands before a write."""
        if self.lock is None:
            return False
        if self.url.startswith("sqlite"):
            waiting = [line.split() for line in Path("/proc/locks").read_text().splitlines() if "->" in line]
            return any(str(process.pid) in line for line in waiting)
        found = self.lock.execute(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'message'::regclass"
        ).fetchone()
        return found is not None

    def release(self) -> None:
        """Let them write again."""
        if self.lock is not None:
            self.lock.close()
            self.lock = None


class Fate:
    """Where the worker is to die; the other side says where it is."""

    def __init__(self, url: str) -> None:
        self.step = ""
        self.worker: subprocess.Popen[bytes] | None = None
        self.hold = Hold(url)
        self.struck = threading.Event()

    def at(self, step: str) -> bool:
        """The other side is at a step: the worker dies there if that is its fate; tells whether it did."""
        if step != self.step or self.struck.is_set():
            return False
        if step == "answered":
            self.hold.take()  # it may hear the answer, and not mark it
            return False
        assert self.worker is not None
        kill(self.worker)
        self.struck.set()
        return True

    def strike(self, begin: Callable[[], "subprocess.Popen[bytes]"], message: Message) -> None:
        """Start a worker and let it die at its step."""
        self.struck.clear()
        if self.step == "claiming":
            self.hold.take()
        self.worker = worker = begin()
        if self.step in ("claiming", "answered"):
            until(lambda: self.hold.waited_for(worker))
            kill(worker)
            self.hold.release()
        elif self.step == "marked":
            until(lambda: fresh(message).sent_at is not None)
            kill(self.worker)
        else:
            until(self.struck.is_set)
        self.step = ""


class Fatal(Mailbox):
    """A mail server that tells fate what it hears."""

    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self.fate = fate

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.fate.at("greeted")
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.fate.at("sender")
        return await super().handle_MAIL(server, session, envelope, address, options)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.fate.at("receiver")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.fate.at("letter"):
            return "451 heard to its end, and not kept"
        answer = await super().handle_DATA(server, session, envelope)
        self.fate.at("accepted")
        self.fate.at("answered")
        return answer


@pytest.fixture
def fate(settings: Settings, database: peewee.Database) -> Iterator[Fate]:
    """Decides where workers die."""
    fate = Fate(settings.database_url)
    yield fate
    fate.hold.release()


@pytest.fixture
def box(fate: Fate) -> Iterator[Fatal]:
    """A running mail server."""
    box = Fatal(fate)
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.url = f"smtp://127.0.0.1:{controller.port}"
    yield box
    controller.stop()


@pytest.fixture
def receiver(fate: Fate, httpserver: HTTPServer) -> HTTPServer:
    """A running web server: webhooks at /hook, and Twilio's address."""

    def answer(request: Request, good: Response) -> Response:
        request.get_data()
        fate.at("accepted")
        fate.at("answered")
        return good

    def sms() -> Response:
        return Response('{"sid": "SM1", "status": "queued"}', 201, content_type="application/json")

    httpserver.expect_request("/hook").respond_with_handler(lambda r: answer(r, Response(status=204)))
    httpserver.expect_request(PATH).respond_with_handler(lambda r: answer(r, sms()))
    return httpserver


def finish(start: Start, settings: Settings) -> None:
    """Leases run out; a worker of good health does the rest."""
    make_due()
    begun, worker = now(), start(settings, "worker")
    until(lambda: Heartbeat.select().where(Heartbeat.at > begun).exists())
    until(lambda: not Message.select().where(Message.waiting()).exists())
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0


def enqueue(channel: str, template: str, to: str = "", **changes: Any) -> Message:
    with db.atomic():
        return Message.enqueue(channel, template, **{"to": to, "data": REGISTERED, **changes})


def times(step: str) -> int:
    """How often the other side has it in the end."""
    return 2 if step in AFTER else 1


@pytest.mark.parametrize(
    "step", [pytest.param(s, marks=pytest.mark.slow) if s in ALIKE else s for s in SMTP_STEPS]
)
def test_a_worker_killed_at_any_step_loses_no_letter(
    settings: Settings, fate: Fate, box: Fatal, start: Start, step: str
) -> None:
    by_smtp = dataclasses.replace(settings, mail_backend="smtp", smtp_url=box.url)
    message = enqueue("mail", "staff/registered", "staff@example.org")
    fate.step = step
    fate.strike(lambda: start(by_smtp, "worker"), message)
    died = fresh(message)
    assert died.tries == (step != "claiming")
    assert (died.sent_at is not None) == (step == "marked")
    assert len(box.letters) == (step in (*AFTER, "marked"))
    finish(start, by_smtp)
    assert fresh(message).sent_at
    assert [letter["Message-ID"] for letter in box.letters] == [f"<{message.id}@localhost>"] * times(step)


@pytest.mark.parametrize("step", HTTP_STEPS)
def test_a_worker_killed_at_any_step_loses_no_webhook(
    settings: Settings, fate: Fate, receiver: HTTPServer, start: Start, step: str
) -> None:
    signed = dataclasses.replace(settings, staff_webhook_secret="s" * 32)
    message = enqueue("webhook", "registered", receiver.url_for("/hook"))
    fate.step = step
    fate.strike(lambda: start(signed, "worker"), message)
    assert (fresh(message).sent_at is not None) == (step == "marked")
    finish(start, signed)
    assert fresh(message).sent_at
    heard = [(r.headers["Idempotency-Key"], r.get_json()["id"]) for r in bodies(receiver)]
    assert set(heard) == {(message.id, message.id)}
    assert posted(receiver) == times(step)


@pytest.mark.parametrize("step", HTTP_STEPS)
@pytest.mark.parametrize("expires", [600, pytest.param(None, marks=pytest.mark.slow)])
def test_a_worker_killed_at_any_step_loses_no_sms(
    settings: Settings, fate: Fate, receiver: HTTPServer, start: Start, step: str, expires: int | None
) -> None:
    by_twilio = twilio(settings, receiver)
    message = enqueue("sms", "password_changed", "+79161234567", data={"name": "Анна"}, expires=expires)
    fate.step = step
    fate.strike(lambda: start(by_twilio, "worker"), message)
    finish(start, by_twilio)
    sent = fresh(message)
    assert sent.sent_at and posted(receiver) == times(step)
    assert sent.tries == times(step), "staff see that it was tried twice"


@pytest.mark.parametrize("expires", [600, pytest.param(None, marks=pytest.mark.slow)])
def test_an_sms_is_never_sent_a_third_time_without_somebodys_word(
    settings: Settings, fate: Fate, receiver: HTTPServer, start: Start, expires: int | None
) -> None:
    by_twilio = twilio(settings, receiver)
    message = enqueue("sms", "password_changed", "+79161234567", data={"name": "Анна"}, expires=expires)
    for _ in range(2):
        fate.step = "accepted"
        fate.strike(lambda: start(by_twilio, "worker"), message)
        make_due()
    finish(start, by_twilio)
    dead = fresh(message)
    assert dead.dead_at and dead.error == "no answer twice: cut short"
    assert posted(receiver) == 2


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
    finish(start, team)
    assert sorted(box.recipients) == ["one@example.org", "two@example.org"]
    assert posted(receiver) == 1
    assert Message.select().where(Message.parent == event.id).count() == 3


def test_two_workers_deliver_each_message_once(
    settings: Settings, fate: Fate, box: Fatal, receiver: HTTPServer, start: Start
) -> None:
    team = dataclasses.replace(
        twilio(settings, receiver),
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


def twilio(settings: Settings, receiver: HTTPServer) -> Settings:
    """Settings that send SMS to the receiver."""
    return dataclasses.replace(
        settings,
        sms_backend="twilio",
        twilio_account_sid="AC1",
        twilio_auth_token="token",
        twilio_from="Domopult",
        twilio_api_url=receiver.url_for(""),
    )


def bodies(receiver: HTTPServer) -> list[Request]:
    """What arrived, also of those who did not live to hear the answer."""
    return [request for request, _ in receiver.log]


def posted(receiver: HTTPServer) -> int:
    """How often something arrived."""
    return len(receiver.log)


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
    with psycopg.connect(url, autocommit=True) as own:
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
