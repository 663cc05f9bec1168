"""Servers of others, as they are on bad days: one for mail, one that is silent."""

import asyncio
import dataclasses
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_httpserver import HTTPServer

from config import Settings
from tests.ports import free_port


class Mailbox:
    """An SMTP server that keeps letters; `answers` are given first, `stall` and `cut` break the rest.

    `begun` counts the letters that began to arrive; accepting each takes `delay` seconds, and its answer
    comes `late` by as many. Letters for one that is `held` are not accepted until `free` is set.
    """

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: dict[str, list[str]] = {}
        self.stall = False
        self.cut = False
        self.delay = 0.0
        self.late = 0.0
        self.held: set[str] = set()
        self.free = threading.Event()
        self.begun = 0
        self.url = ""

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.stall:
            await asyncio.sleep(30)
        envelope.mail_from = address
        return self._answer("MAIL", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.begun += 1
        await asyncio.sleep(self.delay)
        if self.held.intersection(envelope.rcpt_tos):
            await asyncio.to_thread(self.free.wait)
        answer = self._answer("DATA", "250 OK")
        if not answer.startswith("250"):
            return answer
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.recipients += envelope.rcpt_tos
        await asyncio.sleep(self.late)
        if self.cut:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return answer

    def _answer(self, command: str, standard: str) -> str:
        waiting = self.answers.get(command)
        return waiting.pop(0) if waiting else standard


@contextmanager
def serving(box: Mailbox) -> Iterator[None]:
    """Let the mail server run; `box.url` says where."""
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.url = f"smtp://127.0.0.1:{controller.port}"
    yield
    controller.stop()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A running mail server on this machine."""
    box = Mailbox()
    with serving(box):
        yield box
        box.free.set()


@pytest.fixture
def by_smtp(settings: Settings, mailbox: Mailbox) -> Settings:
    """Settings that send letters to the mailbox."""
    return dataclasses.replace(settings, mail_backend="smtp", smtp_url=mailbox.url)


def accepted(listener: socket.socket) -> Iterator[socket.socket]:
    """The connections that come, until the listener is closed."""
    with suppress(OSError):
        while True:
            yield listener.accept()[0]


class Silence:
    """A server that takes connections and what is said, and answers nothing."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.heard: list[bytes] = []
        self.connections: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for connection in accepted(self.listener):
            self.connections.append(connection)
            self.heard.append(connection.recv(65536))

    def close(self) -> None:
        """Hang up, also on who waits to be accepted."""
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        for one in (self.listener, *self.connections):
            one.close()


@pytest.fixture
def silence() -> Iterator[Silence]:
    """A running server that never answers."""
    server = Silence()
    yield server
    server.close()


class Rude:
    """An HTTP server that answers each request in a way of its own: `manner` says which."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.manner = "cut"
        self.requests = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for connection in accepted(self.listener):
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.recv(65536)
        self.requests += 1
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        with connection, suppress(OSError):
            if self.manner == "cut":
                connection.sendall(head + b'Content-Length: 100\r\n\r\n{"id": ')
            if self.manner == "endless":
                connection.sendall(head + b"\r\n")
                while True:
                    connection.sendall(b" " * 65536)
            if self.manner in ("drip the head", "drip the body"):
                connection.sendall(
                    head + b"\r\n" if self.manner == "drip the body" else b"HTTP/1.1 200 OK\r\n"
                )
                while True:
                    connection.sendall(b"X-A: b\r\n" if self.manner == "drip the head" else b" ")
                    threading.Event().wait(0.1)

    def close(self) -> None:
        """Hang up."""
        self.listener.close()


@pytest.fixture
def rude() -> Iterator[Rude]:
    """A running server with no manners."""
    server = Rude()
    yield server
    server.close()


def through_twilio(settings: Settings, gateway: HTTPServer) -> Settings:
    """Settings that send SMS to this server as if it were Twilio."""
    return dataclasses.replace(
        settings,
        sms_backend="twilio",
        twilio_account_sid="AC1",
        twilio_auth_token="token",
        twilio_from="Domopult",
        twilio_api_url=gateway.url_for(""),
    )
