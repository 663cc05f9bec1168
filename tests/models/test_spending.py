"""What SMS cost, and the budgets at which spending stops."""

import random
from dataclasses import replace
from datetime import date

import pytest
from peewee import Database, fn

from cabinet.models import DeliveryTry, Message, Spending
from cabinet.models.database import db
from cabinet.models.delivery_report import report
from cabinet.models.fate import Fault, State
from cabinet.models.spending import SpentError, budgets, price_of, prices
from config import Settings
from tests.cast import OTHER_PHONE, PHONE
from tests.models.clock import DAY, HOUR, after, moment
from tests.models.codes import AT_ONCE, refused, send

PRICED = {"sms_prices": ("twilio=8.5", "twilio/call=12")}


def sms(phone: str = PHONE) -> Message:
    """An SMS that is no code."""
    with db.atomic():
        return Message.enqueue("sms", "staff_reply", phone)


def begin(segments: int = 1, gateway: str = "twilio") -> DeliveryTry:
    """A try of it."""
    return DeliveryTry.begin(sms(), gateway, segments)


def spent() -> tuple[int, int]:
    """Segments and kopecks, which must be those of the tries."""
    sums = DeliveryTry.select(
        fn.COALESCE(fn.SUM(DeliveryTry.segments), 0), fn.COALESCE(fn.SUM(DeliveryTry.price), 0)
    ).where(DeliveryTry.state.not_in(["refused", "unavailable"]))
    found = Spending.since(date(2000, 1, 1))
    assert found == tuple(map(int, sums.scalar(as_tuple=True)))
    return found


@pytest.mark.settings(**PRICED)
def test_a_try_is_counted_before_it_begins(database: Database) -> None:
    row = begin(segments=2)
    assert spent() == (2, 1700) and row.state == "begun"
    row.ended(State.SILENT, "no answer")
    assert spent() == (2, 1700), "it may have been sent"


@pytest.mark.settings(**PRICED)
@pytest.mark.parametrize("state", [State.REFUSED, State.UNAVAILABLE])
def test_what_was_certainly_not_sent_costs_nothing(database: Database, state: State) -> None:
    begin().ended(state, "no", Fault.MONEY)
    assert spent() == (0, 0)


@pytest.mark.settings(**PRICED)
def test_the_gateways_own_words_count(database: Database) -> None:
    row = begin()
    row.taken(State.ACCEPTED, "SM1", None, 3, poll=False)
    assert spent() == (3, 2550), "three segments by our price"
    assert report("twilio", State.DELIVERED, "SM1", price=1000)
    assert spent() == (3, 1000)
    assert report("twilio", State.DELIVERED, "SM1", price=9999), "what is over stays"
    assert spent() == (3, 1000)


def test_every_rouble_is_counted_whatever_gateways_say(database: Database) -> None:
    for seed in range(40):
        dice = random.Random(seed)
        row = begin(dice.randint(1, 3))
        for _ in range(dice.randint(0, 4)):
            price, segments = dice.choice([None, 220, 850]), dice.choice([None, 1, 2])
            move = dice.randint(0, 2)
            if move == 0:
                row.ended(dice.choice([State.REFUSED, State.SILENT, State.UNAVAILABLE]), "x")
            elif move == 1:
                row.taken(State.ACCEPTED, f"SM{seed}", price, segments, poll=False)
            else:
                word = dice.choice([State.ACCEPTED, State.DELIVERED, State.UNDELIVERED])
                report("twilio", word, f"SM{seed}", price=price, segments=segments)
        spent()
    assert spent()[0] > 40


@pytest.mark.settings(**PRICED)
def test_days_are_those_of_moscow(database: Database) -> None:
    with after(12 * HOUR - 1):
        begin()
    with after(12 * HOUR):  # midnight in Moscow
        begin()
    assert {row.day: row.price for row in Spending.select()} == {
        date(2026, 10, 15): 850,
        date(2026, 10, 16): 850,
    }


@pytest.mark.settings(sms_day_segments=3, **PRICED)
def test_spending_stops_at_the_budget_of_the_day(database: Database) -> None:
    with after():
        begin(2)
        with pytest.raises(SpentError):
            begin(2)
        begin(1)
        with pytest.raises(SpentError) as error:
            begin(1)
        assert error.value.wait == 12 * HOUR + 1 and spent()[0] == 3
    with after(12 * HOUR):
        begin(3)


@pytest.mark.settings(sms_month_roubles=17, **PRICED)
def test_spending_stops_at_the_budget_of_the_month(database: Database) -> None:
    with after():
        begin(2)
    with after(15 * DAY), pytest.raises(SpentError):
        begin()
    with after(17 * DAY):
        begin()


@AT_ONCE
@pytest.mark.settings(sms_day_segments=10)
def test_the_last_part_of_a_budget_is_for_residents(database: Database) -> None:
    begin(8)
    send()
    begin(1)
    with pytest.raises(SpentError):
        send(OTHER_PHONE)
    send(OTHER_PHONE, known=True)
    begin(1)
    assert refused(OTHER_PHONE, known=True) > 0
    assert Message.select().where(Message.template == "code").count() == 2, "what is refused sends nothing"


@pytest.mark.settings(sms_day_segments=5)
def test_a_budget_costs_no_further_statement(database: Database) -> None:
    asked: list[str] = []
    db.obj.query_hooks.append(lambda event: asked.append(event.sql))
    send()
    db.obj.query_hooks.pop()
    assert sum("spending" in sql for sql in asked) == 1
    assert next(sql for sql in asked if "spending" in sql).count("attempt") > 1, "asked with the limits"
    assert budgets()[0].spent == 0


def add(seconds: float, segments: int, price: int, gateway: str = "twilio") -> None:
    """So much was spent then."""
    with db.atomic():
        Spending.add(moment(seconds), gateway, segments, price)


def test_what_is_spent_adds_up_by_day_and_gateway(database: Database) -> None:
    today, tomorrow = date(2026, 10, 15), date(2026, 10, 16)
    assert Spending.since(today) == (0, 0)
    add(0, 0, 0)
    assert not Spending.select().exists()
    for spending in ((0, 2, 500), (1, 1, 300), (2, -1, 0), (3, 0, -100), (DAY, 4, 50)):
        add(*spending)
    add(4, 8, 9, "smsaero")
    kept = {(row.day, row.gateway): (row.segments, row.price) for row in Spending.select()}
    assert kept == {
        (today, "twilio"): (2, 700),
        (today, "smsaero"): (8, 9),
        (tomorrow, "twilio"): (4, 50),
    }
    assert Spending.since(today) == (14, 759) and Spending.since(tomorrow) == (4, 50)


@pytest.mark.settings(**PRICED)
def test_prices_are_of_a_gateway_or_its_calls(database: Database) -> None:
    assert prices() == {"twilio": 850, "twilio/call": 1200}
    assert [price_of(line, 3) for line in ("twilio", "twilio/call", "smsaero")] == [2550, 3600, 0]


@pytest.mark.parametrize("line", ["twilio", "twilio=8.5=9"])
def test_what_is_no_price_is_an_error(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr("cabinet.models.spending.settings", lambda: replace(settings, sms_prices=(line,)))
    with pytest.raises(ValueError):
        price_of("twilio", 1)
