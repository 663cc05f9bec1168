"""What Sentry is told of an error: its kind and place, nothing that anybody typed; nobody waits."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NoReturn

import brotli
import pytest
from flask import Flask
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response
from werkzeug.test import TestResponse

from cabinet import __version__
from cabinet.delivery import mail
from cabinet.models import Message
from cabinet.models.registration import Registration
from cabinet.telemetry import crashes
from config import Settings
from tests.journeys import to_account
from tests.messages import again
from tests.ports import free_port
from tests.visitor import Visitor
from tests.waiting import until

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PHONE, ACCOUNT, COOKIE = "+79261239871", "5551237719", "Хризантема"
TYPED = [PHONE, PHONE[2:], ACCOUNT, "918273", "9182,73", COOKIE, "2026-10", "192.0.2"]


class Sentry:
    """A Sentry of one's own: keeps the events it is sent, and answers as it is told to."""

    def __init__(self, server: HTTPServer) -> None:
        self.dsn = f"http://public@{server.host}:{server.port}/7"
        self.bodies: list[str] = []
        self.status = 200
        self.free = threading.Event()
        self.free.set()
        server.expect_request("/api/7/envelope/").respond_with_handler(self._take)

    def _take(self, request: Request) -> Response:
        assert request.headers["Content-Encoding"] == "br"
        self.bodies.append(brotli.decompress(request.get_data()).decode())
        self.free.wait()
        return Response("{}", self.status)

    def event(self, number: int = 0) -> dict[str, Any]:
        """The event that came as the given one, once it is there."""
        until(lambda: len(self.bodies) > number, "Sentry was told of nothing")
        told: dict[str, Any] = json.loads(self.bodies[number].splitlines()[2])
        return told


@pytest.fixture
def sentry(httpserver: HTTPServer) -> Iterator[Sentry]:
    """One that is there; afterwards nobody is told of anything."""
    server = Sentry(httpserver)
    yield server
    server.free.set()
    crashes.configure("", "")


@pytest.fixture
def settings(settings: Settings, sentry: Sentry) -> Settings:
    """Settings that name it."""
    return replace(settings, sentry_dsn=sentry.dsn)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look for an account fails, quoting what it was given."""

    def fails(_self: Registration, *given: object) -> NoReturn:
        phone = PHONE
        raise RuntimeError(f"{phone} {given} {ACCOUNT}") from ValueError(ACCOUNT)

    monkeypatch.setattr(Registration, "match_account", fails)


def crash(app: Flask, phone: str = PHONE) -> TestResponse:
    """Send a form whose view fails."""
    visitor = Visitor(app)
    to_account(visitor, phone)
    data = {"period": "2026-10", "account": ACCOUNT, "amount": "9182,73"}
    visitor.client.set_cookie("other", PHONE[2:])
    return visitor.client.post(
        f"/register/account?{COOKIE}=1",
        data={**data, "csrf_token": visitor.value("csrf_token")},
        headers={"User-Agent": PHONE},
        environ_base={"REMOTE_ADDR": visitor.ip},
    )


@pytest.mark.usefixtures("broken", "receipt")
def test_an_error_is_told_without_what_was_typed(app: Flask, sentry: Sentry) -> None:
    answer = crash(app)
    assert answer.status_code == 500
    event = sentry.event()
    assert event["tags"] == {
        "place": "/register/account",
        "request_id": answer.headers["X-Request-ID"],
    }
    assert event["release"] == __version__
    cause, error = event["exception"]["values"]
    assert (cause["type"], error["type"]) == ("ValueError", "RuntimeError")
    assert error["stacktrace"]["frames"][-1]["function"] == "fails"
    for typed in TYPED:
        assert typed not in sentry.bodies[0]
        assert json.dumps(typed)[1:-1] not in sentry.bodies[0]


@pytest.mark.usefixtures("broken", "receipt")
@pytest.mark.parametrize("status", [200, 429, 500])
def test_whoever_meets_an_error_does_not_wait_for_sentry(app: Flask, sentry: Sentry, status: int) -> None:
    sentry.status = status
    sentry.free.clear()  # until the page is there it answers nothing
    assert crash(app).status_code == 500
    sentry.free.set()
    assert sentry.event()


@pytest.mark.usefixtures("broken", "receipt")
def test_an_error_is_a_page_when_there_is_no_sentry(app: Flask) -> None:
    crashes.configure(f"http://public@127.0.0.1:{free_port()}/7", "1")
    assert crash(app).status_code == 500


@pytest.mark.usefixtures("broken", "receipt")
def test_the_same_error_is_told_once(app: Flask, sentry: Sentry, monkeypatch: pytest.MonkeyPatch) -> None:
    crash(app)
    crash(app, "+79261239872")
    monkeypatch.setattr(Registration, "match_account", lambda *_given: 1 // 0)
    crash(app, "+79261239873")
    assert sentry.event(1)["exception"]["values"][-1]["type"] == "ZeroDivisionError"


def test_the_worker_tells_too(
    settings: Settings,
    sentry: Sentry,
    enqueue: Callable[..., Message],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(_self: object, to: mail.Envelope, *_letter: object) -> NoReturn:
        raise LookupError(to.to)

    message = enqueue("mail", to="anna@example.ru")
    crashes.configure(settings.sentry_dsn, "1")
    monkeypatch.setattr(mail.InboxMailer, "send", fails)
    assert not again(settings, message).sent_at
    event = sentry.event()
    assert event["tags"]["place"] == "mail"
    assert event["exception"]["values"][-1]["type"] == "LookupError"
    assert "anna" not in sentry.bodies[0]


def test_without_an_address_it_is_not_even_imported(settings: Settings) -> None:
    script = (
        "import sys; from cabinet.telemetry import crashes; import cabinet.application; "
        "crashes.configure('', '1'); sys.exit('sentry_sdk' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
