"""Webhooks against a real HTTP server that takes, refuses, stalls and cuts."""

import dataclasses
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from cabinet.delivery import webhook
from cabinet.models import Message
from cabinet.worker.loop import Worker
from config import Settings
from tests.messages import REGISTERED, again, fresh, pause
from tests.ports import free_port
from tests.servers import Silence
from tests.waiting import let_pass

SECRET = "tests-only-webhook-secret-of-32-characters"


@pytest.fixture
def signed(settings: Settings) -> Settings:
    """Settings with a webhook secret."""
    return dataclasses.replace(settings, staff_webhook_secret=SECRET)


@pytest.fixture
def message(enqueue: Callable[..., Message], httpserver: HTTPServer) -> Message:
    """An event for the server of this test."""
    return enqueue("webhook", to=httpserver.url_for("/hook"))


def test_event_arrives_signed(signed: Settings, httpserver: HTTPServer, message: Message) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("", 204)
    assert again(signed, message).sent_at
    [(request, _)] = httpserver.log
    body = request.get_data()
    assert json.loads(body) == {
        "id": message.id,
        "event": "registered",
        "version": 1,
        "created_at": message.created_at.isoformat() + "Z",
        "data": REGISTERED,
    }
    assert request.headers["Idempotency-Key"] == message.id
    assert request.content_type == "application/json; charset=utf-8"
    timestamp = request.headers["X-Cabinet-Timestamp"]
    assert abs(int(timestamp) - time.time()) < 60
    expected = hmac.new(SECRET.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert request.headers["X-Cabinet-Signature"] == f"v1={expected}"
    assert "X-Cabinet-Signature-Next" not in request.headers


def test_the_next_secret_signs_beside_the_present_one(
    signed: Settings, httpserver: HTTPServer, message: Message
) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("", 204)
    again(dataclasses.replace(signed, staff_webhook_secret_next="n" * 32), message)
    [(request, _)] = httpserver.log
    text = request.headers["X-Cabinet-Timestamp"].encode() + b"." + request.get_data()
    for secret, header in ((SECRET, "X-Cabinet-Signature"), ("n" * 32, "X-Cabinet-Signature-Next")):
        assert request.headers[header] == "v1=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_temporary_refusal_is_tried_again_with_the_same_id(
    signed: Settings, httpserver: HTTPServer, message: Message, status: int
) -> None:
    httpserver.expect_ordered_request("/hook").respond_with_data("anna@example.ru", status)
    httpserver.expect_ordered_request("/hook").respond_with_data("ok", 200)
    failed = again(signed, message)
    assert (failed.error, failed.dead_at) == (f"HTTP {status}", None)
    assert pause(failed) > 0
    assert again(signed, message).sent_at
    assert [request.headers["Idempotency-Key"] for request, _ in httpserver.log] == [message.id] * 2


@pytest.mark.parametrize(("header", "least", "most"), [("120", 119, 121), ("999999", 3590, 3601)])
def test_retry_after_is_honoured_within_reason(
    signed: Settings, httpserver: HTTPServer, message: Message, header: str, least: int, most: int
) -> None:
    httpserver.expect_request("/hook").respond_with_data("", 503, headers={"Retry-After": header})
    assert least < pause(again(signed, message)) < most


@pytest.mark.parametrize("header", ["soon", "-5", "Wed, 21 Oct 2015 07:28:00 GMT", "Xxx, 99 Yyy"])
def test_senseless_retry_after_changes_nothing(
    signed: Settings, httpserver: HTTPServer, message: Message, header: str
) -> None:
    httpserver.expect_request("/hook").respond_with_data("", 503, headers={"Retry-After": header})
    assert 5 < pause(again(signed, message)) < 15


@pytest.mark.parametrize("status", [400, 401, 404, 410, 302])
def test_permanent_refusal_is_dead(
    signed: Settings, httpserver: HTTPServer, message: Message, status: int
) -> None:
    httpserver.expect_request("/hook").respond_with_data("", status, headers={"Location": "/elsewhere"})
    dead = again(signed, message)
    assert dead.dead_at and dead.error == f"HTTP {status}"
    assert len(httpserver.log) == 1


def test_silent_receiver_is_given_up_and_tried_again(
    signed: Settings, silence: Silence, enqueue: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUTS", (0.3, 0.3))
    event = enqueue("webhook", to=f"http://127.0.0.1:{silence.port}/hook")
    for tries in (1, 2, 3):
        failed = again(signed, event)
        assert (failed.error, failed.dead_at, failed.tries) == ("webhook: ReadTimeout", None, tries)
    assert len(silence.connections) == 3


def test_late_answer_is_given_up_and_the_event_comes_again_with_its_id(
    signed: Settings, httpserver: HTTPServer, message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUTS", (0.3, 0.3))
    enough = threading.Event()

    def late(_request: Request) -> Response:
        enough.wait(30)
        return Response(status=200)

    httpserver.expect_ordered_request("/hook").respond_with_handler(late)
    httpserver.expect_ordered_request("/hook").respond_with_data("")
    failed = again(signed, message)
    assert (failed.error, failed.dead_at, failed.failures) == ("webhook: ReadTimeout", None, 0)
    enough.set()
    assert again(signed, message).sent_at
    assert {request.headers["Idempotency-Key"] for request, _ in httpserver.log} == {message.id}


def test_answer_in_drops_is_given_up_as_a_whole(
    signed: Settings, enqueue: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "WHOLE_TIMEOUT", 0.5)
    drops = 0
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            nonlocal drops
            connection = listener.accept()[0]
            with connection, suppress(OSError):
                connection.recv(65536)
                for _ in range(100):  # each well within the time for a part
                    connection.sendall(b" ")
                    drops += 1
                    let_pass(0.1)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        thread = threading.Thread(target=drip)
        thread.start()
        failed = again(signed, enqueue("webhook", to=f"http://127.0.0.1:{listener.getsockname()[1]}/hook"))
        thread.join()
    assert drops < 100
    assert failed.error.startswith("webhook: ") and failed.dead_at is None and failed.failures == 0


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 2"])
def test_cut_connection_is_tried_again(
    signed: Settings, enqueue: Callable[..., Message], begun: bytes
) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def cut() -> None:
            connection = listener.accept()[0]
            with connection:
                heard.append(connection.recv(65536))
                connection.sendall(begun)

        event = enqueue("webhook", to=f"http://127.0.0.1:{listener.getsockname()[1]}/hook")
        for tries in (1, 2):
            thread = threading.Thread(target=cut)
            thread.start()
            failed = again(signed, event)
            thread.join()
            assert (failed.error, failed.dead_at) == ("webhook: ConnectionError", None)
            assert (failed.tries, failed.failures) == (tries, 0), "it may have been taken all the same"
    assert all(f"Idempotency-Key: {event.id}".encode() in request for request in heard) and len(heard) == 2


def test_where_nobody_listens_it_is_tried_again(signed: Settings, enqueue: Callable[..., Message]) -> None:
    failed = again(signed, enqueue("webhook", to=f"http://127.0.0.1:{free_port()}/"))
    assert (failed.error, failed.dead_at) == ("webhook: ConnectionError", None)


@pytest.mark.parametrize("url", ["", "example.org", "ftp://example.org/", "http://"])
def test_what_is_no_web_address_is_dead(signed: Settings, enqueue: Callable[..., Message], url: str) -> None:
    assert again(signed, enqueue("webhook", to=url)).error == "not a web address"


def test_nothing_is_sent_unsigned(settings: Settings, httpserver: HTTPServer, message: Message) -> None:
    assert again(settings, message).error == "STAFF_WEBHOOK_SECRET is not set"
    assert httpserver.log == []


def test_receivers_of_one_event_get_one_id(
    signed: Settings, httpserver: HTTPServer, enqueue: Callable[..., Message]
) -> None:
    httpserver.expect_request("/a").respond_with_data("")
    httpserver.expect_request("/b").respond_with_data("")
    urls = (httpserver.url_for("/a"), httpserver.url_for("/b"))
    event = enqueue("staff")
    Worker(dataclasses.replace(signed, staff_webhooks=urls)).drain()
    assert sorted(request.path for request, _ in httpserver.log) == ["/a", "/b"]
    assert {request.get_json()["id"] for request, _ in httpserver.log} == {event.id}
    assert fresh(event).data == REGISTERED
