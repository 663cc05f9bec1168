"""Claims, leases, expiry, several workers at once, and what a channel survives."""

import dataclasses
import logging
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cabinet.delivery import outcome
from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.delivery.gateway import SmsReceipt
from cabinet.delivery.sending import handler_of, send_next
from cabinet.delivery.troubles import troubles
from cabinet.models import DeliveryTry, Heartbeat, ImportJob, InboxItem, Message, claims
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.worker.alerts import Lookout
from cabinet.worker.lanes import Lane, lanes
from cabinet.worker.loop import Worker
from cabinet.worker.scout import WHOLE, Scout
from config import Settings
from tests.messages import REGISTERED, again, fresh, make_due, pause
from tests.servers import Mailbox


def test_expired_messages_are_never_sent(settings: Settings, enqueue: Callable[..., Message]) -> None:
    late = enqueue(expires=60, blank_after=True)
    with db.atomic():
        Message.update(expires_at=now() - timedelta(seconds=1)).execute()
    dead = again(settings, late)
    assert dead.error == "expired" and dead.dead_at and dead.due_at is None
    assert dead.data == {}
    assert InboxItem.select().count() == 0


def test_data_that_opens_something_is_blanked_once_sent(
    settings: Settings, enqueue: Callable[..., Message]
) -> None:
    assert again(settings, enqueue(blank_after=True)).data == {}
    assert again(settings, enqueue()).data == REGISTERED


def test_lease_of_a_dead_worker_is_taken_over(settings: Settings, enqueue: Callable[..., Message]) -> None:
    left = enqueue()
    dead_worker = Message.claim_next("mail")
    assert dead_worker
    assert Worker(settings).drain() == 0, "the lease still holds"
    assert again(settings, left).sent_at
    assert not dead_worker.mark_failed("came back from the dead")
    assert not dead_worker.mark_sent()
    assert fresh(left).error == "" and fresh(left).due_at is None


def test_waits_grow_and_end_in_the_dead_list(settings: Settings, enqueue: Callable[..., Message]) -> None:
    tried = enqueue()

    def refuse(_: Message) -> SmsReceipt | None:
        raise UnavailableError("closed")

    waits = []
    for _ in range(50):
        make_due(tried)
        send_next("mail", refuse)
        waits.append(pause(fresh(tried)))
    assert waits[0] < 13 and waits[-1] > 175 and max(waits) < 301
    _long_ago(tried, -60)
    make_due(tried)
    send_next("mail", refuse)
    assert pause(fresh(tried)) > 0, "not yet"
    _long_ago(tried, 60)
    make_due(tried)
    send_next("mail", refuse)
    dead = fresh(tried)
    assert dead.dead_at and dead.error == "closed" and dead.tries == 52
    assert any(trouble.name == "dead" for trouble in troubles()), "until staff have dealt with it"
    dead.retry()
    make_due(tried)
    send_next("mail", refuse)
    assert pause(fresh(tried)) > 0, "its time begins anew"
    assert again(settings, tried).sent_at


def _long_ago(tried: Message, seconds: int) -> None:
    """It has been tried for as long as anything is, and so many seconds more."""
    with db.atomic():
        since = now() - claims.MOST_PATIENCE - timedelta(seconds=seconds)
        Message.update(tried_since=since).where(Message.id == tried.id).execute()


def test_refused_message_is_not_tried_again(settings: Settings, enqueue: Callable[..., Message]) -> None:
    refused = enqueue()

    def refuse(_: Message) -> SmsReceipt | None:
        raise RefusedError("never")

    assert send_next("mail", refuse)
    assert not send_next("mail", refuse)
    assert fresh(refused).error == "never"


def test_unexpected_error_tells_its_class_only(
    settings: Settings, enqueue: Callable[..., Message], caplog: pytest.LogCaptureFixture
) -> None:
    broken = enqueue(data={"phone": "+79160000000"})  # the template needs more
    healthy = enqueue()
    caplog.set_level(logging.DEBUG, "cabinet")
    Worker(settings).drain()
    assert fresh(broken).error == "UndefinedError"
    assert pause(fresh(broken)) > 0
    assert fresh(healthy).sent_at
    assert broken.id in caplog.text
    for secret in ("+79160000000", "anna@example.ru", "staff@example.org", "Ёлкина"):
        assert secret not in caplog.text


def test_several_workers_at_once_deliver_each_message_once(
    by_smtp: Settings, mailbox: Mailbox, enqueue: Callable[..., Message]
) -> None:
    receivers = ("one@example.org", "two@example.org")
    team = dataclasses.replace(by_smtp, staff_emails=receivers)
    for _ in range(15):
        enqueue("staff")
    crashes: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(5):
                Worker(team).drain()
        except BaseException as error:
            crashes.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert crashes == []
    Worker(team).drain()
    ids = Counter(letter["Message-ID"] for letter in mailbox.letters)
    assert len(ids) == 30 and set(ids.values()) == {1}
    assert Counter(mailbox.recipients) == {"one@example.org": 15, "two@example.org": 15}
    assert Message.select().where(Message.sent_at.is_null()).count() == 0


def test_sent_is_noted_even_if_the_database_is_away_for_a_moment(
    settings: Settings, enqueue: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcome, "PAUSES", (0.0, 0.0))
    sent, mark, broken = enqueue(), Message.mark_sent, [True, True]

    def flaky(self: Message, *args: str) -> bool:
        if broken:
            broken.pop()
            raise ConnectionError
        return mark(self, *args)

    monkeypatch.setattr(Message, "mark_sent", flaky)
    Worker(settings).drain()
    assert fresh(sent).sent_at


def test_channel_outlives_a_broken_database(
    settings: Settings, enqueue: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, claim, broken = enqueue(), Message.claim_next, [True]
    worker = Worker(settings)

    def flaky(*asked: Any) -> Message | None:
        if broken:
            broken.pop()
            raise ConnectionError
        found = claim(*asked)
        if found is None:
            worker.stopping.set()
            worker.scout.ring_all()
        return found

    monkeypatch.setattr(Message, "claim_next", flaky)
    worker._deliver(Lane("staff-mail", "mail", 1), handler_of("mail", settings))
    assert fresh(waiting).sent_at


def test_long_waits_are_told(enqueue: Callable[..., Message], caplog: pytest.LogCaptureFixture) -> None:
    for channel in ("mail", "mail", "sms"):
        enqueue(channel)
    assert Lookout().look() == {}
    with db.atomic():
        Message.update(created_at=now() - timedelta(minutes=6)).execute()
    enqueue()
    assert Lookout().look() == {"sms": 1, "mail": 2}
    assert "2 mail messages have waited over 5 minutes" in caplog.text


def test_the_worker_notes_that_it_is_alive(settings: Settings, enqueue: Callable[..., Message]) -> None:
    assert Heartbeat.age("worker") is None
    Worker(settings)._guarded("heartbeat", lambda: Heartbeat.beat("worker"))
    age = Heartbeat.age("worker")
    assert age is not None and age < 60


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_who_sends_is_woken_by_what_is_due_and_by_nothing_else(
    settings: Settings, enqueue: Callable[..., Message]
) -> None:
    scout = Scout(lanes(settings))

    def rung() -> set[str]:
        scout.look()
        return {name for name, bell in scout.bells.items() if bell.wait(0)}

    assert rung() == set()
    waiting = enqueue()
    assert rung() == {"staff-mail"} == rung(), "and again, until it is sent"
    assert again(settings, waiting).sent_at and rung() == set()
    with db.atomic():
        Message.update(due_at=now() + timedelta(seconds=60), sent_at=None).execute()
        ImportJob.create(staff="somebody", name="october.csv")
        DeliveryTry.create(message=waiting.id, gateway="twilio", poll_at=now())
    assert rung() == {"imports", "statuses"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_is_asked_where_somebody_has_written_and_for_what_became_due(
    settings: Settings, enqueue: Callable[..., Message]
) -> None:
    scout = Scout(lanes(settings))

    def asked(times: int = WHOLE) -> list[bool]:
        return [scout.is_due() for _ in range(times)]

    asked()
    assert asked() == asked() == [True, False, False, False]
    assert asked(1) == [True]
    enqueue("sms", "password_changed")
    assert asked(3) == [True, True, False], "twice, for another write of that moment does not show"
    assert asked() == [True, False, False, False]


def test_whoever_waits_for_work_is_woken_to_stop(settings: Settings) -> None:
    worker = Worker(settings)
    work = (Lane("call", "call", 2), handler_of("call", settings))
    threads = [threading.Thread(target=worker._deliver, args=work, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    worker._finish(threads)
    assert not any(thread.is_alive() for thread in threads)
