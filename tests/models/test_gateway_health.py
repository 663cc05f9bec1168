"""Gateways that keep failing: how long they rest, who tries them again, and what goes out then."""

from datetime import datetime
from typing import Any

import pytest
from peewee import Database

from cabinet.models import GatewayHealth, Message
from cabinet.models.database import db
from cabinet.models.fate import Fault
from cabinet.models.gateway_health import FAILURES
from tests.cast import PHONE
from tests.models.clock import after, moment


def fail(times: int, gateway: str = "twilio") -> None:
    """So many failures in a row."""
    for _ in range(times):
        GatewayHealth.failed(gateway, "down")


@pytest.mark.parametrize(
    ("times", "rest"), [(4, 0), (5, 15), (6, 30), (7, 60), (8, 120), (9, 120), (30, 120)]
)
def test_a_gateway_rests_longer_the_longer_it_fails(database: Database, times: int, rest: int) -> None:
    with after():
        fail(1, "smsaero")
        fail(times)
        assert GatewayHealth.rest("twilio") == rest and GatewayHealth.may_try("twilio") is (rest == 0)
        assert GatewayHealth.rest("smsaero") == 0 and GatewayHealth.may_try("smsaero")
        assert GatewayHealth.rest("smsc") == 0 and GatewayHealth.may_try("smsc")
    with after(rest + 1):
        assert GatewayHealth.rest("twilio") == 0


def test_after_a_rest_one_message_tries_it_every_half_minute(database: Database) -> None:
    with after():
        fail(FAILURES)
        fail(FAILURES + 3, "smsaero")
    for seconds, may in ((14, False), (15, True), (15, False), (44, False), (45, True), (46, False)):
        with after(seconds):
            assert GatewayHealth.may_try("twilio") is may, seconds
    for seconds, may in ((119, False), (120, True), (120, False)):
        with after(seconds):
            assert GatewayHealth.may_try("smsaero") is may, "the other's rest is its own"


def test_why_it_failed_is_kept_until_it_works(database: Database) -> None:
    GatewayHealth.failed("smsaero", "down", Fault.SENDER)
    GatewayHealth.failed("twilio", "n" * 101, Fault.MONEY)
    health = GatewayHealth.get_by_id("twilio")
    assert (health.failures, health.reason, health.fault) == (1, "n" * 100, "money")
    fail(FAILURES - 1)
    health = GatewayHealth.get_by_id("twilio")
    assert (health.failures, health.reason, health.fault) == (FAILURES, "down", "")
    GatewayHealth.worked("twilio")
    health = GatewayHealth.get_by_id("twilio")
    assert (health.failures, health.reason, health.fault, health.open_until) == (0, "", "", None)
    other = GatewayHealth.get_by_id("smsaero")
    assert (other.failures, other.reason, other.fault) == (1, "down", "sender")
    GatewayHealth.worked("smsaero")
    assert GatewayHealth.get_by_id("smsaero").fault == ""
    GatewayHealth.worked("smsc")


def put_off(channel: str = "sms", **changes: Any) -> Message:
    """A message that failed once and waits for a minute."""
    values: dict[str, Any] = {"tries": 1, "failures": 1, "due_at": moment(60), **changes}
    with db.atomic():
        return Message.create(channel=channel, template="x", to=PHONE, **values)


def due(message: Message) -> datetime | None:
    return Message.get_by_id(message.id).due_at


@pytest.mark.parametrize("failures", [FAILURES - 1, FAILURES])
def test_what_waited_for_a_gateway_at_rest_is_due_when_it_works(database: Database, failures: int) -> None:
    waiting = [put_off(), put_off("call"), put_off(tries=3, failures=3), put_off(tries=0, failures=0)]
    rest = [
        put_off("mail"),
        put_off(claim="c"),
        put_off(tries=2),
        put_off(due_at=None),
    ]
    before, overdue = [due(one) for one in rest], put_off(due_at=moment(-5))
    with after():
        fail(1, "smsaero")
        GatewayHealth.worked("smsaero")
        fail(failures)
        GatewayHealth.worked("twilio")
    assert {due(one) for one in waiting} == {moment(0 if failures == FAILURES else 60)}
    assert [due(one) for one in rest] == before and due(overdue) == moment(-5)
