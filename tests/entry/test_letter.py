"""A code by letter: who is offered it, that it is the same code, and that nobody else gets one."""

import pytest
import time_machine
from flask import Flask

from cabinet.delivery.sending import handler_of, send_next
from cabinet.models import InboxItem, Message, OneTimeCode, Spending, base
from cabinet.models.base import now
from cabinet.models.database import db
from config import Settings
from tests.cast import PHONE, resident
from tests.journeys import FORGOT, sign_in, to_code, to_login_password
from tests.visitor import Visitor, inbox, last_code

BY_LETTER = pytest.mark.settings(code_channels=("sms", "email"), code_resend_waits=())
LETTER = "button[name=way][value=email]"


def forgets(visitor: Visitor, known: bool = True, **changes: object) -> None:
    """A resident, in a browser of theirs or in another one, has forgotten the password."""
    resident(**changes)  # type: ignore[arg-type]
    if known:
        sign_in(visitor)
        visitor.fill_and_submit("form[action='/logout']")
    to_login_password(visitor)
    visitor.fill_and_submit(FORGOT)
    assert visitor.path == "/code", visitor.text


def asks(visitor: Visitor) -> None:
    """Ask for the letter, whether it is offered or not."""
    visitor.post("/code/resend", {"way": "email", "csrf_token": visitor.value("csrf_token")})


@BY_LETTER
def test_a_letter_brings_the_same_code(visitor: Visitor, settings: Settings) -> None:
    forgets(visitor)
    digits = last_code(PHONE)
    assert visitor.page.select_one(LETTER)
    asks(visitor)
    assert "код в нём тот же" in visitor.text and last_code(PHONE) == digits
    assert "Отправили код письмом на a" in visitor.text and f"a{PHONE[1:]}" not in visitor.text
    assert digits in inbox("mail")[-1] and "Никому его не сообщайте" in inbox("mail")[-1]
    while send_next("mail", handler_of("mail", settings)):
        pass
    assert any(digits in item.subject for item in InboxItem.select().where(InboxItem.kind == "mail"))
    visitor.get("/code")
    assert "Письмо ушло" in visitor.text
    visitor.fill_and_submit(code=digits)
    assert visitor.path == "/login/new-password"


@BY_LETTER
def test_a_code_that_is_no_good_is_replaced_by_letter(visitor: Visitor) -> None:
    with time_machine.travel(base.now(), tick=False) as clock:
        forgets(visitor)
        clock.shift(601)
        visitor.get("/code")
        asks(visitor)
        first, second = OneTimeCode.select().order_by(OneTimeCode.created_at)
        assert second.live and not first.live
        assert Message.get_by_id(second.message).channel == "mail"


@BY_LETTER
@pytest.mark.parametrize("why", ["another browser", "address not confirmed"])
def test_nobody_else_is_offered_a_letter(visitor: Visitor, why: str) -> None:
    if why == "another browser":
        forgets(visitor, known=False)
    else:
        forgets(visitor, email_confirmed_at=None)
    assert not visitor.page.select_one(LETTER)
    asks(visitor)
    assert not Message.select().where(Message.channel == "mail", Message.template == "code").exists()


@BY_LETTER
def test_a_newcomers_phone_is_not_proved_by_a_letter(visitor: Visitor) -> None:
    to_code(visitor)
    assert not visitor.page.select_one(LETTER)
    asks(visitor)
    assert {message.channel for message in Message.select()} == {"sms"}


def test_letters_are_off_unless_asked_for(visitor: Visitor) -> None:
    forgets(visitor)
    assert not visitor.page.select_one(LETTER)


@pytest.mark.settings(code_channels=("sms", "email"))
def test_a_letter_waits_as_an_sms_does(visitor: Visitor) -> None:
    with time_machine.travel(base.now(), tick=False) as clock:
        forgets(visitor)
        asks(visitor)
        assert visitor.status == 429 and "Письмо с кодом можно" in visitor.text
        clock.shift(61)
        visitor.get("/code")
        asks(visitor)
        assert visitor.status == 200


@BY_LETTER
def test_letters_have_a_limit(visitor: Visitor) -> None:
    forgets(visitor)
    for expected in (200, 200, 200, 429):
        visitor.get("/code")
        asks(visitor)
        assert visitor.status == expected


@pytest.mark.settings(code_channels=("sms", "email"), code_resend_waits=(), sms_day_segments=10)
def test_without_a_budget_for_sms_there_is_the_letter(visitor: Visitor, app: Flask) -> None:
    with db.atomic():
        Spending.add(now(), "twilio", 10, 0)
    forgets(visitor)
    assert not Message.select().where(Message.channel == "sms", Message.template == "code").exists()
    asks(visitor)
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.path == "/login/new-password"
    stranger = Visitor(app)
    to_login_password(stranger)
    stranger.fill_and_submit(FORGOT)
    assert "Номер верный" in stranger.text
