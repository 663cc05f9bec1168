"""«Доставка СМС»: what gateways and operators did with our messages, and what it cost."""

from datetime import timedelta

import pytest

from cabinet.models import DeliveryTry, Message, OneTimeCode
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.delivery_report import report
from cabinet.models.fate import Fault, State
from tests.cast import OTHER_PHONE, PHONE
from tests.visitor import Visitor

PRICED = pytest.mark.settings(
    sms_prices=("twilio=8.5",), code_resend_waits=(), sms_day_roubles=100, sms_month_segments=1000
)


def sent(phone: str, age: timedelta = timedelta(), typed_after: int | None = None) -> DeliveryTry:
    """A code's SMS, handed over so long ago and typed so many seconds later."""
    code = OneTimeCode.send("registration", phone, "192.0.2.1", "ru")
    row = DeliveryTry.begin(Message.get(Message.id == code.message), "twilio")
    row.taken(State.ACCEPTED, row.id, None, None, poll=False)
    at = now() - age
    with db.atomic():
        DeliveryTry.update(at=at).where(DeliveryTry.id == row.id).execute()
        if typed_after is not None:
            used = at + timedelta(seconds=typed_after)
            OneTimeCode.update(used_at=used).where(OneTimeCode.id == code.id).execute()
    return row


def table(desk: Visitor, name: str) -> list[list[str]]:
    """The cells of a table."""
    rows = desk.page.select(f"[aria-labelledby={name}] tbody tr")
    return [[" ".join(cell.get_text().split()) for cell in row.select("td")] for row in rows]


@PRICED
def test_gateways_and_operators_in_figures(desk: Visitor) -> None:
    first = sent(PHONE, typed_after=10)
    report("twilio", State.DELIVERED, sent(PHONE, typed_after=30).id)
    sent("+79031234567")
    refused = DeliveryTry.begin(Message.get(Message.id == first.message), "smsaero")
    refused.ended(State.REFUSED, "no money", Fault.MONEY)
    desk.get("/staff/messages")
    desk.follow("Доставка СМС")
    assert table(desk, "gateways") == [
        ["twilio", "СМС", "3", "0", "1", "2 66,7 %", "20", "3", "25,50 ₽"],
        ["smsaero", "СМС", "0", "1", "0", "0", "—", "0", "0,00 ₽"],
    ]
    assert [row[:2] for row in table(desk, "operators")] == [["МТС", "2"], ["Билайн", "1"]]
    assert PHONE not in desk.text, "nobody's number is shown"


@PRICED
def test_an_hour_is_not_a_day(desk: Visitor) -> None:
    sent(PHONE, age=timedelta(hours=2))
    desk.get("/staff/sms/figures")
    assert "За это время ничего не отправляли" in desk.text
    desk.follow("За сутки")
    assert table(desk, "gateways")[0][2] == "1"
    desk.get("/staff/sms/figures/year")
    assert desk.status == 404


@PRICED
def test_what_is_left_of_the_budgets(desk: Visitor) -> None:
    sent(PHONE)
    sent(OTHER_PHONE)
    desk.get("/staff/sms/figures")
    assert "осталось 83,00 ₽ из 100,00 ₽" in desk.text.replace("\xa0", " ")
    assert "осталось сегментов: 998 из 1" in desk.text


def test_without_budgets_the_page_says_so(desk: Visitor) -> None:
    desk.get("/staff/sms/figures/day")
    assert "не заданы" in desk.text


@pytest.mark.settings(messages_kept=7 * 86_400)
def test_it_says_how_long_numbers_are_known(desk: Visitor) -> None:
    desk.get("/staff/sms/figures")
    assert "пока хранятся сообщения, дней: 7" in desk.text


def test_strangers_see_no_figures(visitor: Visitor) -> None:
    visitor.get("/staff/sms/figures")
    assert visitor.path == "/staff/sign-in"
