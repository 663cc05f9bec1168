"""Which gateway sends an SMS, and when another does."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
import time_machine
from peewee import Database
from pytest_httpserver import HTTPServer

from cabinet.delivery import exchange, polling
from cabinet.delivery.ladder import SILENCE
from cabinet.models import Attempt, DeliveryTry, Message, OneTimeCode
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.delivery_report import report
from cabinet.models.fate import Fault, State
from cabinet.worker.loop import Worker
from config import Settings
from tests.delivery.others import BAD_NUMBER, DOWN, NO_MONEY, NONSENSE, Others, by
from tests.messages import again, fresh, make_due, pause

PHONE = "+79161234567"


def tries() -> list[tuple[str, str, str]]:
    """What is recorded: gateway, state, fault."""
    return [(one.gateway, one.state, one.fault) for one in DeliveryTry.select().order_by(DeliveryTry.at)]


def test_the_first_sends_alone_when_it_can(two: Settings, others: Others, sms: Message) -> None:
    sent = again(two, sms)
    assert others.names == ["smsaero"] and tries() == [("smsaero", "accepted", "")]
    assert (sent.provider_id, sent.status) == ("5", "accepted")
    [attempt] = DeliveryTry.select()
    assert (attempt.price, attempt.way, attempt.message) == (220, "sms", sms.id)


@pytest.mark.parametrize(
    ("said", "state", "fault"),
    [(NO_MONEY["smsaero"], "refused", "money"), (DOWN, "unavailable", "")],
    ids=["refused", "down"],
)
def test_the_next_sends_at_once_when_the_first_cannot(
    two: Settings, others: Others, sms: Message, said: tuple[int, object], state: str, fault: str
) -> None:
    others.says["smsaero"] = [said]
    assert again(two, sms).sent_at
    assert others.names == ["smsaero", "twilio"]
    assert tries() == [("smsaero", state, fault), ("twilio", "accepted", "")]
    code = OneTimeCode.get()
    assert all(code.digits in text for _, text in others.sent)


def test_a_wrong_number_is_not_tried_elsewhere(two: Settings, others: Others, sms: Message) -> None:
    others.says["smsaero"] = [BAD_NUMBER["smsaero"]]
    dead = again(two, sms)
    assert dead.dead_at and dead.fault == Fault.NUMBER and others.names == ["smsaero"]


def test_after_silence_the_next_sends_the_same_once(two: Settings, others: Others, sms: Message) -> None:
    others.says["smsaero"] = [NONSENSE]
    waiting = again(two, sms)
    assert waiting.due_at and SILENCE - 2 < pause(waiting) <= SILENCE and others.names == ["smsaero"]
    assert Worker(two).drain() == 0, "its word is waited for"
    assert again(two, sms).sent_at
    assert others.names == ["smsaero", "twilio"]
    assert tries() == [("smsaero", "silent", ""), ("twilio", "accepted", "")]
    assert all(OneTimeCode.get().digits in text for _, text in others.sent)
    make_due()
    assert Worker(two).drain() == 0


def test_after_two_silences_nobody_sends(two: Settings, others: Others, sms: Message) -> None:
    others.says["smsaero"], others.says["twilio"] = [NONSENSE], [(504, "")]
    for _ in range(2):
        assert again(two, sms).dead_at is None
    assert again(two, sms).dead_at
    assert others.names == ["smsaero", "twilio"]


@pytest.mark.parametrize("state", [State.ACCEPTED, State.DELIVERED])
def test_a_word_after_silence_stops_the_next(
    two: Settings, others: Others, sms: Message, state: State
) -> None:
    others.says["smsaero"] = [NONSENSE]
    again(two, sms)
    assert report("smsaero", state, "5", sms.id)
    assert Worker(two).drain() == 0 and others.names == ["smsaero"]
    assert (fresh(sms).status, fresh(sms).due_at) == (state.value, None)


@pytest.mark.parametrize("found", [True, False])
def test_a_gateway_that_knows_our_id_is_asked_after_silence(
    settings: Settings, httpserver: HTTPServer, others: Others, sms: Message, found: bool
) -> None:
    by_smsc = by(settings, httpserver, "smsc", "twilio")
    others.says["smsc"] = [NONSENSE]
    others.status = {"status": 1} if found else {"status": -3}
    again(by_smsc, sms)
    assert again(by_smsc, sms).sent_at
    assert others.asked == [sms.id]
    assert others.names == (["smsc"] if found else ["smsc", "smsc"]), "what it never got it sends itself"
    assert fresh(sms).status == ("delivered" if found else "accepted")


def test_a_worker_that_died_is_a_silence(two: Settings, others: Others, sms: Message) -> None:
    claimed = Message.claim_next("sms")
    assert claimed
    DeliveryTry.begin(claimed, "smsaero")
    assert again(two, sms).sent_at and others.names == ["twilio"]


def test_all_without_money_cost_the_resident_nothing(two: Settings, others: Others, sms: Message) -> None:
    others.says["smsaero"], others.says["twilio"] = [NO_MONEY["smsaero"]], [NO_MONEY["twilio"]]
    dead = again(two, sms)
    assert dead.dead_at and dead.fault == Fault.MONEY and others.names == ["smsaero", "twilio"]
    assert OneTimeCode.send("registration", PHONE, "192.0.2.1", "ru").live, "no wait, no attempt"


def test_all_down_is_tried_again_from_the_first(two: Settings, others: Others, sms: Message) -> None:
    others.says["smsaero"], others.says["twilio"] = [DOWN], [DOWN]
    failed = again(two, sms)
    assert failed.dead_at is None and pause(failed) > 0
    assert again(two, sms).sent_at
    assert others.names == ["smsaero", "twilio", "smsaero"]


def test_what_the_operator_lost_by_our_fault_goes_by_the_next(
    two: Settings, others: Others, sms: Message
) -> None:
    again(two, sms)
    report("smsaero", State.UNDELIVERED, "5", fault=Fault.SENDER, reason="SMS Aero 6")
    Worker(two).drain()
    assert others.names == ["smsaero", "twilio"] and fresh(sms).status == "accepted"
    report("twilio", State.UNDELIVERED, "SM1", fault=Fault.ACCOUNT, reason="Twilio 30002")
    Worker(two).drain()
    dead = fresh(sms)
    assert others.names == ["smsaero", "twilio"]
    assert dead.dead_at and (dead.fault, dead.error) == ("account", "Twilio 30002")


def test_what_died_before_its_first_gateway_lost_it_is_dead_no_more(
    two: Settings, others: Others, sms: Message
) -> None:
    others.says["smsaero"], others.says["twilio"] = [NONSENSE], [NO_MONEY["twilio"]]
    again(two, sms)
    assert again(two, sms).dead_at
    report("smsaero", State.UNDELIVERED, "5", sms.id, fault=Fault.SENDER)
    assert fresh(sms).due_at and not fresh(sms).dead_at
    Worker(two).drain()
    assert fresh(sms).sent_at and not fresh(sms).dead_at


def test_what_one_lost_while_another_may_deliver_is_not_given_up(
    two: Settings, others: Others, sms: Message
) -> None:
    others.says["smsaero"] = [NONSENSE]
    again(two, sms)
    again(two, sms)
    report("twilio", State.UNDELIVERED, "SM1", fault=Fault.OPERATOR)
    assert fresh(sms).dead_at is None
    report("smsaero", State.UNDELIVERED, "5", sms.id, fault=Fault.NUMBER)
    assert fresh(sms).dead_at


def test_a_dead_one_is_sent_anew_by_the_first(
    two: Settings, others: Others, enqueue: Callable[..., Message]
) -> None:
    notice = enqueue("sms", "password_changed")
    others.says["smsaero"], others.says["twilio"] = [NONSENSE], [(504, "")]
    for _ in range(3):
        again(two, notice)
    assert fresh(notice).retry()
    assert again(two, notice).sent_at and others.names == ["smsaero", "twilio", "smsaero"]


def test_gateways_are_asked_until_they_have_said_all(
    settings: Settings, httpserver: HTTPServer, others: Others, sms: Message
) -> None:
    by_smsc = by(settings, httpserver, "smsc")
    again(by_smsc, sms)
    assert polling.poll_due(by_smsc) == 0, "not at once"
    for status, known in (({"status": 0}, "accepted"), ("<html>", "accepted"), ({"status": 1}, "delivered")):
        others.status = status
        with db.atomic():
            DeliveryTry.update(poll_at=now()).where(DeliveryTry.poll_at.is_null(False)).execute()
        assert polling.poll_due(by_smsc) == 1
        assert fresh(sms).status == known
    assert DeliveryTry.get().poll_at is None


def test_each_gateway_has_so_much_time_that_several_fit_into_a_lease() -> None:
    assert 3 * (exchange.CONNECT_TIMEOUT + exchange.WHOLE_TIMEOUT + exchange.READ_TIMEOUT) < 60


def test_what_was_taken_before_a_worker_died_is_not_sent_again(
    two: Settings, others: Others, sms: Message
) -> None:
    claimed = Message.claim_next("sms")
    assert claimed
    DeliveryTry.begin(claimed, "smsaero").taken(State.ACCEPTED, "5", 220, 1, poll=False)
    sent = again(two, sms)
    assert sent.sent_at and sent.status == "accepted" and others.names == []


def test_what_was_taken_is_not_given_up_however_often_workers_died(
    two: Settings, others: Others, sms: Message
) -> None:
    for _ in range(3):
        assert Message.claim_next("sms")
        make_due(sms)
    DeliveryTry.begin(sms, "smsaero").taken(State.ACCEPTED, "5", 220, 1, poll=False)
    assert again(two, sms).sent_at and others.names == []


@pytest.mark.settings(sms_day_segments=1)
def test_beyond_the_budget_a_code_dies_at_once_and_is_not_counted(
    two: Settings, others: Others, sms: Message
) -> None:
    OneTimeCode.send("registration", "+79031234567", "192.0.2.1", "ru")
    Worker(two).drain()
    dead = Message.get(Message.dead_at.is_null(False))
    assert dead.fault == Fault.BUDGET and fresh(sms).status != dead.status
    assert not Attempt.select().where(Attempt.subject == dead.to).exists()
    assert len(others.sent) == 1, "nothing is spent"


def enqueued() -> Message:
    with db.atomic():
        message: Message = Message.enqueue("sms", "password_changed", PHONE)
    return message


@pytest.mark.settings(sms_day_segments=1)
def test_beyond_the_budget_a_notice_waits_for_the_next_day(
    database: Database, two: Settings, others: Others
) -> None:
    tomorrow = datetime.combine(now().date() + timedelta(days=1), time(9))  # far from the end of Moscow's day
    with time_machine.travel(tomorrow):
        assert again(two, enqueued()).sent_at
        waiting = again(two, enqueued())
        assert waiting.due_at and not waiting.dead_at and pause(waiting) > 300 and len(others.sent) == 1
