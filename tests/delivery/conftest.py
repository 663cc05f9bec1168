"""A real mail server, a worker, messages to deliver."""

import asyncio
import dataclasses
import socket
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import peewee
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from cabinet.models import Message
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.worker.loop import Worker
from config import Settings

REGISTERED: dict[str, Any] = {
    "user": "kXb1TtEMnrxkN0bwAmEDrQ",
    "phone": "+79161234567",
    "last_name": "Ёлкина-Ли",
    "first_name": "Анна",
    "middle_name": "",
    "birth_date": "1980-02-01",
    "email": "anna@example.ru",
    "account": "00 1234-5",
    "address": "г. Москва, ул. Лесная, д. 5, кв. 12",
    "period": "2026-10-01",
    "amount": 421867,
    "consents": [
        {"kind": "consent", "version": "1", "sha256": "ab" * 32, "at": "2026-10-05T09:00:00"},
        {"kind": "terms", "version": "2", "sha256": "cd" * 32, "at": "2026-10-05T09:05:00"},
    ],
    "registered_at": "2026-10-05T21:12:47.123456",
}


class Mailbox:
    """An SMTP server that keeps letters; `answers` are given first, `stall` and `cut` break the rest.

    `begun` counts the letters that began to arrive; accepting each takes `delay` seconds, and its answer
    comes `late` by as many.
    """

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: dict[str, list[str]] = {}
        self.stall = False
        self.cut = False
        self.delay = 0.0
        self.late = 0.0
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
            assert server.transport is not None
            server.transport.abort()
        return answer

    def _answer(self, command: str, standard: str) -> str:
        waiting = self.answers.get(command)
        return waiting.pop(0) if waiting else standard


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A running mail server on this machine."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.url = f"smtp://127.0.0.1:{controller.port}"
    yield box
    controller.stop()


@pytest.fixture
def by_smtp(settings: Settings, mailbox: Mailbox) -> Settings:
    """Settings that send letters to the mailbox."""
    return dataclasses.replace(settings, mail_backend="smtp", smtp_url=mailbox.url)


@pytest.fixture
def enqueue(database: peewee.Database) -> Callable[..., Message]:
    """Write one message, by default the letter of a registration."""

    def write(lane: str = "mail", template: str = "", **changes: Any) -> Message:
        template = template or ("staff/registered" if lane == "mail" else "registered")
        to = {"mail": "staff@example.org", "sms": "+79161234567"}.get(lane, "")
        with db.atomic():
            return Message.enqueue(lane, template, **{"to": to, "data": REGISTERED, **changes})

    return write


def make_due(*messages: Message) -> None:
    """Skip the wait, or the lease, of these messages; of all that are not over if none is named."""
    which = Message.id.in_([m.id for m in messages]) if messages else Message.due_at.is_null(False)
    with db.atomic():
        Message.update(due_at=now()).where(which).execute()


def again(settings: Settings, message: Message) -> Message:
    """Let the worker try this message at once; returns it as it is then."""
    make_due(message)
    Worker(settings).drain()
    return fresh(message)


def fresh(message: Message) -> Message:
    """The message as it is in the database now."""
    return Message.get_by_id(message.id)


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Silence:
    """A server that takes connections and what is said, and answers nothing."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.heard: list[bytes] = []
        self.connections: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            self.connections.append(connection)
            self.heard.append(connection.recv(65536))

    def close(self) -> None:
        """Hang up."""
        for one in (self.listener, *self.connections):
            one.close()


@pytest.fixture
def silence() -> Iterator[Silence]:
    """A running server that never answers."""
    server = Silence()
    yield server
    server.close()
