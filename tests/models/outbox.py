"""The outbox as a worker uses it."""

from typing import Any

from cabinet.models import Message
from cabinet.models.database import db
from tests.models.clock import after


def enqueue(channel: str = "sms", template: str = "code", seconds: float = 0, **kwargs: Any) -> Message:
    """A message that was written so long after the start."""
    with after(seconds), db.atomic():
        return Message.enqueue(channel, template, **kwargs)


def claim(seconds: float = 0, channel: str = "sms") -> Message:
    """The message that a worker gets then."""
    with after(seconds):
        message = Message.claim_next(channel)
    assert message is not None
    return message


def fail(message: Message, seconds: float = 0, **kwargs: bool) -> None:
    """The try of that time came to nothing."""
    with after(seconds):
        assert message.mark_failed("busy", **kwargs)


def nothing_due(seconds: float, channel: str = "sms") -> bool:
    """Whether a worker gets no message then."""
    with after(seconds):
        return Message.claim_next(channel) is None


def stored(message: Message) -> Message:
    """The message as the database has it."""
    return Message.get_by_id(message.id)
