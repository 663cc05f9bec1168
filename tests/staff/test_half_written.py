"""Whatever is pressed on a request's page, what else was typed there stays; a stale page moves nothing."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import Audit, ConnectionRequest, Message, RequestNote, Staff, WebSession, casework
from cabinet.models.base import now
from tests.staff.conftest import PASSWORD, code_now, enter, member
from tests.staff.test_requests import NOTE, asked, press
from tests.visitor import ORIGIN, Visitor

PAGE = "/staff/request/12345678"
HAND_OVER = "button[formaction$='/hand-over']"
LONG = "Ответ. " * 600


@pytest.mark.parametrize(
    "button",
    [
        "button[formaction$='/typed']",
        "button[formaction$='/state'][value='in_work']",
        "button[name='state'][value='']",
        HAND_OVER,
        NOTE,
    ],
)
def test_what_else_was_typed_stays(desk: Visitor, admin: Staff, button: str) -> None:
    asked()
    desk.get(PAGE)
    typed = {"reply": LONG, "lane": "sms", "text": "Позвонить\nвечером", "colleague": admin.id}
    spent = {NOTE: "text", HAND_OVER: "colleague"}.get(button)
    desk.press(button, **typed)
    for _ in range(2):
        left = {name: desk.value(name).replace("\r\n", "\n") for name in typed if name != spent}
        assert left == {name: value for name, value in typed.items() if name != spent}
        desk.get(PAGE)


def test_what_was_sent_is_typed_no_more(desk: Visitor) -> None:
    asked()
    desk.get(PAGE)
    desk.press(NOTE, text="Звонила", reply="Подключим")
    desk.press("button[name='state'][value='']", text="Ещё")
    assert (desk.value("reply"), desk.value("text")) == ("", "Ещё")
    desk.press(NOTE)
    desk.reload()
    assert (desk.value("reply"), desk.value("text")) == ("", "")


def test_words_stay_with_their_request(desk: Visitor) -> None:
    asked()
    asked("87654321")
    desk.get(PAGE)
    desk.press("button[name='state'][value='']", reply=LONG)
    assert desk.error("reply")
    desk.get("/staff/request/87654321")
    assert desk.value("reply") == "" and not desk.error("reply")
    desk.get(PAGE)
    assert desk.value("reply") == LONG


def test_a_request_is_handed_over(desk: Visitor, clerk: Staff, admin: Staff) -> None:
    asked()
    desk.get(PAGE)
    desk.press(HAND_OVER)
    assert desk.error("colleague") == "Ошибка: Выберите, кому передать."
    desk.press(HAND_OVER, colleague=admin.id)
    found = ConnectionRequest.get()
    assert (found.state, found.assignee) == ("in_work", admin.id)
    assert f"Заявка у сотрудника {admin.email}" in desk.text
    assert [note.kind for note in found.notes()] == ["state", "handed"]
    assert Audit.get(Audit.action == "staff-request-handed").detail == {"to": admin.actor}
    assert [message.template for message in Message.select()] == ["request_taken"]
    assert [option["value"] for option in desk.page.select("option")] == ["", clerk.id]


@pytest.mark.parametrize("colleague", ["", "x", "blocked"])
def test_nobody_else_gets_a_request(desk: Visitor, admin: Staff, colleague: str) -> None:
    asked()
    gone = member("gone@example.org")
    gone.block(True)
    desk.get(PAGE)
    desk.press(HAND_OVER, colleague=gone.id if colleague == "blocked" else colleague)
    assert desk.error("colleague") and ConnectionRequest.get().state == "new"


def test_a_stale_page_moves_and_hands_over_nothing(desk: Visitor, admin: Staff) -> None:
    found = asked()
    desk.get(PAGE)
    stale = desk.one("[name=seen]")["value"]
    casework.write_note(found, "Занимаюсь", admin, "")
    for button, typed in {"button[value='in_work']": {}, HAND_OVER: {"colleague": admin.id}}.items():
        desk.press(button, seen=stale, **typed)
        assert "Проверьте, что с ней сейчас" in desk.text
    assert ConnectionRequest.get().state == "new" and RequestNote.select().count() == 1
    press(desk, "in_work")
    assert ConnectionRequest.get().state == "in_work"


@pytest.mark.parametrize("state", ["done", "refused"])
def test_a_closed_request_is_not_handed_over(clerk: Staff, admin: Staff, state: str) -> None:
    assert not casework.hand_over(asked(state=state), admin, clerk, "")
    assert ConnectionRequest.get().assignee is None


def test_a_request_without_an_address_is_answered_by_sms_alone(desk: Visitor) -> None:
    asked(email="")
    desk.get(PAGE)
    assert [one["value"] for one in desk.page.select("[name=lane]")] == ["sms"]


def keep(desk: Visitor, **typed: str) -> None:
    """What the page's script sends a moment after somebody typed."""
    told = {"csrf_token": desk.csrf_token, "seen": desk.value("seen"), "quietly": "y", **typed}
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    assert desk.client.post(f"{PAGE}/typed", data=told, headers=headers).status_code == 204


def test_what_is_typed_is_kept_without_a_press(desk: Visitor) -> None:
    asked()
    desk.get(PAGE)
    keep(desk, reply="Подклю", text="")
    keep(desk, reply="Подключим", text="Позвонить")
    desk.get("/staff/requests")
    desk.get(PAGE)
    assert (desk.value("reply"), desk.value("text")) == ("Подключим", "Позвонить")
    assert not RequestNote.select().exists()


def test_what_is_kept_late_does_not_bring_back_what_was_sent(desk: Visitor) -> None:
    asked()
    desk.get(PAGE)
    before = desk.value("seen")
    desk.press("button[name='state'][value='']", reply="Подключим")
    keep(desk, reply="Подключим", seen=before)
    desk.get(PAGE)
    assert desk.value("reply") == ""


def test_what_is_half_written_outlives_the_session_for_its_writer_alone(
    desk: Visitor, clerk: Staff, admin: Staff
) -> None:
    asked()
    desk.get(PAGE)
    keep(desk, reply="Подключим завтра", text="")
    with time_machine.travel(now() + timedelta(minutes=40), tick=False):
        desk.press(NOTE, reply="Подключим завтра утром", text="Позвонить")
        assert desk.title == "Вход для сотрудников" and not RequestNote.select().exists()
        desk.fill_and_submit(email=clerk.email, password=PASSWORD, code=code_now(clerk, 1))
        if desk.path != PAGE:
            desk.get(PAGE)  # htmx is told to load it
        assert (desk.value("reply"), desk.value("text")) == ("Подключим завтра утром", "Позвонить")
        desk.post("/staff/sign-out", {"csrf_token": desk.csrf_token})
        enter(desk, admin)
        desk.get(PAGE)
        assert desk.value("reply") == "", "nobody else finds it"


def test_who_signs_out_finds_it_when_they_are_back(desk: Visitor, clerk: Staff) -> None:
    asked()
    desk.get(PAGE)
    keep(desk, reply="Подключим", text="")
    desk.post("/staff/sign-out", {"csrf_token": desk.csrf_token})
    assert "Подключим" not in desk.text
    enter(desk, Staff.get_by_id(clerk.id))
    desk.get(PAGE)
    assert desk.value("reply") == "Подключим"


def test_nothing_is_kept_of_who_never_signed_in(app: Flask, clerk: Staff) -> None:
    asked()
    stranger = Visitor(app)
    stranger.get("/staff/sign-in")
    token = stranger.csrf_token
    for number in ("1000000", "9" * 3000):
        stranger.post(f"/staff/request/{number}/reply", {"csrf_token": token, "reply": "Words of a stranger"})
    kept = [row.data for row in WebSession.select()]
    assert not any("stranger" in str(data) for data in kept), kept
