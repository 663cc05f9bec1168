"""Connection requests: taken, noted, answered, closed, each once and on record."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from cabinet.delivery import message_texts
from cabinet.models import (
    Audit,
    ConnectionRequest,
    Message,
    RequestNote,
    Staff,
    casework,
)
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.receipts import store
from tests.markup import attribute
from tests.placing import at_desk
from tests.staff.conftest import member
from tests.threads import together
from tests.visitor import Visitor


def asked(number: str = "12345678", **changes: object) -> ConnectionRequest:
    """Somebody asked to be connected."""
    values = {
        "number": number,
        "phone": "+79161234567",
        "last_name": "Ежова",
        "first_name": "Анна",
        "email": "anna@example.org",
        "city": "Клин",
        "street": "Дачная",
        "house": "3",
        "comment": "=HYPERLINK(1)\n<b>x</b>",
        "idempotency_key": number,
    }
    with db.atomic():
        return ConnectionRequest.create(**{**values, **changes})


NOTE = "button[formaction$='/note']"


def press(desk: Visitor, state: str) -> None:
    desk.press(f"button[formaction$='/state'][value='{state}']")


def test_a_request_through_its_day(desk: Visitor, clerk: Staff) -> None:
    asked()
    desk.get("/staff/requests")
    desk.follow("12345678")
    assert "Ежова" in desk.text and desk.page.find("b") is None
    press(desk, "in_work")
    assert "В работе" in desk.text and clerk.email in desk.text
    desk.press(NOTE, text="Звонила, всё ясно")
    desk.fill_and_submit(reply="Подключим завтра.", lane="mail")
    assert "Ответ отправлен" in desk.text
    press(desk, "done")
    found = ConnectionRequest.get()
    assert (found.state, found.assignee) == ("done", clerk.id) and found.closed_at
    assert [(n.kind, n.text, n.staff) for n in found.notes()] == [
        ("state", "in_work", clerk.id),
        ("note", "Звонила, всё ясно", clerk.id),
        ("reply", "Подключим завтра.", clerk.id),
        ("state", "done", clerk.id),
    ]
    taken, message, done = Message.select().order_by(Message.created_at)
    assert (message.channel, message.to) == ("mail", "anna@example.org")
    assert (taken.template, done.template) == ("request_taken", "request_done")
    assert "в работе" in message_texts.mail(taken).subject
    assert "добавьте адрес" in message_texts.mail(done).text
    letter = message_texts.mail(message)
    assert "Подключим завтра." in letter.text and "12345678" in letter.subject
    actions = {a.action for a in Audit.select().where(Audit.subject == "12345678")}
    assert actions == {f"staff-request-{what}" for what in ("seen", "moved", "noted", "answered")}


def test_nul_is_no_letter(desk: Visitor) -> None:
    asked()
    desk.get("/staff/request/12345678")
    desk.press(NOTE, text="Зво\0нила")
    desk.fill_and_submit(reply="Под\0ключим", lane="sms")
    assert [note.text for note in ConnectionRequest.get().notes()] == ["Звонила", "Подключим"]


def test_reply_by_sms(desk: Visitor) -> None:
    asked()
    desk.get("/staff/request/12345678")
    desk.fill_and_submit(reply="Подключим завтра.", lane="sms")
    (message,) = Message.select()
    assert (message.channel, message.to) == ("sms", "+79161234567")
    assert message_texts.sms(message) == "Домопульт, заявка 12345678: Подключим завтра."


def test_reply_pressed_twice_goes_once(desk: Visitor) -> None:
    asked()
    desk.get("/staff/request/12345678")
    for _ in range(2):
        desk.fill_and_submit(reply="Подключим завтра.", lane="sms")
    assert Message.select().count() == RequestNote.select().count() == 1


def test_reply_pressed_twice_at_once_goes_once(app: Flask, clerk: Staff) -> None:
    found = asked()

    def answer() -> bool:
        return casework.answer(found, "Подключим завтра.", "sms", clerk, "")

    assert sorted(together([answer] * 4)) == [False, False, False, True]
    assert Message.select().count() == RequestNote.select().count() == 1


def test_reply_is_escaped_in_the_letter(desk: Visitor) -> None:
    asked()
    desk.get("/staff/request/12345678")
    desk.fill_and_submit(reply="<script>1</script>", lane="mail")
    assert "<script" not in message_texts.mail(Message.get()).html


@pytest.mark.parametrize(
    "typed",
    [
        {"reply": "", "lane": "mail"},
        {"reply": "я" * 301, "lane": "sms"},
        {"reply": "я" * 2001, "lane": "mail"},
        {"reply": "x", "lane": "pigeon"},
    ],
)
def test_what_cannot_be_taken(desk: Visitor, typed: dict[str, str]) -> None:
    asked()
    desk.get("/staff/request/12345678")
    desk.fill_and_submit(**typed)
    assert desk.status == (422 if desk.htmx else 200) and desk.page.select(".error")
    assert desk.one("title").get_text(strip=True).startswith("Ошибка:")
    assert desk.path == "/staff/request/12345678"
    assert not Message.select().exists() and not RequestNote.select().exists()


@pytest.mark.parametrize("text", ["", "я" * 2001])
def test_a_note_that_cannot_be_taken(desk: Visitor, text: str) -> None:
    asked()
    desk.get("/staff/request/12345678")
    desk.press(NOTE, text=text)
    assert desk.status == (422 if desk.htmx else 200) and desk.error("text")
    assert desk.value("text") == text, "it stays as typed"
    assert not RequestNote.select().exists()


@pytest.mark.parametrize("state", ["done", "x", "", "new"])
def test_no_way_from_new(desk: Visitor, state: str) -> None:
    asked()
    desk.get("/staff/request/12345678")
    token = desk.csrf_token
    desk.post("/staff/request/12345678/state", {"csrf_token": token, "state": state})
    assert ConnectionRequest.get().state == "new" and "уже изменили" in desk.text


def test_of_two_who_take_it_one_has_it(app: Flask, clerk: Staff, admin: Staff) -> None:
    one, other = asked(), ConnectionRequest.get()
    assert casework.move(one, "in_work", clerk, "")
    assert not casework.move(other, "in_work", admin, "")
    assert ConnectionRequest.get().assignee == clerk.id


def test_states_and_own(desk: Visitor, clerk: Staff) -> None:
    asked("11111111")
    asked("22222222", state="in_work", assignee=clerk.id)
    asked("33333333", state="in_work", assignee="somebody")
    for state, numbers in {
        "new": ["11111111"],
        "in_work": ["33333333", "22222222"],
        "mine": ["22222222"],
        "done": [],
        "all": ["33333333", "22222222", "11111111"],
    }.items():
        desk.get(f"/staff/requests/{state}")
        assert [a.get_text() for a in desk.page.select("td.nowrap a")] == numbers


def test_pages_hold_every_request_once(app: Flask) -> None:
    desk, moment = at_desk(Visitor(app), member()), now()
    for number in range(110):
        asked(f"{10_000_000 + number}", created_at=moment)
    desk.get("/staff/requests")
    found = [a.get_text() for a in desk.page.select("td a")]
    while desk.page.find("a", rel="next"):
        desk.follow("Дальше")
        found += [a.get_text() for a in desk.page.select("td a")]
    assert len(found) == len(set(found)) == 110


@pytest.mark.parametrize("name", ["", "../cabinet.db", "/etc/passwd", "none.pdf"])
def test_receipt_that_is_none(desk: Visitor, name: str) -> None:
    asked(receipt=name)
    desk.get("/staff/request/12345678/receipt")
    assert desk.status == 404
    desk.follow("На первую страницу")
    assert desk.title == "Сегодня"


def test_receipt_is_a_download(desk: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "folder", lambda: tmp_path)
    (tmp_path / ("ab" * 16)).write_bytes(b"%PDF")
    asked(receipt="ab" * 16, receipt_type="application/pdf")
    answer = desk.client.get("/staff/request/12345678/receipt")
    assert answer.data == b"%PDF" and answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment; filename=12345678.pdf"
    assert Audit.get(Audit.action == "staff-receipt-downloaded").subject == "12345678"


def test_a_list_begins_with_whoever_waits_longest_and_keeps_to_one_colleague(
    desk: Visitor, clerk: Staff, admin: Staff
) -> None:
    for number, minutes, whose in (("11111111", 9, clerk), ("22222222", 1, admin), ("33333333", 5, clerk)):
        asked(number, created_at=now() - timedelta(minutes=minutes), state="in_work", assignee=whose.id)

    def listed() -> list[str]:
        return [a.get_text() for a in desk.page.select("td.nowrap a")]

    desk.get("/staff/requests/in_work")
    assert listed() == ["22222222", "33333333", "11111111"]
    desk.follow("Дольше всех ждут")
    assert listed() == ["11111111", "33333333", "22222222"]
    desk.follow("Все")
    assert listed() == ["11111111", "33333333", "22222222"], "the order stays from tab to tab"
    desk.get(attribute(desk.page.select("td:last-child a")[0], "href"))
    assert listed() == ["11111111", "33333333"] and f"Занимается: {clerk.email}" in desk.text
    address = desk.url
    desk.get("/staff/residents")
    desk.get(address)
    assert listed() == ["11111111", "33333333"], "an address that can be kept"
    desk.follow("Показать все")
    assert listed() == ["11111111", "33333333", "22222222"]
    desk.get("/staff/requests/all?who=nobody&sort=x")
    assert listed() == ["22222222", "33333333", "11111111"]
