"""The export of what was spent: who, what for, what price."""

import csv
import io
from datetime import date, timedelta

import pytest

from cabinet.models import Audit, DeliveryTry, Message, OneTimeCode, Spending
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.fate import Fault, State
from cabinet.staff import spending
from tests.cast import PHONE
from tests.visitor import Visitor

pytestmark = pytest.mark.settings(sms_prices=("twilio=8.5",), code_resend_waits=())


def sent(to: str = PHONE, age: timedelta = timedelta()) -> DeliveryTry:
    """An SMS with a code that was handed over so long ago."""
    code = OneTimeCode.send("recovery", PHONE, "192.0.2.1", "ru")
    with db.atomic():
        Message.update(to=to).where(Message.id == code.message).execute()
    row = DeliveryTry.begin(Message.get(Message.id == code.message), "twilio")
    row.taken(State.ACCEPTED, row.id, None, None, poll=False)
    with db.atomic():
        DeliveryTry.update(at=now() - age).where(DeliveryTry.id == row.id).execute()
    return row


def rows(desk: Visitor, kind: str = "csv", **asked: str) -> list[list[str]]:
    """The lines of the file."""
    answer = desk.client.get(f"/staff/sms/spending/{kind}", query_string=asked)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=spending.{kind}"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def test_who_what_for_and_what_price(desk: Visitor) -> None:
    sent()
    refused = DeliveryTry.begin(Message.select().first(), "twilio")
    refused.ended(State.REFUSED, "no", Fault.MONEY)
    head, row = rows(desk)
    line = dict(zip(head, row, strict=True))
    assert line["Кому"] == PHONE[1:] and line["Зачем"] == "код для нового пароля"
    assert (line["Шлюз"], line["Оператор"], line["Рублей"]) == ("twilio", "МТС", "8,50")
    assert {"since", "until"} <= Audit.get(Audit.action == "staff-export-spending").detail.keys()


def test_what_is_exported_is_what_was_counted(desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spending, "BATCH", 2)
    for _ in range(5):
        sent()
    _head, *lines = rows(desk)
    assert len({line[-1] for line in lines}) == 5
    kopecks = [int(line[7].replace(",", "")) for line in lines]
    assert (sum(int(line[6]) for line in lines), sum(kopecks)) == Spending.since(date(2000, 1, 1))


def test_by_date(desk: Visitor) -> None:
    sent(age=timedelta(days=70))
    sent()
    assert len(rows(desk)) == 2 and len(rows(desk, since="2020-01-01")) == 3
    assert len(rows(desk, since="2020-01-01", until="2020-12-31")) == 1
    assert len(rows(desk, since="nonsense", until="")) == 2


def test_no_cell_is_a_formula(desk: Visitor) -> None:
    sent(to="=1+1")
    assert rows(desk)[1][1] == "'=1+1"


def test_the_phone_is_gone_with_its_message(desk: Visitor) -> None:
    sent()
    with db.atomic():
        Message.delete().execute()
    assert rows(desk)[1][1] == ""


def test_a_workbook_and_nothing_else(desk: Visitor) -> None:
    sent()
    assert desk.client.get("/staff/sms/spending/xlsx").data.startswith(b"PK")
    assert desk.client.get("/staff/sms/spending/pdf").status_code == 404


def test_the_page_offers_it(desk: Visitor) -> None:
    desk.get("/staff/sms/figures")
    form = desk.page.select_one("form[action$='/sms/spending/csv']")
    assert form and {field["name"] for field in form.select("input")} == {"since", "until"}


def test_strangers_get_no_file(visitor: Visitor) -> None:
    assert visitor.client.get("/staff/sms/spending/csv").status_code == 303
