"""A code that does not come: what the page says, and the other ways to it."""

import datetime as dt
import re

import pytest
import time_machine
from bs4 import BeautifulSoup
from peewee import Database

from cabinet.delivery.sending import handler_of, send_next
from cabinet.models import Attempt, DeliveryTry, InboxItem, Message, OneTimeCode
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.fate import Fault, State
from config import Settings
from tests.cast import PHONE
from tests.journeys import to_code
from tests.visitor import Visitor, last_code

START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
BY_CALL = pytest.mark.settings(code_channels=("sms", "call"))
NUMBER, OURS = "Проверьте номер", "неполадка у нас"


def failed(fault: str, error: str = "Twilio 1") -> None:
    """The SMS of the code is dead by this fault; the worker has taken its count back where it is ours."""
    with db.atomic():
        Message.update(dead_at=now(), due_at=None, fault=fault, error=error).execute()
        if Fault(fault or Fault.UNKNOWN).ours:
            code = OneTimeCode.get()
            code.take_back(str(code.message))


@pytest.mark.parametrize("fault", ["money", "account", "sender", "budget"])
def test_the_companys_fault_costs_no_wait_and_accuses_nobody(visitor: Visitor, fault: str) -> None:
    to_code(visitor)
    failed(fault)
    visitor.get("/code")
    assert OURS in visitor.text and NUMBER not in visitor.text
    assert not re.search("Ваш ли это номер|Есть ли сеть", visitor.text), "there is nothing to check"
    assert visitor.page.find(True, attrs={"data-countdown": "0"})
    visitor.fill_and_submit("form[action='/code/resend']")
    assert visitor.status == 200 and "Отправили новый код" in visitor.text
    assert Attempt.count("sms-phone", PHONE, 86400) == 1


def test_the_page_learns_of_it_by_itself(visitor: Visitor) -> None:
    to_code(visitor)
    failed("money")
    fragment = visitor.client.get("/code/delivery", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert OURS in fragment.replace("\xa0", " ")
    assert 'hx-swap-oob="true"' in fragment and 'data-countdown="0"' in fragment, (
        "the button is there at once"
    )
    assert "Ваш ли это номер" not in fragment and 'id="not-coming"' in fragment


def test_what_helps_opens_by_itself_once_a_code_is_lost(visitor: Visitor) -> None:
    to_code(visitor)
    fragment = "/code/delivery"
    waiting = visitor.client.get(fragment, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "not-coming" not in waiting
    failed("operator")
    lost = visitor.client.get(fragment, headers={"HX-Request": "true"}).get_data(as_text=True)
    lost = lost.replace("\xa0", " ")
    opened = BeautifulSoup(lost, "html.parser").select_one("details#not-coming[open][hx-swap-oob]")
    assert opened and "Есть ли сеть" in opened.text and PHONE[-2:] in opened.text


def test_who_has_no_code_any_more_is_told_nothing_of_it(visitor: Visitor) -> None:
    to_code(visitor)
    visitor.client.delete_cookie("cabinet")
    fragment = visitor.client.get("/code/delivery", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "номер" not in fragment and "hx-get" not in fragment and 'id="delivery"' in fragment


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ("number", "Twilio 21211", NUMBER),
        ("operator", "SMSC 20/6", "Включён ли телефон"),
        ("unknown", "Twilio 30008", "Почему, нам не сказали"),
        ("", "HTTP: HTTP 422", "Почему, нам не сказали"),
        ("", "expired", "не сообщил"),
        ("", "no answer twice: SMSC: cut off", "не сообщил"),
    ],
)
def test_who_is_to_blame_is_said(visitor: Visitor, fault: str, error: str, said: str) -> None:
    to_code(visitor)
    failed(fault, error)
    visitor.get("/code")
    assert said in visitor.text and OURS not in visitor.text
    assert (NUMBER in visitor.text) == (said == NUMBER)


def test_a_word_that_says_nothing_ends_the_waiting(visitor: Visitor) -> None:
    to_code(visitor)
    with db.atomic():
        Message.update(status=State.UNKNOWN.value).execute()
    visitor.get("/code")
    assert "не сообщил" in visitor.text and not visitor.page.select("[hx-get='/code/delivery']")


def test_without_the_setting_no_call_is_offered(visitor: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        assert "Позвонить" not in visitor.text
        clock.shift(61)
        visitor.post("/code/resend", {"way": "call", "csrf_token": visitor.value("csrf_token")})
        assert [m.channel for m in Message.select()] == ["sms", "sms"]


@BY_CALL
def test_a_call_speaks_the_same_code(visitor: Visitor, settings: Settings) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        written = last_code(PHONE)
        visitor.post("/code/resend", {"way": "call", "csrf_token": visitor.value("csrf_token")})
        assert visitor.status == 429 and "Позвонить можно" in visitor.text, "the wait is for both ways"
        clock.shift(61)
        visitor.get("/code")
        assert visitor.page.select_one("form.resend button[name=way][value=call]")
        visitor.post("/code/resend", {"way": "call", "csrf_token": visitor.value("csrf_token")})
        assert "Код из звонка" in visitor.text
        assert "Звоним вам" in visitor.text and last_code(PHONE) == written
        with time_machine.travel(START + dt.timedelta(seconds=62)):
            assert send_next("call", handler_of("call", settings))
        spoken = InboxItem.get(InboxItem.kind == "call")
        assert (spoken.to, spoken.text) == (PHONE, " ".join(written))
        visitor.get("/code")
        assert "Звонок принят" in visitor.text
        visitor.fill_and_submit(code=written)
        assert visitor.path == "/register/account"


@BY_CALL
def test_a_code_that_is_no_good_is_replaced_by_a_call(visitor: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_code(visitor)
        clock.shift(601)
        visitor.get("/code")
        visitor.post("/code/resend", {"way": "call", "csrf_token": visitor.value("csrf_token")})
        assert "новый код" in visitor.text
        first, second = OneTimeCode.select().order_by(OneTimeCode.created_at)
        assert first.voided_at and second.live
        assert Message.get_by_id(second.message).channel == "call"


@pytest.mark.settings(code_channels=("sms", "call"), code_resend_waits=(), calls_per_phone_day=2)
def test_calls_have_limits_of_their_own(visitor: Visitor) -> None:
    to_code(visitor)
    for expected in (200, 200, 429):
        visitor.get("/code")
        visitor.post("/code/resend", {"way": "call", "csrf_token": visitor.value("csrf_token")})
        assert visitor.status == expected
    visitor.get("/code")
    visitor.post("/code/resend", {"way": "sms", "csrf_token": visitor.value("csrf_token")})
    assert visitor.status == 200 and "Отправили новый код" in visitor.text


@pytest.mark.settings(code_channels=("sms", "call"), code_resend_waits=())
def test_a_call_that_fails_by_our_fault_gives_back_the_call_alone(database: Database) -> None:
    code = OneTimeCode.send("registration", PHONE, "192.0.2.1", "ru")
    sms = code.message
    code.repeat("call", "192.0.2.1", "ru")
    assert code.message != sms
    code.take_back(str(code.message))
    counts = [Attempt.count(kind, PHONE, 86400) for kind in ("sms-phone", "call-phone")]
    assert counts == [1, 0]
    code.take_back(str(sms))
    assert Attempt.select().count() == 0


def test_asking_again_while_a_gateway_is_silent_sends_the_same_code(visitor: Visitor) -> None:
    to_code(visitor)
    digits = last_code(PHONE)
    claimed = Message.claim_next("sms")
    assert claimed
    DeliveryTry.begin(claimed, "twilio").ended(State.SILENT, "Twilio: no answer")
    claimed.mark_failed("Twilio: no answer", 20, certain=False)
    visitor.fill_and_submit("form[action='/code/resend']")
    assert visitor.status == 200 and "один и тот же" in visitor.text
    assert last_code(PHONE) == digits and OneTimeCode.select().count() == 1
    assert Message.claim_next("sms"), "the next gateway is asked at once"
