"""Messages for workers that die, and what arrived of them."""

from collections.abc import Callable
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request

from cabinet.models import Message
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.worker.loop import Worker
from config import Settings
from tests.faults.fate import AFTER
from tests.messages import REGISTERED, make_due
from tests.waiting import until


def finish(settings: Settings) -> None:
    """Leases run out; a worker of good health, in this process, does the rest."""
    make_due()
    Worker(settings).drain()
    assert not Message.select().where(Message.waiting()).exists()


def wait_for_all(standing: Callable[[], str]) -> None:
    """Wait until every message is over, however many there are, as long as one after the other is."""
    while not _all_are_over():
        over = _number_over()
        until(lambda: _all_are_over() or _number_over() > over, standing)  # noqa: B023


def _all_are_over() -> bool:
    """Whether no message waits; what failed and would be tried again in minutes is due at once."""
    later = (Message.error != "") & Message.claim.is_null() & (Message.due_at > now())
    if failed := list(Message.select(Message.id).where(later)):
        make_due(*failed)
    return not Message.select().where(Message.waiting()).exists()


def _number_over() -> int:
    return Message.select().where(Message.due_at.is_null()).count()


def enqueue(channel: str, template: str, to: str = "", **changes: Any) -> Message:
    """A message that waits for a worker."""
    with db.atomic():
        return Message.enqueue(channel, template, **{"to": to, "data": REGISTERED, **changes})


def times(step: str) -> int:
    """How often the other side has it in the end."""
    return 2 if step in AFTER else 1


def bodies(receiver: HTTPServer) -> list[Request]:
    """What arrived, also of those who did not live to hear the answer."""
    return [request for request, _ in receiver.log]


def posted(receiver: HTTPServer) -> int:
    """How often something was sent there: how a message fares is asked, too."""
    return [request.method for request, _ in receiver.log].count("POST")
