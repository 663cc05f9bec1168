"""Who waits for whom: residents' letters never for the staff's, and no webhook for another."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pytest_httpserver import HTTPServer

from cabinet.delivery import mail, webhook
from cabinet.models import Message
from cabinet.worker.lanes import lanes
from cabinet.worker.loop import Worker
from cabinet.worker.scout import Bell
from config import Settings
from tests.messages import fresh
from tests.servers import Mailbox, Silence
from tests.waiting import PATIENCE, until

SECRET = "tests-only-webhook-secret-of-32-characters"


@contextmanager
def working(settings: Settings) -> Iterator[None]:
    """Threads of all lanes, and the scout's, as long as the block takes."""
    worker = Worker(settings)
    threads = [thread for thread in worker._threads() if thread.name == "scout" or "-" in thread.name]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        worker._finish(threads)


def test_every_message_has_one_lane(settings: Settings, enqueue: Callable[..., Message]) -> None:
    hooks = ("registered=https://a.example.org/", "https://b.example.org/?a=b", "https://a.example.org/")
    named = dataclasses.replace(settings, staff_webhooks=hooks)
    one_of_each = {
        "sms": enqueue("sms", "password_changed"),
        "call": enqueue("call", "code"),
        "max": enqueue("max", "max_hello"),
        "staff": enqueue("staff"),
        "mail": enqueue("mail", "password_changed"),
        "staff-mail": enqueue("mail", "staff/registered"),
        "webhook1": enqueue("webhook", to="https://a.example.org/"),
        "webhook2": enqueue("webhook", to="https://b.example.org/?a=b"),
        "webhook": enqueue("webhook", to="https://former.example.org/"),
    }
    for lane in lanes(named):
        claimed = Message.claim_next(lane.channel, lane.only)
        assert claimed and claimed.id == one_of_each[lane.name].id
        assert Message.claim_next(lane.channel, lane.only) is None
    unnamed = lanes(settings)
    assert [lane.name for lane in unnamed if lane.channel == "webhook"] == ["webhook"]


def test_as_many_sms_are_under_way_as_are_due_and_one_thread_is_woken_for_each(
    settings: Settings, enqueue: Callable[..., Message]
) -> None:
    worker, sent = Worker(settings), Message.sent_at.is_null(False)
    [lane] = [one for one in worker.lanes if one.name == "sms"]
    together = threading.Barrier(lane.threads)

    def send(_message: Message) -> None:
        together.wait(PATIENCE)

    for _ in range(lane.threads):
        enqueue("sms", "password_changed")
    threads = [
        threading.Thread(target=worker._deliver, args=(lane, send), daemon=True) for _ in range(lane.threads)
    ]
    for thread in threads:
        thread.start()
    try:
        worker.scout.ring("sms")
        until(lambda: Message.select().where(sent).count() == lane.threads)
    finally:
        together.abort()
        worker._finish(threads)


def test_a_bell_wakes_one_and_waits_for_who_is_late() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    assert bell.wait(0) and not bell.wait(0)
    woken: list[bool] = []
    threads = [threading.Thread(target=lambda: woken.append(bell.wait(PATIENCE))) for _ in range(2)]
    for thread in threads:
        thread.start()
    bell.ring()
    until(lambda: len(woken) == 1)
    bell.ring_for_ever()
    for thread in threads:
        thread.join()
    assert woken == [True, True] and bell.wait(0) and bell.wait(0)


def test_webhooks_that_hang_hold_up_no_other(
    settings: Settings,
    httpserver: HTTPServer,
    silence: Silence,
    enqueue: Callable[..., Message],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUTS", (PATIENCE, PATIENCE))
    monkeypatch.setattr(webhook, "WHOLE_TIMEOUT", PATIENCE)
    httpserver.expect_request("/well").respond_with_data("")
    hanging = [f"http://127.0.0.1:{silence.port}/{n}" for n in range(3)]
    well = httpserver.url_for("/well")
    named = dataclasses.replace(settings, staff_webhooks=(*hanging, well), staff_webhook_secret=SECRET)
    for hook in hanging * 2:
        enqueue("webhook", to=hook)
    with working(named):
        until(lambda: len(silence.connections) == 3)
        later = [enqueue("webhook", to=well) for _ in range(3)]
        until(lambda: all(fresh(one).sent_at for one in later))
        assert len(silence.connections) == 3, "they still hang"
        silence.close()


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_a_letter_to_a_resident_overtakes_those_to_staff(
    by_smtp: Settings, mailbox: Mailbox, enqueue: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "READ_TIMEOUT", PATIENCE)
    monkeypatch.setattr(mail, "WHOLE_TIMEOUT", PATIENCE)
    mailbox.held = {"staff@example.org"}
    for _ in range(30):
        enqueue()
    with working(by_smtp):
        until(lambda: mailbox.begun == 2)
        resident = enqueue("mail", "password_changed", to="anna@example.ru", data={"name": "Анна"})
        until(lambda: "anna@example.ru" in mailbox.recipients)
        assert fresh(resident).tries == 1 and mailbox.recipients == ["anna@example.ru"]
        mailbox.free.set()
