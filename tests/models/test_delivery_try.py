"""What is recorded of each try to send, and when gateways are asked what became of it."""

from typing import Any

import pytest
from peewee import Database

from cabinet.models import DeliveryTry, Message, delivery_try
from cabinet.models.database import db
from cabinet.models.fate import Fault, State
from tests.cast import PHONE
from tests.models.clock import HOUR, after, moment

LONG = "n" * 101


def begin(gateway: str = "twilio", segments: int = 1, message: Message | None = None) -> DeliveryTry:
    """A try of a notice."""
    with db.atomic():
        message = message or Message.enqueue("sms", "password_changed", PHONE)
    return DeliveryTry.begin(message, gateway, segments)


def kept(row: DeliveryTry, *names: str) -> tuple[Any, ...]:
    """These fields as the database has them."""
    fresh = DeliveryTry.get_by_id(row.id)
    return tuple(getattr(fresh, name) for name in names)


def polled_at(row: DeliveryTry, seconds: float | None) -> None:
    """Let the gateway be asked about it so long after the start."""
    with db.atomic():
        at = None if seconds is None else moment(seconds)
        DeliveryTry.update(at=moment(0), poll_at=at).where(DeliveryTry.id == row.id).execute()


@pytest.mark.settings(sms_prices=("twilio=8.5", "twilio/call=12"))
def test_a_try_says_what_it_is_for_and_what_it_costs(database: Database) -> None:
    with db.atomic():
        call = Message.enqueue("call", "code", PHONE, {"purpose": "registration"})
        notice = Message.enqueue("sms", "password_changed", "+79031234567")
    call.round = 2
    names = "message", "round", "gateway", "way", "purpose", "operator", "segments", "price", "state"
    assert kept(DeliveryTry.begin(call, "twilio"), *names) == (
        *(call.id, 2, "twilio", "call", "code/registration", "mts", 1, 1200, "begun"),
    )
    assert kept(DeliveryTry.begin(notice, "smsaero", 3), *names) == (
        *(notice.id, 0, "smsaero", "sms", "password_changed", "beeline", 3, None, "begun"),
    )


def test_the_tries_of_a_message_are_those_of_its_round_in_order(database: Database) -> None:
    with after(2):
        second = begin()
    message = Message.get()
    with after(1):
        first = begin(message=message)
        begin()
        message.round = 1
        again = begin(message=message)
    message.round = 0
    with after(1), db.atomic():
        tied = begin(message=message)
        DeliveryTry.update(id="-").where(DeliveryTry.id == tied.id).execute()
    assert [one.id for one in DeliveryTry.of(message)] == ["-", first.id, second.id]
    message.round = 1
    assert DeliveryTry.of(message) == [again]


def test_how_a_try_ended_is_kept(database: Database) -> None:
    row = begin()
    with after(5):
        row.ended(State.REFUSED, LONG, Fault.MONEY)
    assert (row.state, row.reason, row.fault) == ("refused", LONG[:100], "money")
    assert kept(row, "state", "reason", "fault", "ended_at") == ("refused", LONG[:100], "money", moment(5))
    silent = begin()
    silent.ended(State.SILENT, "time-out")
    assert kept(silent, "state", "reason", "fault") == ("silent", "time-out", "")


def test_what_a_gateway_took_is_asked_about_five_seconds_later(database: Database) -> None:
    row = begin()
    with after(2):
        row.taken(State.ACCEPTED, "SM1", 220, 2, poll=True)
    assert (row.provider_id, row.price, row.segments, row.poll_at) == ("SM1", 220, 2, moment(7))
    names = "state", "provider_id", "price", "segments", "poll_at", "ended_at"
    assert kept(row, *names) == ("accepted", "SM1", 220, 2, moment(7), moment(2))
    other = begin(segments=3)
    other.taken(State.ACCEPTED, "SM2", None, None, poll=False)
    assert kept(other, *names[:5]) == ("accepted", "SM2", None, 3, None)


@pytest.mark.parametrize("state", [State.REFUSED, State.UNDELIVERED])
def test_what_is_known_of_a_try_is_not_forgotten(database: Database, state: State) -> None:
    row = begin()
    with db.atomic():
        DeliveryTry.change(row.id, DeliveryTry.state_is(State.BEGUN), state=state.value, reason="known")
    row.ended(State.SILENT, "time-out")
    row.taken(State.ACCEPTED, "SM1", 220, 2, poll=True)
    mine = "SM1" if state == State.UNDELIVERED else None
    known = kept(row, "state", "reason", "provider_id", "price", "poll_at")
    assert known == (state.value, "known", mine, None, None)


def test_a_word_that_came_first_is_completed_by_the_answer(database: Database) -> None:
    row = begin()
    with db.atomic():
        DeliveryTry.change(row.id, DeliveryTry.state_is(State.BEGUN), state="accepted", provider_id="SM1")
    row.taken(State.ACCEPTED, "SM1", 220, 2, poll=True)
    assert kept(row, "state", "price", "segments") == ("accepted", 220, 2) and row.poll_at


def test_only_after_silence_is_a_gateway_asked_for_what_it_may_not_have(database: Database) -> None:
    silent, begun = begin(), begin()
    silent.ended(State.SILENT, "time-out")
    with after(3):
        silent.ask_later()
        begun.ask_later()
    assert silent.poll_at == moment(8) and kept(silent, "poll_at") == (moment(8),)
    assert kept(begun, "poll_at") == (None,)


@pytest.mark.settings(sms_prices=("twilio=8.5",))
def test_a_price_follows_the_segments_where_we_know_it(database: Database) -> None:
    for gateway, price in (("twilio", 1700), ("smsaero", 220)):
        row = begin(gateway)
        row.taken(State.ACCEPTED, "id", 220, 1, poll=False)
        assert DeliveryTry.change(row.id, DeliveryTry.state_is(State.ACCEPTED), segments=2)
        assert kept(row, "segments", "price") == (2, price)
        assert not DeliveryTry.change(row.id, DeliveryTry.state_is(State.BEGUN), segments=9)
        assert kept(row, "segments") == (2,)


@pytest.mark.parametrize(
    ("age", "pause"),
    [(0, 5), (4, 5), (60, 60), (900, 600), (6 * HOUR, 600), (6 * HOUR + 1, None)],
)
def test_a_gateway_is_asked_less_and_less_often_for_six_hours(
    database: Database, age: int, pause: int | None
) -> None:
    row = begin()
    polled_at(row, age)
    with after(age - 0.001):
        assert DeliveryTry.claim_polls() == []
    with after(age):
        assert DeliveryTry.claim_polls() == [row]
        assert DeliveryTry.claim_polls() == []
    assert kept(row, "poll_at") == (None if pause is None else moment(age + pause),)


def test_one_gateway_is_asked_at_a_time_about_what_waits_longest(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_try, "BATCH", 3)
    rows = [begin() for _ in range(4)]
    for number, row in enumerate(rows):
        polled_at(row, 5 - number)
    other = begin("smsaero")
    polled_at(other, 0)
    with after(5):
        assert DeliveryTry.claim_polls() == [other]
        assert DeliveryTry.claim_polls() == rows[:0:-1], "so many at most"
        assert DeliveryTry.claim_polls() == rows[:1]
    assert kept(other, "at") == (moment(0),) and kept(begin(), "poll_at") == (None,)


def test_news_of_a_message_make_its_gateway_be_asked_at_once(database: Database) -> None:
    mine, other = begin(), begin()
    message = Message.get_by_id(mine.message)
    elsewhere, told = begin("smsaero", message=message), begin(message=message)
    for row in (mine, other, elsewhere):
        polled_at(row, HOUR)
    polled_at(told, None)
    with after(1):
        DeliveryTry.poll_now("twilio", message.id)
    assert [kept(row, "poll_at")[0] for row in (mine, other, elsewhere, told)] == [
        *(moment(1), moment(HOUR), moment(HOUR), None),
    ]
