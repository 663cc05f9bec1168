"""How SMS fare, in figures: which tries are looked at, and what is counted of them."""

from datetime import timedelta
from typing import Any

import pytest
from peewee import Database

from cabinet.models import DeliveryTry, Message, OneTimeCode, delivery_figures
from cabinet.models.database import db
from cabinet.models.delivery_figures import DAY as ONE_DAY
from cabinet.models.delivery_figures import HOUR as ONE_HOUR
from cabinet.models.delivery_figures import Fact, Figures, by, facts
from tests.cast import PHONE
from tests.models.clock import DAY, HOUR, after, moment


def begin(seconds: float = 0, template: str = "code", **changes: Any) -> DeliveryTry:
    """A try of that moment."""
    with after(seconds):
        with db.atomic():
            message = Message.enqueue("sms", template, PHONE)
        row = DeliveryTry.begin(message, "twilio")
        if changes:
            with db.atomic():
                DeliveryTry.update(**changes).where(DeliveryTry.id == row.id).execute()
    return row


def code_of(row: DeliveryTry, sent: float, used: float | None) -> None:
    """The code that it carried, when it was sent and typed."""
    with db.atomic():
        OneTimeCode.create(
            purpose="registration",
            phone=PHONE,
            message=row.message,
            created_at=moment(sent),
            expires_at=moment(sent),
            used_at=None if used is None else moment(used),
        )


def fact(state: str = "accepted", gateway: str = "twilio", took: float | None = None) -> Fact:
    return Fact(gateway, "sms", "mts", state, (2, 300), True, took)


def test_a_try_is_a_fact(database: Database) -> None:
    changes: dict[str, Any] = {"price": 220, "segments": 2, "state": "delivered"}
    typed, untyped = begin(3, **changes), begin(2, "password_changed")
    early = begin(1, purpose="")
    code_of(typed, 0, 33.5)
    code_of(untyped, 0, None)
    code_of(early, 0, 0)
    with after(10):
        found, all_of_them = facts(ONE_HOUR)
    assert all_of_them and found == [
        Fact("twilio", "sms", "mts", "delivered", (2, 220), True, 30.5),
        Fact("twilio", "sms", "mts", "begun", (1, 0), False, None),
        Fact("twilio", "sms", "mts", "begun", (1, 0), True, 0.0),
    ]
    begin(20, purpose="code/registration")
    with after(21):
        assert facts(timedelta(seconds=5))[0][0].is_code


def test_an_hour_is_not_a_day_and_codes_of_the_day_before_count(database: Database) -> None:
    row = begin(DAY)
    code_of(row, 1, DAY + 5)
    for since, seconds, number in (
        *((ONE_HOUR, DAY + HOUR - 1, 1), (ONE_HOUR, DAY + HOUR, 0)),
        *((ONE_DAY, 2 * DAY - 1, 1), (ONE_DAY, 2 * DAY, 0)),
    ):
        with after(seconds):
            assert len(facts(since)[0]) == number
    with after(DAY + 10):
        assert facts(ONE_HOUR)[0][0].took is None or facts(ONE_HOUR)[0][0].took == 5


def test_of_too_many_the_newest_are_looked_at(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_figures, "MOST", 2)
    begin(2, gateway="b")
    begin(1, gateway="a")
    with after(9):
        assert facts(ONE_HOUR)[1], "these are all"
        begin(3, gateway="c")
        found, all_of_them = facts(ONE_HOUR)
    assert ([one.gateway for one in found], all_of_them) == (["c", "b"], False)


def test_what_is_counted() -> None:
    found = [
        *(fact("delivered", took=10), fact("accepted", took=20), fact("begun", took=None)),
        *(fact("refused"), fact("unavailable", took=1)),
        *(fact("refused", "smsaero") for _ in range(2)),
        fact(gateway="smsc"),
    ]
    figures = by(found, lambda one: one.gateway)
    assert list(figures) == ["twilio", "smsaero", "smsc"], "the most used first"
    assert figures["twilio"] == Figures(3, 2, 1, 3, 2, 6, 900, [10, 20])
    assert figures["smsaero"] == Figures(refused=2)
    assert (figures["twilio"].median, figures["smsc"].median) == (15, None)
