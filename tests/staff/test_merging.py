"""Requests of one person: shown together, and merged into one that staff and the resident go on with."""

from datetime import timedelta
from typing import Any

import pytest

from cabinet.models import Audit, ConnectionRequest, Message, RequestNote, Staff, Unread, User, casework
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.request_merging import merge
from cabinet.receipts import store
from tests.cast import OTHER_PHONE, PHONE, resident
from tests.placing import signed_in
from tests.staff.test_requests import asked
from tests.visitor import Visitor

KEPT, OTHER = "11111111", "22222222"
CARD, QUESTION = f"/staff/request/{KEPT}", f"/staff/request/{KEPT}/merge/{OTHER}"


def both(**changes: Any) -> tuple[ConnectionRequest, ConnectionRequest]:
    """Two requests of one phone, the second with these changes."""
    return asked(KEPT), asked(OTHER, created_at=now() - timedelta(days=1), **changes)


def again(number: str) -> ConnectionRequest:
    found: ConnectionRequest = ConnectionRequest.get(ConnectionRequest.number == number)
    return found


def joined(kept: ConnectionRequest, other: ConnectionRequest, staff: Staff) -> bool:
    return merge(kept.number, other.number, staff, "", again(kept.number).last_entry(), other.last_entry())


def test_a_clerk_merges_two_after_a_question(desk: Visitor, clerk: Staff, admin: Staff) -> None:
    file = store.keep(b"%PDF-1.4")
    store.settle(file)
    _kept, other = both(
        street="Лесная", comment="Квартира сестры", receipt=file, receipt_type="application/pdf"
    )
    casework.write_note(other, "Звонила", admin, "")
    casework.write_back(other, "Есть новости?", "")
    desk.get(CARD)
    assert "Другие заявки этого человека" in desk.text and "Лесная" in desk.text
    desk.get(QUESTION)
    assert "Разъединить заявки нельзя" in desk.text
    desk.press("main form button")
    assert desk.path == CARD and f"Заявка № {OTHER} теперь часть этой." in desk.text
    for words in ("Звонила", "Есть новости?", "Квартира сестры", f"в заявке № {OTHER}", "Житель ждёт ответа"):
        assert words in desk.text
    assert [(note.kind, note.origin) for note in again(KEPT).notes()] == [
        ("note", OTHER),
        ("answer", OTHER),
        ("joined", OTHER),
    ]
    entry = RequestNote.get(RequestNote.kind == "joined")
    assert desk.client.get(f"{CARD}/files/{entry.id}").get_data() == b"%PDF-1.4"
    closed = again(OTHER)
    assert (closed.state, closed.merged_into, closed.receipt) == ("done", KEPT, "") and closed.closed_at
    row = Audit.get(Audit.action == "staff-request-merged")
    assert (row.actor, row.subject, row.detail) == (clerk.actor, OTHER, {"into": KEPT})
    assert not Message.select().where(Message.channel != "staff").exists(), "the resident is not told"
    told = Message.get(Message.template == "request_merged").data
    assert (told["number"], told["into"], told["user"]) == (OTHER, KEPT, "")


def test_the_one_that_was_merged_leads_to_the_one_kept(desk: Visitor, clerk: Staff) -> None:
    kept, other = both()
    assert joined(kept, other, clerk)
    desk.get(f"/staff/request/{OTHER}")
    assert "стала частью другой" in desk.text and not desk.page.select("button[value=in_work], #reply")
    desk.follow(f"№ {KEPT}")
    assert desk.path == CARD
    desk.get("/staff/requests/done")
    assert "Объединена" in desk.one("tbody").get_text() and OTHER in desk.text


def test_nothing_can_be_done_with_a_part(clerk: Staff) -> None:
    kept, other = both()
    assert joined(kept, other, clerk)
    for state in casework.WAYS["done"]:
        assert not casework.move(again(OTHER), state, clerk, "")
    assert not casework.hand_over(again(OTHER), clerk, clerk, "")
    with pytest.raises(casework.ChangedError):
        casework.answer(again(OTHER), "Да", "mail", clerk, "")
    assert not joined(kept, again(OTHER), clerk)
    assert not joined(again(OTHER), kept, clerk)


@pytest.mark.parametrize("number", [KEPT, OTHER])
def test_nothing_is_merged_that_changed_meanwhile(desk: Visitor, admin: Staff, number: str) -> None:
    both()
    desk.get(QUESTION)
    casework.write_note(again(number), "Уже звонила", admin, "")
    desk.press("main form button")
    assert "остались как есть" in desk.text and again(OTHER).merged_into is None


def test_a_double_press_merges_once(desk: Visitor) -> None:
    both()
    desk.get(QUESTION)
    typed = {name: desk.value(name) for name in ("seen", "other_seen", "csrf_token")}
    for _press in range(2):
        desk.post(QUESTION, typed)
    assert Message.select().where(Message.template == "request_merged").count() == 1
    assert RequestNote.select().count() == 2


@pytest.mark.parametrize("seen", ["", "x", "9" * 40])
def test_a_mark_that_is_none_merges_nothing(desk: Visitor, seen: str) -> None:
    both()
    desk.get(QUESTION)
    desk.post(QUESTION, {"csrf_token": desk.csrf_token, "seen": seen, "other_seen": "0"})
    assert again(OTHER).merged_into is None


def test_what_only_the_other_says_of_the_person_is_taken_over(clerk: Staff) -> None:
    anna: User = resident(PHONE)
    theirs = {"user": anna, "email": "anna@example.org", "account": "77", "account_key": "77"}
    kept, other = asked(KEPT, phone=PHONE, email=""), asked(OTHER, phone=PHONE, **theirs)
    casework.move(other, "in_work", clerk, "")
    sent = Message.select().count()
    assert joined(kept, other, clerk)
    found = again(KEPT)
    assert (found.user_id, found.email, found.account_key) == (anna.id, "anna@example.org", "77")
    assert (found.state, found.assignee) == ("in_work", clerk.id)
    casework.move(found, "new", clerk, "")
    casework.move(again(KEPT), "in_work", clerk, "")
    assert Message.select().where(Message.channel != "staff").count() == sent, "told once"


def test_what_others_are_not_answered_stays_so(clerk: Staff) -> None:
    (kept, other), third = both(), asked("33333333", phone=OTHER_PHONE)
    casework.write_back(third, "Есть новости?", "")
    assert joined(kept, other, clerk) and Unread.get().request.id == third.id


def test_parts_of_a_part_lead_on(clerk: Staff) -> None:
    kept, other = both()
    third = asked("33333333")
    assert joined(other, third, clerk) and joined(kept, again(OTHER), clerk)
    assert again("33333333").merged_into == KEPT
    assert [note.origin for note in again(KEPT).notes()] == ["33333333", OTHER]


def test_parts_by_another_number_of_the_same_resident_lead_on_as_well(clerk: Staff) -> None:
    anna: User = resident(PHONE)
    _kept, other = both(user=anna, phone=PHONE)
    third = asked("33333333", user=anna, phone=OTHER_PHONE)
    with db.atomic():
        ConnectionRequest.update(user=anna).execute()
    assert joined(other, third, clerk) and joined(again(KEPT), again(OTHER), clerk)
    assert again("33333333").merged_into == KEPT


def test_what_a_resident_writes_while_it_is_merged_is_for_the_one_kept(clerk: Staff) -> None:
    kept, other = both()
    third = asked("33333333")
    assert joined(kept, third, clerk) and joined(kept, other, clerk)
    with db.atomic():  # as some parts of parts were left before
        ConnectionRequest.update(merged_into=OTHER).where(ConnectionRequest.number == "33333333").execute()
    for loaded, text in ((other, "Подъезд второй"), (third, "Домофон не работает")):
        assert casework.write_back(loaded, text, "") and not casework.write_back(loaded, text, "")
    answers, unread = RequestNote.select().where(RequestNote.kind == "answer"), Unread.select()
    assert answers.count() == answers.where(RequestNote.request == kept.id).count() == 2
    assert unread.count() == unread.where(Unread.request == kept.id).count() == 1
    told = [row.data["number"] for row in Message.select().where(Message.template == "request_answered")]
    assert told == [KEPT, KEPT]


def test_requests_of_different_people_are_not_merged(desk: Visitor, clerk: Staff) -> None:
    former: User = resident(PHONE)
    kept = asked(KEPT, phone=PHONE)
    mine = asked(OTHER, phone=PHONE, user=former)
    stranger = asked("33333333", phone=OTHER_PHONE)
    with db.atomic():
        User.update(phone="~passed").execute()
    assert not joined(kept, mine, clerk), "the number is another's now"
    assert not joined(kept, stranger, clerk) and not joined(kept, kept, clerk)
    desk.get(CARD)
    assert "Другие заявки" not in desk.text
    assert desk.client.get(f"/staff/request/{KEPT}/merge/33333333").status_code == 404
    assert desk.client.get(f"/staff/request/{KEPT}/merge/44444444").status_code == 404


def test_what_the_numbers_former_holder_asked_for_is_not_merged_with_its_next_ones(
    desk: Visitor, clerk: Staff
) -> None:
    anna: User = resident(PHONE)
    former = asked(KEPT, phone=PHONE, created_at=now() - timedelta(days=300), email="x@example.org")
    present = asked(OTHER, phone=PHONE, user=anna)
    assert not joined(former, present, clerk) and not joined(present, former, clerk)
    desk.get(CARD)
    assert "Другие заявки" not in desk.text
    assert desk.client.get(QUESTION).status_code == 404
    later = asked("33333333", phone=PHONE, created_at=now() - timedelta(days=1))
    assert not joined(former, later, clerk), "of whichever cabinet neither is"
    assert joined(present, later, clerk)


@pytest.mark.settings(prove_again_after=0)
def test_where_numbers_do_not_pass_on_old_and_new_are_merged(clerk: Staff) -> None:
    former = asked(KEPT, phone=PHONE, created_at=now() - timedelta(days=300))
    assert joined(former, asked(OTHER, phone=PHONE, user=resident(PHONE)), clerk)


def test_requests_that_are_old_together_are_of_one_person(clerk: Staff) -> None:
    old, older = (now() - timedelta(days=days) for days in (300, 310))
    assert joined(asked(KEPT, created_at=old), asked(OTHER, created_at=older), clerk)


def test_the_resident_sees_one_by_both_numbers(visitor: Visitor, admin: Staff) -> None:
    kept, _other = both(phone=PHONE)
    with db.atomic():
        ConnectionRequest.update(phone=PHONE).execute()
    visitor.get("/requests")
    visitor.fill_and_submit("form[action$='/requests']", number=OTHER, phone=PHONE)
    assert visitor.path == f"/requests/{OTHER}"
    assert joined(kept, again(OTHER), admin)
    visitor.get(f"/requests/{OTHER}")
    assert KEPT in visitor.text and OTHER not in visitor.text
    visitor.get("/requests")
    assert [KEPT in card.get_text() for card in visitor.page.select(".cards li")] == [True]


def test_a_resident_at_home_sees_one(visitor: Visitor, admin: Staff) -> None:
    anna: User = resident(PHONE)
    kept, _other = both(user=anna)
    with db.atomic():
        ConnectionRequest.update(phone=PHONE, user=anna).execute()
    assert joined(kept, again(OTHER), admin)
    signed_in(visitor)
    visitor.get("/home")
    assert KEPT in visitor.text and OTHER not in visitor.text
    visitor.get(f"/requests/{OTHER}")
    assert KEPT in visitor.text


def test_what_was_merged_is_erased_with_its_resident(admin: Staff) -> None:
    anna: User = resident(PHONE)
    file = store.keep(b"%PDF-1.4")
    kept = asked(KEPT, phone=PHONE, user=anna)
    other = asked(OTHER, phone=PHONE, user=anna, receipt=file, receipt_type="application/pdf")
    assert joined(kept, other, admin)
    theirs = ConnectionRequest.theirs(PHONE, anna.id)
    assert ConnectionRequest.files_of(theirs) == [file]
    with db.atomic():
        ConnectionRequest.erase_of(PHONE, anna.id)
    assert not ConnectionRequest.select().exists() and not RequestNote.select().exists()
