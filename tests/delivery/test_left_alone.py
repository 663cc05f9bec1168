"""A gateway that keeps failing is left alone for a while, and tried again by itself."""

from collections.abc import Callable
from datetime import timedelta

from pytest_httpserver import HTTPServer

from cabinet.models import GatewayHealth, Message
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.gateway_health import FAILURES
from cabinet.worker.loop import Worker
from config import Settings
from tests.delivery.others import DOWN, Others, by
from tests.messages import again, fresh, make_due


def test_a_gateway_that_keeps_failing_is_left_alone_and_tried_again(
    two: Settings, others: Others, enqueue: Callable[..., Message]
) -> None:
    others.says["smsaero"] = [DOWN] * 20
    for _ in range(FAILURES + 3):
        assert again(two, enqueue("sms", "password_changed")).sent_at
    assert others.names.count("smsaero") == FAILURES
    with db.atomic():
        GatewayHealth.update(open_until=now() - timedelta(seconds=1)).execute()
    again(two, enqueue("sms", "password_changed"))
    assert others.names.count("smsaero") == FAILURES + 1, "one message tries it"
    again(two, enqueue("sms", "password_changed"))
    assert others.names.count("smsaero") == FAILURES + 1, "and the next passes it by"
    others.says["smsaero"] = []
    with db.atomic():
        GatewayHealth.update(open_until=now() - timedelta(seconds=1)).execute()
    for _ in range(3):
        again(two, enqueue("sms", "password_changed"))
    assert others.names[-3:] == ["smsaero"] * 3


def test_what_waited_for_the_only_gateway_goes_out_when_it_works_again(
    settings: Settings, httpserver: HTTPServer, others: Others, enqueue: Callable[..., Message]
) -> None:
    alone = by(settings, httpserver, "smsaero")
    others.says["smsaero"] = [DOWN] * FAILURES
    waiting = [enqueue("sms", "password_changed") for _ in range(FAILURES + 2)]
    for one in waiting:
        assert again(alone, one).dead_at is None
    assert len(others.names) == FAILURES, "the rest did not ask"
    with db.atomic():
        GatewayHealth.update(open_until=now() - timedelta(seconds=1)).execute()
    make_due(waiting[0])
    Worker(alone).drain()
    assert all(fresh(one).sent_at for one in waiting)
