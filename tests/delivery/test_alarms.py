"""Alarms: what raises each, once; what clears it, once; by which ways it is told."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from peewee import Database
from pytest_httpserver import HTTPServer

from cabinet.delivery import alarms, message_texts
from cabinet.delivery.troubles import LEAST_TYPED, low_balances
from cabinet.models import Alarm, DeliveryTry, Heartbeat, Message, OneTimeCode, Spending
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.fate import Fault, State
from cabinet.models.prepared import insert
from cabinet.public.watching import stand_in
from cabinet.worker.alerts import Lookout
from config import Settings
from tests.cast import PHONE
from tests.delivery.others import by
from tests.threads import together

TOLD = pytest.mark.settings(
    staff_emails=("all@example.org", "registered=no@example.org"),
    staff_webhooks=("http://localhost/hook",),
    sms_day_segments=100,
)
pytestmark = TOLD


def standing() -> list[str]:
    """The names of the alarms that stand."""
    return [alarm.name for alarm in Alarm.standing()]


def told() -> list[tuple[str, str]]:
    """The template and receiver of each message about alarms."""
    mine = Message.select().where(
        Message.channel.in_(["mail", "webhook"]), Message.template.contains("alarm")
    )
    return sorted((message.template, message.to) for message in mine)


def dead() -> None:
    with db.atomic():
        Message.create(channel="mail", template="x", due_at=None, dead_at=now())


def revived() -> None:
    Message.retry_all()


def refused(fault: Fault = Fault.MONEY) -> None:
    with db.atomic():
        message = Message.enqueue("sms", "code", PHONE, blank_after=True)
    for _ in range(5):
        DeliveryTry.begin(message, "twilio").ended(State.REFUSED, "no money", fault)


def one_taken() -> None:
    DeliveryTry.begin(Message.get(), "twilio").taken(State.ACCEPTED, "SM1", None, None, poll=False)


def codes(typed: int, sent: int = 50) -> None:
    earlier = now() - timedelta(minutes=11)
    rows = [
        OneTimeCode(
            purpose="registration",
            phone=PHONE,
            message="m",
            created_at=earlier,
            expires_at=now(),
            used_at=earlier if number < typed else None,
        )
        for number in range(sent)
    ]
    with db.atomic():
        insert(*rows)


def untyped() -> None:
    codes(LEAST_TYPED // 2 - 1)


def typed() -> None:
    codes(50)


def spent() -> None:
    with db.atomic():
        Spending.add(now(), "twilio", 50, 0)


def another_day() -> None:
    with db.atomic():
        Spending.update(day=date(2020, 1, 1)).execute()


def silent() -> None:
    with db.atomic():
        Heartbeat.insert(name="worker", at=now() - timedelta(minutes=2)).execute()


def beats() -> None:
    Heartbeat.beat("worker")


CASES: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
    "dead": (dead, revived),
    "refused": (refused, one_taken),
    "untyped": (untyped, typed),
    "budget/day/segments/50": (spent, another_day),
    "worker": (silent, beats),
}


@pytest.mark.parametrize("name", CASES)
def test_each_alarm_is_told_once_and_cleared_once(database: Database, name: str) -> None:
    begin, end = CASES[name]
    alarms.watch()
    assert standing() == [] and told() == []
    begin()
    for _ in range(3):
        alarms.watch()
    assert standing() == [name]
    assert told() == [("alarm", "http://localhost/hook"), ("staff/alarm", "all@example.org")]
    end()
    for _ in range(3):
        alarms.watch()
    assert standing() == []
    assert told()[1:3] == [("alarm_over", "http://localhost/hook"), ("staff/alarm", "all@example.org")]
    assert len(told()) == 4


def test_what_is_late_is_told_by_webhook_too_and_a_death_does_not_clear_it(database: Database) -> None:
    with db.atomic():
        late = Message.create(channel="sms", template="x", created_at=now() - timedelta(minutes=6))
    Lookout().look()
    mine = Message.select().where(Message.template.contains("delivery_late"))
    assert {message.channel for message in mine} == {"mail", "webhook"}
    with db.atomic():
        Message.update(due_at=None, dead_at=now()).where(Message.id == late.id).execute()
    Lookout().look()
    assert standing() == ["dead"], "what died is still to be mended"


def test_several_who_look_at_once_tell_once(database: Database) -> None:
    dead()
    together([alarms.watch] * 6)
    assert len(told()) == 2


def test_a_code_or_a_wrong_number_is_no_alarm(database: Database) -> None:
    with db.atomic():
        Message.create(channel="sms", template="code", due_at=None, dead_at=now())
        for template in ("max_contact", "max_no_code", "max_hello"):  # to who has blocked the bot since
            Message.create(channel="max", template=template, due_at=None, dead_at=now())
    refused(Fault.NUMBER)
    alarms.watch()
    assert standing() == []


def test_each_step_of_a_budget_is_an_alarm(database: Database) -> None:
    with db.atomic():
        Spending.add(now(), "twilio", 80, 0)
    alarms.watch()
    assert sorted(standing()) == ["budget/day/segments/50", "budget/day/segments/80"]
    with db.atomic():
        Spending.add(now(), "twilio", 20, 0)
    alarms.watch()
    assert "budget/day/segments/100" in standing()


def test_little_money_is_an_alarm_until_somebody_pays(
    database: Database, settings: Settings, httpserver: HTTPServer
) -> None:
    sends = by(settings, httpserver, "smsaero")
    for money in (499.0, None, 500.0):
        answer = {"success": True, "data": {"balance": money}} if money else {"success": False}
        httpserver.expect_ordered_request("/v2/balance").respond_with_data(json.dumps(answer))
    alarms.watch(*low_balances(sends))
    assert standing() == ["balance/smsaero"]
    alarms.watch(*low_balances(sends))
    assert standing() == ["balance/smsaero"], "who does not answer has not been paid"
    alarms.watch(unknown=["balance/"])
    assert standing() == ["balance/smsaero"]
    alarms.watch(*low_balances(sends))
    assert standing() == []


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_what_is_told_says_what_to_do(database: Database, locale: str) -> None:
    silent()
    untyped()
    refused()
    dead()
    with db.atomic():
        Spending.add(now(), "twilio", 100, 0)
    alarms.watch()
    beats()
    revived()
    alarms.watch()
    letters = Message.select().where(Message.channel == "mail", Message.template.contains("alarm"))
    words = []
    for message in letters:
        message.locale = locale
        letter = message_texts.mail(message)
        assert "{{" not in letter.text and "%(" not in letter.subject and "None" not in letter.text
        words.append(f"{letter.subject} {letter.text} {letter.html}")
    assert len(words) == 9
    whole = " ".join(words)
    said = (
        "Обработчик не работает",
        "Перезапустите",
        "из последних 50",
        "100 % бюджета на СМС за день, в сегментах",
        "Тревога снята",
    )
    in_english = (
        "The worker is not running",
        "Restart",
        "of the last 50",
        "100 % of the budget for SMS of the day, in segments,",
        "is over",
    )
    for sentence in said if locale == "ru" else in_english:
        assert sentence in whole.replace("\u00a0", " "), sentence


def test_the_web_sends_the_alarm_when_the_worker_is_gone(
    database: Database, settings: Settings, httpserver: HTTPServer
) -> None:
    assert stand_in() == 0, "a worker that never ran is not missed"
    beats()
    assert stand_in() == 0
    with db.atomic():
        Heartbeat.update(at=now() - timedelta(minutes=1)).execute()
        other = Message.create(channel="mail", template="x", to="anna@example.org")
    assert stand_in() >= 1
    [letter] = Message.select().where(Message.template == "staff/alarm")
    assert letter.sent_at, "the letter is on its way without the worker"
    assert Message.get_by_id(other.id).tries == 0, "everything else waits for the worker"
    beats()
    alarms.watch()
    assert "worker" not in standing()
