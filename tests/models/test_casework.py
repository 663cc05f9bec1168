"""What staff do with requests: where one may go, who has it, what is written down."""

import pytest
from peewee import Database

from cabinet.models import Audit, ConnectionRequest, Message, RequestNote, Staff, casework
from cabinet.models.database import db
from tests.cast import PHONE
from tests.models.clock import after, moment
from tests.models.test_request import submit

IP = "192.0.2.1"
STATES = ("new", "in_work", "done", "refused")
ALLOWED = {
    *(("new", "in_work"), ("in_work", "done"), ("in_work", "new")),
    *(("done", "in_work"), ("refused", "in_work")),
}


@pytest.fixture
def olga(database: Database) -> Staff:
    return Staff.add("olga@example.org", "clerk", "hash")


@pytest.fixture
def asked(olga: Staff) -> ConnectionRequest:
    submit(key="other")
    request = submit()
    with db.atomic():
        Message.delete().execute()
        Audit.delete().execute()
    return request


def fresh(request: ConnectionRequest) -> ConnectionRequest:
    return ConnectionRequest.get_by_id(request.id)


def bring(request: ConnectionRequest, state: str, **changes: object) -> ConnectionRequest:
    with db.atomic():
        ConnectionRequest.update(state=state, **changes).where(ConnectionRequest.id == request.id).execute()
    return fresh(request)


@pytest.mark.parametrize("end", STATES)
@pytest.mark.parametrize("begin", STATES)
def test_ways_between_the_states(asked: ConnectionRequest, olga: Staff, begin: str, end: str) -> None:
    moved = casework.move(bring(asked, begin), end, olga, IP)
    assert moved == ((begin, end) in ALLOWED)
    assert fresh(asked).state == (end if moved else begin)
    assert RequestNote.select().count() == Audit.select().count() == moved
    assert {r.state for r in ConnectionRequest.select().where(ConnectionRequest.id != asked.id)} == {"new"}


def told() -> list[tuple[str, str]]:
    """Channel and template of what was sent to residents."""
    rows = Message.select().where(Message.channel.in_(("mail", "sms"))).order_by(Message.created_at)
    return [(row.channel, row.template) for row in rows]


@pytest.mark.parametrize(("email", "channel"), [("anna@example.org", "mail"), ("", "sms")])
def test_residents_are_told_once_that_it_was_taken_and_each_time_it_is_done(
    asked: ConnectionRequest, olga: Staff, email: str, channel: str
) -> None:
    bring(asked, "new", email=email)
    for state in ("in_work", "new", "in_work", "done", "in_work", "done"):
        assert casework.move(fresh(asked), state, olga, IP)
    assert told() == [(channel, f"request_{what}") for what in ("taken", "done", "done")]


@pytest.mark.parametrize("state", ["refused", "done"])
def test_reply_and_closing_are_one_act_and_one_message(
    asked: ConnectionRequest, olga: Staff, state: str
) -> None:
    found = bring(asked, "in_work")
    seen = found.last_entry()
    assert casework.answer(found, "Дома нет в базе", "sms", olga, IP, state=state, seen=seen)
    assert [(n.kind, n.text) for n in found.notes()] == [("reply", "Дома нет в базе"), ("state", state)]
    assert told() == [("sms", "staff_reply")] and Message.get().data["state"] == state
    assert fresh(asked).state == state and fresh(asked).closed_at
    assert not casework.answer(fresh(asked), "Дома нет в базе", "sms", olga, IP, state=state, seen=seen)
    assert len(told()) == 1, "a second click sends nothing"


def test_a_reply_to_a_request_that_changed_is_not_sent(asked: ConnectionRequest, olga: Staff) -> None:
    boris = Staff.add("boris@example.org", "clerk", "hash")
    seen = asked.last_entry()
    casework.answer(asked, "Готово", "mail", boris, IP, seen=seen)
    for state in ("", "refused"):
        with pytest.raises(casework.ChangedError):
            casework.answer(fresh(asked), "Нет", "mail", olga, IP, state=state, seen=seen)
    assert len(told()) == len(asked.notes()) == 1 and fresh(asked).state == "new"
    assert casework.answer(fresh(asked), "Нет", "mail", olga, IP, seen=asked.last_entry())


def test_a_reply_that_cannot_close_is_not_sent(asked: ConnectionRequest, olga: Staff) -> None:
    with pytest.raises(casework.ChangedError):
        casework.answer(bring(asked, "done"), "Нет", "mail", olga, IP, state="refused")
    assert not told() and not asked.notes() and fresh(asked).state == "done"


def test_a_stale_page_moves_nothing_though_the_state_is_the_same_again(
    asked: ConnectionRequest, olga: Staff
) -> None:
    boris = Staff.add("boris@example.org", "clerk", "hash")
    casework.move(asked, "in_work", olga, IP)
    seen = asked.last_entry()
    casework.move(fresh(asked), "new", boris, IP)
    casework.move(fresh(asked), "in_work", boris, IP)
    assert not casework.move(fresh(asked), "done", olga, IP, seen)
    assert (fresh(asked).state, fresh(asked).assignee) == ("in_work", boris.id)


def test_who_takes_it_into_work_has_it(asked: ConnectionRequest, olga: Staff) -> None:
    assert casework.move(asked, "in_work", olga, IP)
    row, note, audit = fresh(asked), RequestNote.get(), Audit.get()
    assert (row.assignee, row.closed_at) == (olga.id, None)
    assert (note.request.id, note.staff, note.kind, note.text) == (row.id, olga.id, "state", "in_work")
    assert (audit.action, audit.actor, audit.subject) == ("staff-request-moved", olga.actor, row.number)
    assert (audit.ip, audit.detail) == (IP, {"state": "in_work"})


def test_it_is_closed_with_its_time_and_opened_without(asked: ConnectionRequest, olga: Staff) -> None:
    with after():
        casework.move(bring(asked, "in_work", assignee="boris"), "done", olga, IP)
    row = fresh(asked)
    assert (row.closed_at, row.assignee) == (moment(0), "boris"), "closing takes it from nobody"
    casework.move(row, "in_work", olga, IP)
    assert (fresh(asked).closed_at, fresh(asked).assignee) == (None, olga.id)
    casework.move(fresh(asked), "new", olga, IP)
    assert (fresh(asked).closed_at, fresh(asked).assignee) == (None, None)


def test_what_somebody_else_moved_meanwhile_stays(asked: ConnectionRequest, olga: Staff) -> None:
    seen = fresh(asked)
    casework.move(asked, "in_work", olga, IP)
    assert not casework.move(seen, "refused", olga, IP)
    assert fresh(asked).state == "in_work" and RequestNote.select().count() == 1


def test_a_note_is_for_staff_alone(asked: ConnectionRequest, olga: Staff) -> None:
    casework.write_note(asked, "Перезвонить", olga, IP)
    note, audit = RequestNote.get(), Audit.get()
    assert (note.request.id, note.staff, note.kind, note.text) == (asked.id, olga.id, "note", "Перезвонить")
    assert (audit.action, audit.actor, audit.subject) == ("staff-request-noted", olga.actor, asked.number)
    assert audit.ip == IP and not Message.select().exists()


@pytest.mark.parametrize(("channel", "to"), [("mail", "anna@example.org"), ("sms", PHONE)])
def test_an_answer_goes_the_way_staff_chose(
    asked: ConnectionRequest, olga: Staff, channel: str, to: str
) -> None:
    with db.atomic():
        ConnectionRequest.update(locale="en").execute()
    assert casework.answer(fresh(asked), "Готово", channel, olga, IP)
    message, note, audit = Message.get(), RequestNote.get(), Audit.get()
    assert (message.channel, message.template, message.to) == (channel, "staff_reply", to)
    name = "Анна" if channel == "sms" else ""  # the mailbox is not proved
    assert message.data == {"name": name, "number": asked.number, "text": "Готово"}
    assert message.locale == "en" and message.blank_after
    assert (note.request.id, note.staff, note.kind, note.text) == (asked.id, olga.id, "reply", "Готово")
    assert (audit.action, audit.actor, audit.subject) == ("staff-request-answered", olga.actor, asked.number)
    assert (audit.ip, audit.detail) == (IP, {"lane": channel})


def test_a_second_press_sends_nothing(asked: ConnectionRequest, olga: Staff) -> None:
    with after():
        assert casework.answer(asked, "Готово", "mail", olga, IP)
    with after(1):
        assert not casework.answer(asked, "Готово", "mail", olga, IP)
    assert Message.select().count() == RequestNote.select().count() == Audit.select().count() == 1


def test_the_same_words_may_be_sent_again_later_by_others_or_elsewhere(
    asked: ConnectionRequest, olga: Staff
) -> None:
    boris = Staff.add("boris@example.org", "clerk", "hash")
    other = ConnectionRequest.get(ConnectionRequest.id != asked.id)
    with after(0):
        casework.answer(asked, "Готово", "mail", olga, IP)
    with after(1):
        assert casework.answer(other, "Готово", "mail", olga, IP)
        assert casework.answer(asked, "Почти", "mail", olga, IP)
    with after(2):
        assert casework.answer(asked, "Готово", "mail", olga, IP)
    with after(3):
        assert casework.answer(asked, "Готово", "mail", boris, IP)
    with after(4):
        casework.write_note(asked, "Готово", boris, IP)
    with after(5):
        assert casework.answer(asked, "Готово", "mail", boris, IP)


def test_that_another_request_was_taken_says_nothing_of_this_one(
    asked: ConnectionRequest, olga: Staff
) -> None:
    other = ConnectionRequest.get(ConnectionRequest.id != asked.id)
    for request in (other, asked):
        assert casework.move(fresh(request), "in_work", olga, IP)
    assert told().count(("mail", "request_taken")) == 2
