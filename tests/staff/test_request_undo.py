"""What staff did on a request and did not send is taken back by a press."""

from datetime import datetime

import pytest
from flask import Flask

from cabinet.models import Audit, ConnectionRequest, RequestNote, Staff, Unread, casework
from cabinet.models.database import db
from tests.staff.conftest import member
from tests.staff.test_requests import NOTE, asked
from tests.visitor import Visitor

PAGE = "/staff/request/12345678"
TAKE_BACK, AGAIN, READ = (f"button[formaction$='/{name}']" for name in ("take-back", "waits-again", "read"))


def test_a_note_is_taken_back_by_its_writer_and_its_words_are_in_the_field(desk: Visitor) -> None:
    casework.write_note(asked(), "Позвонить", member("other@example.org"), "")
    desk.get(PAGE)
    assert not desk.page.select(TAKE_BACK), "it is a colleague's"
    desk.press(NOTE, text="Звонила")
    desk.press(TAKE_BACK, text="Ещё")
    assert [note.text for note in RequestNote.select().order_by(RequestNote.id)] == ["Позвонить", ""]
    assert [words.get_text() for words in desk.page.select(".cards .staff__words")] == ["Позвонить"]
    assert desk.value("text").replace("\r\n", "\n") == "Ещё\n\nЗвонила" and "Заметку убрали" in desk.text
    assert Audit.select().where(Audit.action == "staff-request-note-taken-back").count() == 1


def test_an_older_page_is_still_older_after_a_note_was_taken_back(desk: Visitor, clerk: Staff) -> None:
    found = asked()
    desk.get(PAGE)
    desk.press(NOTE, text="Звонила")
    shown_to_colleague = found.last_entry()
    desk.press(TAKE_BACK)
    assert "Пока ничего не происходило" in desk.text
    casework.answer(found, "Завтра", "mail", clerk, "")
    with pytest.raises(casework.ChangedError):
        casework.answer(
            found, "Послезавтра", "mail", member("other@example.org"), "", seen=shown_to_colleague
        )


def test_no_other_entry_is_taken_back(desk: Visitor, clerk: Staff) -> None:
    found, other = asked(), asked("87654321")
    with db.atomic():
        for kind, whose in (("reply", clerk.id), ("note", "somebody"), ("answer", None)):
            RequestNote.create(request=found, kind=kind, text="Слова", staff=whose)
        RequestNote.create(request=other, kind="note", text="Слова", staff=clerk.id)
    desk.get(PAGE)
    for entry in [*(note.id for note in RequestNote.select()), 999, "x"]:
        desk.post(f"{PAGE}/note/{entry}/take-back", {"csrf_token": desk.csrf_token})
        assert "Этой заметки уже нет" in desk.text
    assert RequestNote.select().count() == 4


def test_who_needed_no_answer_waits_again(desk: Visitor, clerk: Staff) -> None:
    found = asked()
    casework.write_back(found, "Когда?", "")
    written: datetime = RequestNote.get().at
    desk.get(PAGE)
    desk.press(READ)
    assert not Unread.select().exists()
    desk.press(AGAIN)
    assert "Житель ждёт ответа" in desk.text and Unread.get().at == written
    assert "Заявка снова на вкладке «Ждут ответа»." in desk.text
    assert Audit.select().where(Audit.action == "staff-request-waits-again").count() == 1
    desk.get("/staff/requests/answered")
    desk.follow("12345678")
    desk.fill_and_submit(reply="Завтра", lane="mail")
    assert not desk.page.select(AGAIN), "it was answered"


def test_nobody_waits_who_wrote_nothing(app: Flask, desk: Visitor) -> None:
    asked()
    desk.get(PAGE)
    assert not desk.page.select(AGAIN)
    desk.post(f"{PAGE}/waits-again", {"csrf_token": desk.csrf_token})
    assert not Unread.select().exists()


def test_nobody_waits_for_an_answer_to_a_request_that_was_closed_meanwhile(desk: Visitor) -> None:
    found = asked()
    casework.write_back(found, "Когда?", "")
    desk.get(PAGE)
    desk.press(READ)
    with db.atomic():
        ConnectionRequest.update(state="done").execute()
    desk.press(AGAIN)
    assert "Состояние заявки уже изменили" in desk.text and not Unread.select().exists()
