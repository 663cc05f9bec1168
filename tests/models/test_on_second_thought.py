"""What staff take back on a request: whether its resident waits for an answer after all."""

import pytest
from peewee import Database

from cabinet.models import Audit, ConnectionRequest, RequestNote, Staff, Unread
from cabinet.models.database import db
from cabinet.models.on_second_thought import let_wait_again, take_back_note, was_not_answered
from tests.cast import OTHER_PHONE, PHONE
from tests.models.clock import after, moment
from tests.models.test_request import IP, submit


@pytest.fixture
def olga(database: Database) -> Staff:
    return Staff.add("olga@example.org", "clerk", "hash")


def history(request: ConnectionRequest, *kinds: str) -> None:
    """Entries, a second after each other."""
    for number, kind in enumerate(kinds):
        with after(number), db.atomic():
            RequestNote.create(request=request, kind=kind, text=kind)


@pytest.mark.parametrize(
    ("kinds", "waits"),
    [
        (("answer",), True),
        (("reply", "answer"), True),
        (("answer", "note"), True),
        (("answer", "reply"), False),
        (("answer", "reply", "note"), False),
        (("reply",), False),
        (("note",), False),
        ((), False),
    ],
)
def test_who_wrote_last_waits(olga: Staff, kinds: tuple[str, ...], waits: bool) -> None:
    request, other = submit(PHONE, key="1"), submit(OTHER_PHONE, key="2")
    history(request, *kinds)
    history(other, "answer")
    assert was_not_answered(request.notes()) is waits
    assert let_wait_again(request, olga, IP) is waits
    assert [one.request.id for one in Unread.select()] == ([request.id] if waits else [])


def test_they_wait_since_they_wrote_last_and_that_is_on_record_once(olga: Staff) -> None:
    request = submit(PHONE)
    history(request, "answer", "answer", "note")
    assert let_wait_again(request, olga, IP) and let_wait_again(request, olga, IP)
    assert Unread.get().at == moment(1)
    [act] = Audit.select().where(Audit.action == "staff-request-waits-again")
    assert (act.actor, act.subject, act.ip) == (olga.actor, request.number, IP)


def test_for_a_closed_request_nobody_waits(olga: Staff) -> None:
    request = submit(PHONE, state="done")
    history(request, "answer")
    assert not let_wait_again(request, olga, IP) and not Unread.select().exists()


def test_a_note_is_taken_back_by_who_wrote_it_and_keeps_its_place(olga: Staff) -> None:
    request, other = submit(PHONE, key="1"), submit(OTHER_PHONE, key="2")
    ivan = Staff.add("ivan@example.org", "clerk", "hash")
    with db.atomic():
        mine, theirs = (
            RequestNote.create(request=request, kind="note", text=one.email, staff=one.id)
            for one in (olga, ivan)
        )
        reply = RequestNote.create(request=request, kind="reply", text="x", staff=olga.id)
    for wrong in (theirs.id, reply.id, 999):
        assert take_back_note(request, wrong, olga, IP) is None
    assert take_back_note(other, mine.id, olga, IP) is None
    assert take_back_note(request, mine.id, olga, IP) == olga.email
    assert take_back_note(request, mine.id, olga, IP) is None, "once"
    assert [one.text for one in RequestNote.select().order_by(RequestNote.id)] == ["", ivan.email, "x"]
    [act] = Audit.select().where(Audit.action == "staff-request-note-taken-back")
    assert (act.actor, act.subject, act.ip) == (olga.actor, request.number, IP)
