"""The outbox as staff see it."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from cabinet.delivery import message_texts
from cabinet.models import Audit, Message
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.staff import paging
from config import ROOT
from tests.markup import attribute
from tests.visitor import Visitor


def dead(number: int = 1, **changes: object) -> list[Message]:
    """Messages that were given up."""
    values = {
        "channel": "mail",
        "template": "password_changed",
        "to": "anna@example.org",
        "error": "550 no such box",
    }
    with db.atomic():
        return [
            Message.create(**{**values, "due_at": None, "dead_at": now(), "tries": 12, **changes})
            for _ in range(number)
        ]


def test_dead_with_the_reason_and_no_whole_address(desk: Visitor) -> None:
    dead()
    desk.get("/staff/messages")
    assert "550 no such box" in desk.text and "Не доставлены: 1" in desk.text
    assert "anna@example.org" not in desk.text and "a•••@example.org" in desk.text


def test_each_is_named_in_words(desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE", 100)
    letters = ROOT / "cabinet" / "templates" / "letters"
    files = [path.relative_to(letters) for path in letters.rglob("*.*") if path.name[0] != "_"]
    kinds = {str(path.with_suffix("")) for path in files} - {"max_contact_button"}
    for kind in kinds:
        dead(template=kind)
    desk.get("/staff/messages")
    said = [row.select("td")[2].get_text(strip=True) for row in desk.page.select("tbody tr")]
    assert len(said) == len(kinds) > 40 and not [words for words in said if re.fullmatch("[a-z_/]*", words)]


@pytest.mark.parametrize(
    ("address", "column", "texts"),
    [
        ("dead", "Не доставлено", ["третье", "второе", "первое"]),
        ("dead?sort=when", "Не доставлено", ["первое", "второе", "третье"]),
        ("dead?sort=created", "Не доставлено", ["третье", "второе", "первое"]),
        ("found", "Создано", ["первое", "второе", "третье"]),
        ("found?sort=created", "Создано", ["третье", "второе", "первое"]),
    ],
)
def test_by_when_it_failed_or_was_written(desk: Visitor, address: str, column: str, texts: list[str]) -> None:
    for n, text in enumerate(("первое", "второе", "третье")):
        dead(error=text, dead_at=now() + timedelta(hours=n), created_at=now() - timedelta(hours=n))
    desk.get("/staff/messages")
    desk.fill_and_submit("form[role=search]", query="anna@example.org")
    desk.get(f"/staff/messages/{address}")
    assert [row.select("td")[-1].get_text(strip=True) for row in desk.page.select("tbody tr")] == texts
    assert desk.one("th[aria-sort]").get_text(strip=True).replace("\xa0", " ") == column


def test_in_english_staff_read_what_it_is_and_residents_that_it_is_theirs(desk: Visitor) -> None:
    (letter,) = dead(locale="en", data={"name": "Anna"})
    assert "Your password was changed" in message_texts.mail(letter).html
    desk.get("/staff/messages?lang=en")
    assert desk.one("td.staff__long").get_text(strip=True) == "Password changed"


@pytest.mark.parametrize(
    ("query", "found"),
    [("8 (916) 123-45-67", "sms"), (" anna@EXAMPLE.org ", "mail"), ("receiver", "webhook")],
)
def test_what_one_receiver_got(desk: Visitor, query: str, found: str) -> None:
    mine = {
        "sms": dead(channel="sms", template="code", to="+79161234567")[0],
        "mail": dead(sent_at=now(), dead_at=None, error="")[0],
        "webhook": dead(channel="webhook", to="receiver")[0],
    }
    dead(to="+79037654321")
    desk.get("/staff/messages")
    desk.fill_and_submit("form[role=search]", query=query)
    assert desk.path == "/staff/messages/found", "whom for is in no address"
    assert [attribute(a, "href").rpartition("/")[2] for a in desk.page.select("td a")] == [mine[found].id]
    assert ("Отправлено" if found == "mail" else "550 no such box") in desk.text
    listed = Audit.select().where(Audit.action == "staff-messages-listed").order_by(Audit.id.desc()).first()
    assert listed.detail == {"shown": [mine[found].id]}


@pytest.mark.parametrize("query", ["", "bob@example.org", "+79990000000", "\0", "%", "я" * 100, "🙂"])
def test_what_nobody_got(desk: Visitor, query: str) -> None:
    dead()
    desk.get("/staff/messages")
    desk.fill_and_submit("form[role=search]", query=query)
    assert "Ничего не нашли" in desk.text and not desk.page.select("td a")


def test_one_message_is_retried_and_no_other(desk: Visitor) -> None:
    one, other = dead(2)
    desk.get(f"/staff/message/{one.id}")
    desk.fill_and_submit(f"form[action='/staff/message/{one.id}/retry']")
    assert "отправим ещё раз" in desk.text
    again = Message.get_by_id(one.id)
    assert again.dead_at is None and again.due_at and again.tries == 0
    assert Message.get_by_id(other.id).dead_at
    assert Audit.get(Audit.action == "staff-message-retried").subject == one.id


def test_retry_all_but_the_expired(desk: Visitor) -> None:
    dead(3)
    (expired,) = dead(expires_at=now())
    desk.get("/staff/messages")
    desk.fill_and_submit("form[action='/staff/messages/retry']")
    assert "3 сообщения" in desk.text
    assert [m.id for m in Message.select().where(Message.dead_at.is_null(False))] == [expired.id]


def test_retry_of_what_is_not_dead_changes_nothing(desk: Visitor) -> None:
    with db.atomic():
        sent = Message.create(channel="sms", template="code", to="+79161234567", due_at=None, sent_at=now())
    desk.get(f"/staff/message/{sent.id}")
    token = desk.csrf_token
    desk.post(f"/staff/message/{sent.id}/retry", {"csrf_token": token})
    assert Message.get_by_id(sent.id).due_at is None
    assert "отправим ещё раз" not in desk.text
    assert not Audit.select().where(Audit.action == "staff-message-retried").exists()


@pytest.mark.parametrize(("state", "seen"), [("dead", "Д"), ("waiting", "Ж"), ("sent", "О")])
def test_messages_are_listed_by_state(desk: Visitor, state: str, seen: str) -> None:
    with db.atomic():
        Message.create(channel="sms", template="t", error="Д", due_at=None, dead_at=now())
        Message.create(channel="sms", template="t", error="Ж")
        Message.create(channel="sms", template="t", error="О", due_at=None, sent_at=now())
    desk.get(f"/staff/messages/{state}")
    assert [td.get_text() for td in desk.page.select("td:last-child")] == [seen]
    desk.get(f"/staff/messages/{state}?lane=mail")
    assert not desk.page.select("td")


def test_what_is_not_there(desk: Visitor) -> None:
    for path in ("/staff/messages/none", "/staff/message/none"):
        desk.get(path)
        assert desk.status == 404


def test_each_page_has_other_messages(app: Flask, desk: Visitor) -> None:
    dead(70)
    desk.get("/staff/messages")
    seen = {a["href"] for a in desk.page.select("td a")}
    desk.follow("Дальше")
    more = {a["href"] for a in desk.page.select("td a")}
    assert (len(seen), len(more), len(seen | more)) == (50, 20, 70)
