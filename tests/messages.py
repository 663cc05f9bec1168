"""Messages to deliver, and what becomes of them."""

from collections.abc import Callable
from typing import Any

import peewee
import pytest

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


@pytest.fixture
def enqueue(database: peewee.Database) -> Callable[..., Message]:
    """Write one message, by default the letter of a registration."""

    def write(channel: str = "mail", template: str = "", **changes: Any) -> Message:
        template = template or ("staff/registered" if channel == "mail" else "registered")
        to = {"mail": "staff@example.org", "sms": "+79161234567"}.get(channel, "")
        with db.atomic():
            return Message.enqueue(channel, template, **{"to": to, "data": REGISTERED, **changes})

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


def pause(message: Message) -> float:
    """Seconds until the worker tries this message, which is not over, the next time."""
    assert message.due_at is not None
    return (message.due_at - now()).total_seconds()


def fresh(message: Message) -> Message:
    """The message as it is in the database now."""
    return Message.get_by_id(message.id)
