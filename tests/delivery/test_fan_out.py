"""One event for the staff becomes one message per receiver."""

import dataclasses
from collections.abc import Callable
from typing import Any

from cabinet.delivery import fan_out
from cabinet.models import InboxItem, Message
from cabinet.worker.loop import Worker
from config import Settings
from tests.messages import REGISTERED, again, fresh, make_due

SEVERAL: dict[str, Any] = {
    "staff_emails": ("one@example.org", "two@example.org"),
    "staff_webhooks": ("https://hooks.example.org/a",),
}


def test_every_receiver_gets_a_message_of_its_own(
    settings: Settings, enqueue: Callable[..., Message]
) -> None:
    event = enqueue("staff")
    claimed = Message.claim_next("staff")
    assert claimed
    fan_out.fan_out(claimed, dataclasses.replace(settings, **SEVERAL))
    children = Message.select().where(Message.parent == event.id)
    assert sorted((child.channel, child.to) for child in children) == [
        ("mail", "one@example.org"),
        ("mail", "two@example.org"),
        ("webhook", "https://hooks.example.org/a"),
    ]
    assert all(child.data == REGISTERED for child in children)
    assert {(child.channel, child.template) for child in children} == {
        ("mail", "staff/registered"),
        ("webhook", "registered"),
    }
    assert fresh(event).sent_at


def test_event_is_fanned_out_once_however_often_it_is_taken(
    settings: Settings, enqueue: Callable[..., Message]
) -> None:
    event = enqueue("staff")
    slow = Message.claim_next("staff")
    make_due(event)  # the lease of the slow worker ran out
    quick = Message.claim_next("staff")
    assert slow and quick
    fan_out.fan_out(quick, settings)
    fan_out.fan_out(slow, settings)
    assert Message.select().where(Message.parent == event.id).count() == 1


def test_without_receivers_it_is_dead_with_the_reason_and_can_be_retried(
    settings: Settings, enqueue: Callable[..., Message]
) -> None:
    nobody = dataclasses.replace(settings, staff_emails=())
    dead = again(nobody, enqueue("staff"))
    assert dead.dead_at and dead.error == "STAFF_EMAILS and STAFF_WEBHOOKS are empty"
    dead.retry()
    Worker(settings).drain()
    assert InboxItem.select().count() == 1


def test_data_stays_with_the_event_and_leaves_its_delivered_messages(
    settings: Settings, enqueue: Callable[..., Message]
) -> None:
    event = enqueue("staff")
    Worker(settings).drain()
    [child] = Message.select().where(Message.parent == event.id)
    assert child.sent_at and child.data == {}
    assert fresh(event).data == REGISTERED
