"""A mail server or webhook that is away: one message tries, the others wait, and a success wakes them all."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from peewee import OperationalError
from pytest_httpserver import HTTPServer

from cabinet.models import GatewayHealth, Message
from cabinet.models.base import now
from cabinet.models.claims import MOST_PATIENCE
from cabinet.models.database import db
from cabinet.models.gateway_health import FAILURES
from cabinet.models.receiver import Receiver
from cabinet.worker.loop import Worker
from config import Settings
from tests.messages import again, fresh, make_due, pause
from tests.ports import free_port
from tests.servers import Mailbox, serving

SECRET = "tests-only-webhook-secret-of-32-characters"
REST = 30  # seconds, the longest that a message of these tests finds


def rested() -> None:
    """Skip the rest of all receivers."""
    with db.atomic():
        GatewayHealth.update(open_until=now() - timedelta(seconds=1)).execute()


def later(settings: Settings) -> None:
    """What waits for its turn gets one."""
    make_due()
    Worker(settings).drain()


@pytest.fixture
def away(settings: Settings) -> Settings:
    """Settings whose mail server does not run, and whose webhooks are signed."""
    url = f"smtp://127.0.0.1:{free_port()}"
    return dataclasses.replace(settings, mail_backend="smtp", smtp_url=url, staff_webhook_secret=SECRET)


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_an_outage_is_asked_about_now_and_then_and_its_end_wakes_all(
    settings: Settings, away: Settings, enqueue: Callable[..., Message]
) -> None:
    waiting = [enqueue() for _ in range(20)]
    later(away)
    tried = [one for one in map(fresh, waiting) if one.tries]
    assert len(tried) == FAILURES, "the others did not ask"
    new = enqueue()
    later(away)
    assert fresh(new).tries == 0, "nor does who comes later"
    rested()
    later(away)
    assert sum(fresh(one).tries for one in (*waiting, new)) == FAILURES + 1, "one asks after the rest"
    box = Mailbox()
    with serving(box):
        back = dataclasses.replace(away, smtp_url=box.url)
        rested()
        make_due(new)
        Worker(back).drain()
    assert len(box.letters) == 21 and all(fresh(one).sent_at for one in waiting)


def test_a_full_mailbox_keeps_no_other_letter_waiting(
    by_smtp: Settings, mailbox: Mailbox, enqueue: Callable[..., Message]
) -> None:
    mailbox.answers = {"RCPT": ["452 4.2.2 mailbox full"] * (FAILURES + 1)}
    full = enqueue()
    for _ in range(FAILURES + 1):
        again(by_smtp, full)
    assert again(by_smtp, enqueue()).sent_at
    assert pause(fresh(full)) > 0, "its own wait goes on"


def test_what_cannot_be_noted_of_a_receiver_sends_nothing_twice(
    by_smtp: Settings, mailbox: Mailbox, enqueue: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_receiver: Receiver) -> None:
        raise OperationalError("the server ended it")

    monkeypatch.setattr(Receiver, "worked", away)
    letter = again(by_smtp, enqueue())
    assert letter.sent_at and letter.tries == len(mailbox.letters) == 1


@pytest.mark.parametrize("answer", ["550 5.1.1 no such mailbox", "451 4.7.1 greylisted"])
def test_who_refuses_one_letter_is_there_for_the_others(
    away: Settings, mailbox: Mailbox, enqueue: Callable[..., Message], answer: str
) -> None:
    waiting = [enqueue() for _ in range(FAILURES + 2)]
    later(away)
    rested()
    mailbox.answers = {"RCPT": [answer]}
    Worker(dataclasses.replace(away, smtp_url=mailbox.url)).drain()
    refused = [one for one in waiting if not fresh(one).sent_at]
    assert len(refused) == 1 and fresh(refused[0]).tries == 1, "who tried after the rest"


def test_webhooks_rest_one_by_one(
    away: Settings, httpserver: HTTPServer, enqueue: Callable[..., Message]
) -> None:
    httpserver.expect_request("/down").respond_with_data("", 503)
    httpserver.expect_request("/well").respond_with_data("")
    down = [enqueue("webhook", to=httpserver.url_for("/down")) for _ in range(FAILURES + 3)]
    well = enqueue("webhook", to=httpserver.url_for("/well"))
    later(away)
    assert len(httpserver.log) == FAILURES + 1 and fresh(well).sent_at
    httpserver.clear()
    httpserver.expect_request("/down").respond_with_data("")
    rested()
    make_due(down[0])
    Worker(away).drain()
    assert all(fresh(one).sent_at for one in down)


def test_what_waited_behind_others_for_three_days_has_a_last_try_of_its_own(
    away: Settings, enqueue: Callable[..., Message]
) -> None:
    waiting = [enqueue() for _ in range(FAILURES + 3)]
    later(away)
    box = Mailbox()
    with serving(box), time_machine.travel(now() + MOST_PATIENCE + timedelta(minutes=10), tick=False):
        for _ in range(FAILURES):
            Receiver("mail").failed("down")
        Worker(dataclasses.replace(away, smtp_url=box.url)).drain()
    assert all(fresh(one).sent_at for one in waiting) and len(box.letters) == len(waiting)
