"""Answering at the desk: refusals have words, replies to changed requests are held, the next one follows."""

from datetime import timedelta

import pytest

from cabinet.delivery import message_texts
from cabinet.models import ConnectionRequest, Message, Staff, casework
from cabinet.models.base import now
from cabinet.staff import views
from tests.staff.test_requests import NOTE, asked, press
from tests.visitor import Visitor


def press_reply(desk: Visitor, state: str, text: str) -> None:
    desk.fill_and_submit("form[action$='/reply']", reply=text, state=state, lane="sms")


def test_a_refusal_needs_words_and_they_are_sent(desk: Visitor) -> None:
    asked()
    desk.get("/staff/request/12345678")
    press_reply(desk, "refused", "  ")
    assert "Напишите причину отказа" in desk.text and not Message.select().exists()
    press_reply(desk, "refused", "Дом не наш")
    assert ConnectionRequest.get().state == "refused"
    assert message_texts.sms(Message.get()) == "Домопульт, заявка 12345678 отклонена: Дом не наш"


def test_a_reply_and_the_end_of_its_request_are_one_press(desk: Visitor, clerk: Staff) -> None:
    casework.move(asked(), "in_work", clerk, "")
    desk.get("/staff/request/12345678")
    desk.press("[value='done']:not([formaction])", reply="Подключили", lane="sms")
    assert ConnectionRequest.get().state == "done" and "Ответ отправлен" in desk.text
    said = [message_texts.sms(one) for one in Message.select().where(Message.template == "staff_reply")]
    assert len(said) == 1 and "Подключили" in said[0]


def test_a_request_is_not_refused_without_words(desk: Visitor) -> None:
    asked()
    desk.get("/staff/request/12345678")
    typed = {"csrf_token": desk.csrf_token, "state": "refused", "seen": "0"}
    desk.post("/staff/request/12345678/state", typed)
    assert ConnectionRequest.get().state == "new"


def test_a_reply_to_a_request_that_changed_meanwhile_is_held(desk: Visitor, admin: Staff) -> None:
    found = asked()
    desk.get("/staff/request/12345678")
    assert casework.answer(found, "Уже подключили", "mail", admin, "")
    press_reply(desk, "refused", "Дом не наш")
    assert "Ответить всё равно?" in desk.text and "Уже подключили" in desk.text
    assert desk.one("textarea[name=reply]").get_text() == "Дом не наш", "what was written is kept"
    assert Message.select().count() == 1 and ConnectionRequest.get().state == "new"
    press_reply(desk, "", "Дом не наш")
    assert "Ответ отправлен" in desk.text and Message.select().count() == 2


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "²"])
def test_a_mark_that_is_none_moves_and_sends_nothing(desk: Visitor, seen: str) -> None:
    asked()
    desk.get("/staff/request/12345678")
    token = desk.csrf_token
    desk.post("/staff/request/12345678/state", {"csrf_token": token, "state": "in_work", "seen": seen})
    assert "уже изменили" in desk.text
    typed = {"csrf_token": token, "reply": "Да", "lane": "sms", "state": "", "seen": seen}
    desk.post("/staff/request/12345678/reply", typed)
    assert "Ответить всё равно?" in desk.text
    assert ConnectionRequest.get().state == "new" and not Message.select().exists()


def test_after_one_request_comes_the_new_one_that_waits_longest(desk: Visitor) -> None:
    for number, day in {"11111111": 3, "22222222": 1, "33333333": 2}.items():
        asked(number, created_at=now() - timedelta(days=day))
    desk.get("/staff/request/22222222")
    press_reply(desk, "refused", "Дом не наш")
    desk.follow("Следующая заявка")
    assert desk.path == "/staff/request/11111111"
    desk.follow("Следующая заявка")
    assert desk.path == "/staff/request/33333333"
    press(desk, "in_work")
    desk.get("/staff/request/11111111")
    assert not desk.page.find_all("a", rel="next")


def test_every_page_says_how_much_waits(desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.get("/staff/residents")
    assert not desk.page.select(".staff__count")
    for number in range(3):
        asked(f"1000000{number}")
    asked("20000000", state="done")
    desk.get("/staff/residents")
    assert [one.get_text() for one in desk.page.select(".staff__count")] == ["3"]
    monkeypatch.setattr(views, "MOST_COUNTED", 2)
    desk.get("/staff/residents")
    assert "Заявки2+ (новых: 2+)" in desk.one(".staff__nav").get_text()


def test_neither_reply_nor_note_is_marked_as_required(desk: Visitor) -> None:
    asked()
    desk.get("/staff/request/12345678")
    assert not desk.page.select(".star")


def test_the_file_of_a_reply_looks_as_that_of_residents(desk: Visitor) -> None:
    asked()
    desk.get("/staff/request/12345678")
    assert desk.one(".drop input[type=file]")["name"] == "file"


@pytest.mark.parametrize("place", ["typed", "template", "preview", "note", "read"])
def test_what_only_shows_the_page_again_says_that_a_colleague_was_faster(
    desk: Visitor, admin: Staff, place: str
) -> None:
    found = asked()
    desk.get("/staff/request/12345678")
    desk.press(NOTE, text="Моя")
    assert "Пока вы писали" not in desk.text, "one's own note is no surprise"
    casework.write_note(found, "Уже звонила", admin, "")
    typed = {"csrf_token": desk.csrf_token, "seen": desk.value("seen"), "text": "Ещё", "reply": "Да"}
    desk.post(f"/staff/request/12345678/{place}", typed)
    assert "Пока вы писали, заявка изменилась" in desk.text and "Уже звонила" in desk.text
    desk.reload()
    assert "Пока вы писали" not in desk.text


@pytest.mark.sample(2)
@pytest.mark.parametrize("what", ["state", "hand", "note", "answer"])
def test_a_reply_is_held_whatever_it_was_that_changed(
    desk: Visitor, clerk: Staff, admin: Staff, what: str
) -> None:
    found = asked()
    desk.get("/staff/request/12345678")
    if what == "state":
        casework.move(found, "in_work", admin, "")
    elif what == "hand":
        casework.hand_over(found, clerk, admin, "")
    elif what == "note":
        casework.write_note(found, "Уже звонила", admin, "")
    else:
        casework.write_back(found, "Уже не нужно", "")
    press_reply(desk, "", "Подключим")
    assert "Ответить всё равно?" in desk.text
    assert not Message.select().where(Message.template == "staff_reply").exists()
