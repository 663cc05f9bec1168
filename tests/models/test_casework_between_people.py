"""Requests go from hand to hand: colleagues hand them over, residents write back, somebody reads it."""

import pytest
from peewee import Database

from cabinet.models import Audit, ConnectionRequest, Message, RequestNote, Staff, Unread, casework
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from cabinet.models.passed_number import no_number
from cabinet.models.request_merging import followed
from tests.cast import PHONE, resident
from tests.models.clock import HOUR, after, moment
from tests.models.test_casework import IP, bring, fresh, told
from tests.models.test_request import submit


@pytest.fixture
def olga(database: Database) -> Staff:
    return Staff.add("olga@example.org", "clerk", "hash")


@pytest.fixture
def boris(database: Database) -> Staff:
    return Staff.add("boris@example.org", "clerk", "hash")


@pytest.fixture
def asked(database: Database) -> ConnectionRequest:
    with after(-HOUR):
        submit(key="other")
    with after():
        request = submit(email="")
    forget()
    return request


def forget() -> None:
    """What was told and noted up to here."""
    with db.atomic():
        Message.delete().execute()
        Audit.delete().execute()


def history(request: ConnectionRequest) -> list[tuple[str | None, str, str]]:
    return [(note.staff, note.kind, note.text) for note in request.notes()]


def audited() -> list[tuple[str, str, str, str, object]]:
    rows = Audit.select().order_by(Audit.id)
    return [(row.action, row.actor, row.subject, row.ip, row.detail) for row in rows]


def test_a_new_one_that_is_handed_over_is_taken_into_work_and_its_sender_told(
    asked: ConnectionRequest, olga: Staff, boris: Staff
) -> None:
    forget()
    assert casework.hand_over(asked, boris, olga, IP, seen=0)
    row = fresh(asked)
    assert (row.state, row.assignee) == ("in_work", boris.id)
    assert history(asked) == [(olga.id, "state", "in_work"), (olga.id, "handed", boris.id)]
    assert told() == [("sms", "request_taken")]
    assert audited() == [("staff-request-handed", olga.actor, row.number, IP, {"to": boris.actor})]
    others = ConnectionRequest.select().where(ConnectionRequest.id != asked.id)
    assert [(one.state, one.assignee) for one in others] == [("new", None)]


def test_one_that_somebody_has_goes_on_without_a_word_to_its_sender(
    asked: ConnectionRequest, olga: Staff, boris: Staff
) -> None:
    assert casework.hand_over(bring(asked, "in_work", assignee=olga.id), boris, olga, IP)
    assert history(asked) == [(olga.id, "handed", boris.id)] and told() == []
    assert fresh(asked).assignee == boris.id
    assert not casework.hand_over(fresh(asked), boris, olga, IP), "who has it has it"
    assert casework.hand_over(fresh(asked), olga, olga, IP)


def test_its_sender_is_told_once_that_it_was_taken(
    asked: ConnectionRequest, olga: Staff, boris: Staff
) -> None:
    casework.move(asked, "in_work", olga, IP)
    casework.move(fresh(asked), "new", olga, IP)
    assert casework.hand_over(fresh(asked), boris, olga, IP)
    assert told() == [("sms", "request_taken")]


@pytest.mark.parametrize("state", ["done", "refused"])
def test_what_is_closed_or_changed_meanwhile_is_handed_to_nobody(
    asked: ConnectionRequest, olga: Staff, boris: Staff, state: str
) -> None:
    forget()
    seen, stale = asked.last_entry(), fresh(asked)
    casework.write_note(asked, "Перезвонить", boris, IP)
    assert not casework.hand_over(fresh(asked), boris, olga, IP, seen)
    assert not casework.hand_over(bring(asked, state), boris, olga, IP)
    assert not casework.hand_over(stale, boris, olga, IP), "it is new no more"
    assert fresh(asked).assignee is None and told() == []
    assert [row[0] for row in audited()] == ["staff-request-noted"]


def test_the_next_is_the_new_one_that_has_waited_longest(asked: ConnectionRequest, olga: Staff) -> None:
    oldest = ConnectionRequest.get(ConnectionRequest.id != asked.id)
    with after(HOUR):
        newest = submit(key="newest")
    assert casework.next_after(newest) == oldest.number == casework.next_after(asked)
    assert casework.next_after(oldest) == asked.number
    bring(asked, "in_work")
    assert casework.next_after(oldest) == newest.number
    bring(newest, "done")
    assert casework.next_after(oldest) == ""


def test_what_a_resident_writes_back_is_told_to_the_staff(asked: ConnectionRequest) -> None:
    anna = resident()
    mine = bring(asked, "in_work", user=anna.id, email="anna@example.org")
    with after(5):
        assert casework.write_back(mine, "Вот квитанция", IP, "file.jpg", "image/jpeg")
    note, message = RequestNote.get(), Message.get()
    assert (note.request.id, note.staff, note.kind, note.text) == (mine.id, None, "answer", "Вот квитанция")
    assert (note.file, note.file_type) == ("file.jpg", "image/jpeg")
    assert (message.channel, message.template) == ("staff", "request_answered")
    assert message.data == {
        "number": mine.number,
        "name": "Иванова Анна Петровна",
        "text": "Вот квитанция",
        "file": True,
        "phone": PHONE,
        "email": "anna@example.org",
        "user": anna.id,
        "at": moment(5).isoformat(),
    }
    assert audited() == [("request-answered", f"user:{anna.id}", mine.number, IP, {})]
    assert [unread.request.id for unread in Unread.select()] == [mine.id]


def test_who_has_no_cabinet_writes_as_a_visitor(asked: ConnectionRequest) -> None:
    assert casework.write_back(asked, "Спасибо", IP)
    assert Message.get().data["user"] == "" and Message.get().data["file"] is False
    assert (RequestNote.get().file, RequestNote.get().file_type) == ("", "")
    assert audited() == [("request-answered", "visitor", asked.number, IP, {})]


def test_a_second_click_writes_nothing_and_other_words_do(asked: ConnectionRequest, olga: Staff) -> None:
    for text, file, new in (
        *(("Да", "", True), ("Да", "", False), ("Да", "f.jpg", True), ("Да", "again.jpg", False)),
        *(("Нет", "", True), ("Да", "", True)),
    ):
        assert casework.write_back(asked, text, IP, file) == new, (text, file)
    casework.write_note(asked, "Да", olga, IP)
    assert casework.write_back(asked, "Да", IP), "a note of the same words is not the resident's"


def test_so_many_answers_are_taken_of_one_phone(asked: ConnectionRequest) -> None:
    with after():
        for number in range(10):
            assert casework.write_back(asked, str(number), IP)
        other = ConnectionRequest.get(ConnectionRequest.id != asked.id)
        with pytest.raises(TooManyError):
            casework.write_back(other, "10", IP)
    assert not other.notes()


def test_it_waits_since_the_first_answer_until_somebody_takes_it_up(
    asked: ConnectionRequest, olga: Staff
) -> None:
    other = ConnectionRequest.get(ConnectionRequest.id != asked.id)
    for seconds, text in ((10, "Первое"), (20, "Второе")):
        with after(seconds):
            casework.write_back(asked, text, IP)
            casework.write_back(other, text, IP)
    forget()
    assert {unread.at for unread in Unread.select()} == {moment(10)}
    casework.mark_read(asked, olga, IP)
    assert audited() == [("staff-request-read", olga.actor, asked.number, IP, {})]
    casework.mark_read(asked, olga, IP)
    assert len(audited()) == 1, "it was read before"
    assert [unread.request.id for unread in Unread.select()] == [other.id]


@pytest.mark.parametrize("how", ["move", "note", "answer"])
def test_whatever_staff_do_with_it_takes_it_up(asked: ConnectionRequest, olga: Staff, how: str) -> None:
    casework.write_back(asked, "Спасибо", IP)
    if how == "move":
        casework.move(asked, "in_work", olga, IP)
    elif how == "note":
        casework.write_note(asked, "Готово", olga, IP)
    else:
        casework.answer(asked, "Готово", "sms", olga, IP)
    assert not Unread.select().exists()


def test_a_reply_may_bring_a_file_and_needs_somewhere_to_go(asked: ConnectionRequest, olga: Staff) -> None:
    with pytest.raises(casework.UnreachableError):
        casework.answer(asked, "Акт", "mail", olga, IP)
    assert not asked.notes()
    casework.answer(asked, "Акт", "sms", olga, IP, file="act.pdf", file_type="application/pdf")
    note = RequestNote.get()
    assert (note.file, note.file_type) == ("act.pdf", "application/pdf") and Message.get().data[
        "file"
    ] is True


def test_who_has_no_number_any_more_gets_a_letter(asked: ConnectionRequest, olga: Staff) -> None:
    anna = resident(no_number(), email="anna@example.org")
    mine = bring(asked, "in_work", user=anna.id, email="anna@example.org")
    assert mine.phone_now == ""
    casework.answer(mine, "Готово", "sms", olga, IP)
    message = Message.get()
    assert (message.channel, message.to, message.data["name"]) == ("mail", "anna@example.org", "Анна")


def test_the_same_words_after_it_was_taken_up_again_are_another_reply(
    asked: ConnectionRequest, olga: Staff
) -> None:
    assert casework.answer(asked, "Готово", "sms", olga, IP)
    casework.move(fresh(asked), "in_work", olga, IP)
    assert casework.answer(fresh(asked), "Готово", "sms", olga, IP)


def test_an_answer_stays_where_the_request_that_it_became_a_part_of_is_gone(asked: ConnectionRequest) -> None:
    part = bring(asked, "done", merged_into="99999999")
    assert followed(part) == part and casework.write_back(part, "Спасибо", IP)
    assert [text for _staff, _kind, text in history(asked)] == ["Спасибо"]
