"""While all gateways rest, notices stay as they are; codes go, or die in time, as ever."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_httpserver import HTTPServer

from cabinet.delivery.sending import handler_of, send_next
from cabinet.models import Attempt, GatewayHealth, Message, OneTimeCode
from cabinet.models.base import now
from cabinet.models.claims import MOST_PATIENCE
from cabinet.models.database import db
from cabinet.models.fate import Fault
from cabinet.models.gateway_health import FAILURES, PROBE
from cabinet.worker.lanes import lanes
from cabinet.worker.loop import Worker
from cabinet.worker.scout import Scout
from config import Settings
from tests.cast import PHONE
from tests.delivery.others import DOWN, NO_MONEY, Others, by
from tests.messages import fresh, make_due, pause

Enqueue = Callable[..., Message]
both = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)


def notices(enqueue: Enqueue, number: int) -> list[Message]:
    return [enqueue("sms", "password_changed") for _ in range(number)]


def rows(messages: list[Message]) -> list[dict[str, Any]]:
    """These, as the database has them."""
    return [fresh(one).__data__ for one in messages]


def fail(*gateways: str, fault: Fault | None = None) -> None:
    """They are left alone from now on."""
    for gateway in gateways:
        for _ in range(FAILURES):
            GatewayHealth.failed(gateway, "down", fault)


def rested() -> None:
    """Skip the rest of all gateways."""
    with db.atomic():
        GatewayHealth.update(open_until=now() - timedelta(seconds=1)).execute()


def code() -> Message:
    return Message.get_by_id(OneTimeCode.send("registration", PHONE, "192.0.2.1", "ru").message)


def rung(settings: Settings) -> set[str]:
    """The lanes that the worker's look wakes."""
    scout = Scout(lanes(settings))
    scout.look()
    return {name for name, bell in scout.bells.items() if bell.wait(0)}


@both
@pytest.mark.parametrize("said", [DOWN, NO_MONEY["smsaero"]], ids=["down", "no money"])
def test_a_rest_and_its_end_write_to_no_notice_that_was_not_tried(
    settings: Settings, httpserver: HTTPServer, others: Others, enqueue: Enqueue, said: tuple[int, object]
) -> None:
    alone = by(settings, httpserver, "smsaero")
    others.says["smsaero"] = [said] * (FAILURES + 1)
    waiting = notices(enqueue, FAILURES + 15)
    before = rows(waiting)
    Worker(alone).drain()
    assert sum(a != b for a, b in zip(before, rows(waiting), strict=True)) == FAILURES
    assert len(others.names) == FAILURES
    rested()
    Worker(alone).drain()
    assert sum(a != b for a, b in zip(before, rows(waiting), strict=True)) == FAILURES + 1, "one tries"
    GatewayHealth.worked("smsaero")
    Worker(alone).drain()
    assert all(fresh(one).sent_at for one in waiting)
    assert sum(fresh(one).tries for one in waiting) == len(waiting) + FAILURES + 1


@both
def test_a_rest_wakes_nobody_but_for_codes(two: Settings, enqueue: Enqueue) -> None:
    notices(enqueue, 1)
    assert rung(two) == {"sms"}
    fail("smsaero")
    assert rung(two) == {"sms"}, "there is another"
    fail("twilio", fault=Fault.MONEY)
    assert rung(two) == set()
    code()
    assert rung(two) == {"sms"}
    assert Worker(two).drain() == 1 and rung(two) == set()
    rested()
    assert rung(two) == {"sms"}


def test_notices_go_by_the_gateway_that_is_well(two: Settings, others: Others, enqueue: Enqueue) -> None:
    fail("smsaero")
    waiting = notices(enqueue, 3)
    Worker(two).drain()
    assert others.names == ["twilio"] * 3 and all(fresh(one).tries == 1 for one in waiting)


@both
def test_a_code_is_sent_before_all_notices_once_one_works(
    two: Settings, others: Others, enqueue: Enqueue
) -> None:
    fail("smsaero", "twilio")
    notices(enqueue, 5)
    waiting = code()
    Worker(two).drain()
    assert fresh(waiting).failures == 1 and not others.names
    rested()
    make_due(waiting)
    Worker(two).drain()
    assert OneTimeCode.get().digits in others.sent[0][1] and fresh(waiting).sent_at
    assert len(others.sent) == 6


@both
def test_a_code_dies_during_a_rest_by_the_companys_fault(two: Settings, enqueue: Enqueue) -> None:
    fail("smsaero", "twilio", fault=Fault.MONEY)
    notices(enqueue, 5)
    waiting = code()
    Worker(two).drain()
    dead = fresh(waiting)
    assert dead.dead_at and dead.fault == Fault.MONEY
    assert not Attempt.select().where(Attempt.subject == PHONE).exists(), "never asked for"


def test_a_code_that_no_gateway_was_there_for_expires_and_is_not_counted(
    two: Settings, enqueue: Enqueue
) -> None:
    fail("smsaero", "twilio")
    notices(enqueue, 5)
    waiting = code()
    Worker(two).drain()
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        fail("smsaero", "twilio")
        Worker(two).drain()
    dead = fresh(waiting)
    assert dead.dead_at and dead.error == "expired"
    assert not Attempt.select().where(Attempt.subject == PHONE).exists()


@both
@pytest.mark.parametrize("works", [True, False])
def test_a_notice_that_only_waited_has_a_last_try_after_three_days(
    two: Settings, others: Others, enqueue: Enqueue, works: bool
) -> None:
    fail("smsaero", "twilio")
    waiting = notices(enqueue, 3)
    with time_machine.travel(now() + MOST_PATIENCE - timedelta(minutes=1), tick=False):
        fail("smsaero", "twilio")
        Worker(two).drain()
        assert not others.names, "not yet"
    with time_machine.travel(now() + MOST_PATIENCE + timedelta(minutes=1), tick=False):
        fail("smsaero", "twilio")
        late = enqueue("sms", "password_changed")
        if not works:
            others.says["smsaero"], others.says["twilio"] = [DOWN] * 9, [DOWN] * 9
        Worker(two).drain()
        assert {one.error for one in map(fresh, waiting)} == ({""} if works else {"SMS Aero HTTP 503"})
        assert all(bool(one.sent_at) is works for one in map(fresh, (*waiting, late)))
        assert fresh(late).tries == works, "it is new"


def test_who_meets_a_rest_that_another_ends_waits_without_a_try(
    two: Settings, others: Others, enqueue: Enqueue
) -> None:
    fail("smsaero", "twilio")
    rested()
    [notice] = notices(enqueue, 1)
    [lane] = [one for one in lanes(two) if one.name == "sms"]

    def another() -> None:
        assert GatewayHealth.may_try("smsaero") and GatewayHealth.may_try("twilio")

    assert send_next("sms", handler_of("sms", two), lane.only, another)
    assert not others.names and (fresh(notice).tries, fresh(notice).error) == (0, "")
    assert PROBE - 2 < pause(fresh(notice)) <= PROBE + 1
    GatewayHealth.worked("twilio")
    Worker(two).drain()
    assert fresh(notice).sent_at and fresh(notice).tries == 1
