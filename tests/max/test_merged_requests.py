"""Requests of one number, one by a contact in MAX alone: its sender reads nothing of what others sent."""

import pytest
from flask import Flask

from cabinet.models import (
    ConnectionRequest,
    Message,
    Registration,
    RequestNote,
    Staff,
    User,
    casework,
    unclaimed_request,
)
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.request_merging import may_merge, merge, others_of
from tests.cast import LESNAYA, PHONE, resident
from tests.placing import signed_in
from tests.requests.conftest import REQUEST, to_request
from tests.staff.conftest import member
from tests.staff.test_requests import asked
from tests.visitor import Visitor

OWNERS, SECRETS = "11111111", ("Ежова", "Дальняя", "тайный вопрос")


@pytest.fixture
def owners(app: Flask, receipt: dict[str, str]) -> ConnectionRequest:
    """Of whoever has the SIM, and no cabinet yet."""
    request = asked(OWNERS, phone=PHONE, street="Дальняя")
    casework.write_back(request, "тайный вопрос", "")
    return request


def reads_nothing(visitor: Visitor, *pages: str) -> None:
    for page in (f"/requests/{OWNERS}", "/requests", *pages):
        visitor.get(page)
        assert not [one for one in SECRETS if one in visitor.text], (page, visitor.text)


def test_a_cabinet_by_a_contact_is_not_of_the_same_person(
    visitor: Visitor, owners: ConnectionRequest
) -> None:
    former: User = resident(PHONE)
    with db.atomic():
        draft = Registration.create(
            user=former, phone=PHONE, account=LESNAYA, proved_by="max", completed_at=now()
        )
    his = asked("22222222", phone=PHONE, user=former)
    assert not may_merge(owners, his) and not may_merge(his, owners)
    signed_in(visitor)
    reads_nothing(visitor, "/home")
    with db.atomic():
        Registration.update(proved_by=None).where(Registration.id == draft.id).execute()
    assert may_merge(owners, his), "once a code to the SIM was right"


def sent_by_contact(visitor: Visitor) -> ConnectionRequest:
    to_request(visitor)
    with db.atomic():
        Registration.update(proved_by="max").execute()
    visitor.fill_and_submit(**REQUEST)
    sent: ConnectionRequest = ConnectionRequest.get(ConnectionRequest.number != OWNERS)
    return sent


@pytest.mark.parametrize("kept", ["theirs", "the owner's"])
def test_they_become_no_whole_and_letters_go_to_the_mailbox_of_each(
    visitor: Visitor, owners: ConnectionRequest, kept: str
) -> None:
    sent, clerk = sent_by_contact(visitor), member()
    assert sent.proved_by == "max" and not others_of(owners) and not others_of(sent)
    whole, part = (sent, owners) if kept == "theirs" else (owners, sent)
    assert not merge(whole.number, part.number, clerk, "", whole.last_entry(), part.last_entry())
    for request, mailbox in ((sent, "former@example.org"), (owners, "owner@example.org")):
        request.email = mailbox
        casework.answer(request, f"Ответ на {request.number}", "mail", clerk, "")
        told = Message.select().where(Message.template == "staff_reply", Message.to == mailbox)
        assert [one.data["text"] for one in told] == [f"Ответ на {request.number}"]


def test_whoever_registers_with_the_sim_takes_over_none_by_a_contact(
    visitor: Visitor, owners: ConnectionRequest
) -> None:
    sent = sent_by_contact(visitor)
    newcomer: User = resident(PHONE)
    assert unclaimed_request.latest_of(PHONE) == owners
    with db.atomic():
        unclaimed_request.adopt(PHONE, newcomer.id)
    assert [one.number for one in ConnectionRequest.of_user(newcomer.id)] == [OWNERS]
    assert not unclaimed_request.may_be_of(sent, PHONE)


@pytest.mark.parametrize("kept", ["theirs", "the owner's"])
def test_who_sent_one_by_a_contact_sees_only_how_far_the_whole_is(
    visitor: Visitor, owners: ConnectionRequest, kept: str
) -> None:
    """One whole are only those of before it was known what proved a request."""
    sent = sent_by_contact(visitor)
    with db.atomic():
        ConnectionRequest.update(proved_by=None).execute()
    visitor.get(f"/requests/{sent.number}")
    token, clerk = visitor.csrf_token, member()
    whole, part = (sent, owners) if kept == "theirs" else (owners, sent)
    assert merge(whole.number, part.number, clerk, "", whole.last_entry(), part.last_entry())
    reads_nothing(visitor, f"/requests/{sent.number}")
    assert visitor.path == f"/requests/{whole.number}" and "Что дальше" in visitor.text
    visitor.post(f"/requests/{sent.number}/answer", {"csrf_token": token, "answer": "Пришлите мне всё"})
    reads_nothing(visitor)
    assert RequestNote.select().where(RequestNote.kind == "answer").count() == 1, "the owner's own"
    with db.atomic():
        Registration.delete().execute()
    reads_nothing(visitor, f"/requests/{sent.number}")


def test_who_proved_the_sim_sees_the_whole(visitor: Visitor, owners: ConnectionRequest, app: Flask) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    sent = ConnectionRequest.get(ConnectionRequest.number != OWNERS)
    staff: Staff = member()
    assert merge(OWNERS, sent.number, staff, "", owners.last_entry(), sent.last_entry())
    visitor.get(f"/requests/{sent.number}")
    assert visitor.path == f"/requests/{OWNERS}" and "тайный вопрос" in visitor.text, visitor.text
