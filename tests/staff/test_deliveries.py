"""«Почему не пришла СМС?»: three clicks from a telephone number to every try and what to do."""

import pytest
from flask import Flask

from cabinet.models import Audit, DeliveryTry, Message, OneTimeCode, User
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.fate import Fault, State
from cabinet.staff.delivery_words import FAULTS_TO_DO, REASONS, STATES, STATES_TO_DO
from tests.cast import PHONE
from tests.markup import attribute
from tests.visitor import Visitor


def lost() -> OneTimeCode:
    """A code that one gateway refused and the other lost."""
    code = OneTimeCode.send("registration", PHONE, "192.0.2.1", "ru")
    message = Message.claim_next("sms")
    assert message
    DeliveryTry.begin(message, "smsaero").ended(State.REFUSED, "SMS Aero: money", Fault.MONEY)
    second = DeliveryTry.begin(message, "twilio")
    second.taken(State.ACCEPTED, "SM1", 220, 1, poll=False)
    with db.atomic():
        DeliveryTry.update(state="undelivered", fault="operator", reason="Twilio 30003").where(
            DeliveryTry.id == second.id
        ).execute()
        Message.update(dead_at=now(), due_at=None, fault="operator", error="Twilio 30003").execute()
    return code


def test_every_try_with_its_reason_and_what_to_do(desk: Visitor) -> None:
    code = lost()
    desk.get("/staff/messages")
    desk.follow("Почему не пришла СМС?")
    desk.fill_and_submit("form[role=search]", query="8 (916) 123-45-67")
    assert desk.path == "/staff/sms", "whom for is in no address"
    for said in ("smsaero", "нет денег", "Пополните счёт", "twilio", "Не доставлено", "запрет рассылок"):
        assert said in desk.text, said
    assert "2,20" in desk.text and "Twilio 30003" in desk.text
    assert code.digits not in desk.text
    assert "можно запросить через" in desk.text
    asked = Audit.get(Audit.action == "staff-sms-asked", Audit.detail != {"shown": []})
    assert asked.detail == {"shown": [code.message]}


def test_a_residents_card_leads_there_at_once(desk: Visitor) -> None:
    with db.atomic():
        user = User.create(phone=PHONE, first_name="Анна")
    lost()
    desk.get(f"/staff/resident/{user.id}")
    desk.fill_and_submit("form[action='/staff/sms']")
    assert "Пополните счёт" in desk.text


def test_the_dead_list_says_whose_fault_it_is(desk: Visitor) -> None:
    lost()
    desk.get("/staff/messages")
    assert "телефон: выключен" in desk.text and "Не доставлены: 1" in desk.text
    desk.get(attribute(desk.page.select("td a")[0], "href"))
    assert "Попытки отправить" in desk.text and "нет денег" in desk.text


def test_a_dead_code_is_not_sent_again_by_staff(desk: Visitor) -> None:
    code = lost()
    desk.get(f"/staff/message/{code.message}")
    assert not desk.page.select("form[action$='/retry']")
    desk.post(f"/staff/message/{code.message}/retry", {"csrf_token": desk.csrf_token})
    assert Message.get().dead_at


@pytest.mark.parametrize(
    ("query", "said"),
    [("+7 916 999-99-99", "ничего не отправляли"), ("Иванов", "не номер телефона")],
)
def test_what_was_never_sent(desk: Visitor, query: str, said: str) -> None:
    desk.get("/staff/sms")
    desk.fill_and_submit("form[role=search]", query=query)
    assert said in desk.text


def test_a_message_without_tries_says_why(desk: Visitor) -> None:
    OneTimeCode.send("registration", PHONE, "192.0.2.1", "ru")
    desk.get("/staff/sms")
    desk.fill_and_submit("form[role=search]", query=PHONE)
    assert "проверьте, работает ли обработчик" in desk.text


def test_every_state_and_fault_has_words(app: Flask) -> None:
    assert set(STATES) == set(State) and set(REASONS) == set(Fault) == set(FAULTS_TO_DO)
    assert set(STATES_TO_DO) == set(State) - {State.REFUSED, State.UNDELIVERED}, "those are a fault's"


def test_strangers_see_nothing(visitor: Visitor) -> None:
    visitor.get("/staff/sms")
    assert visitor.path == "/staff/sign-in"
