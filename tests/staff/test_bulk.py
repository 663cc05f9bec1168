"""Many requests at once: taken, handed over, finished and refused from their list, each as by itself."""

from typing import Any

import pytest

from cabinet.models import Audit, ConnectionRequest, Message, RequestNote, Staff, casework
from cabinet.models.bulk_casework import MOST
from cabinet.models.database import db
from tests.cast import resident
from tests.markup import attribute
from tests.staff.test_requests import asked
from tests.visitor import Visitor

NUMBERS = ("11111111", "22222222", "33333333")


def tick(desk: Visitor, *numbers: str) -> list[str]:
    """What the browser sends for the ticks of these requests."""
    return [attribute(desk.one(f"input[name=chosen][value^='{number}.']"), "value") for number in numbers]


def press(desk: Visitor, act: str, ticked: list[str], **typed: str) -> None:
    desk.press(f"button[name=act][value='{act}']", chosen=ticked, **typed)


def states() -> dict[str, str]:
    return {one.number: one.state for one in ConnectionRequest.select()}


def three(**changes: Any) -> None:
    for number in NUMBERS:
        asked(number, **changes)


def test_many_are_taken_each_on_record_and_their_residents_told(desk: Visitor, clerk: Staff) -> None:
    three()
    desk.get("/staff/requests/new?sort=oldest")
    press(desk, "in_work", tick(desk, *NUMBERS[:2]))
    assert "Взято в работу заявок: 2." in desk.text
    assert desk.url.endswith("/staff/requests/new?sort=oldest"), "the list stays as it was"
    assert states() == {"11111111": "in_work", "22222222": "in_work", "33333333": "new"}
    taken = ConnectionRequest.select().where(ConnectionRequest.state == "in_work")
    assert {one.assignee for one in taken} == {clerk.id}
    assert [one.template for one in Message.select()] == ["request_taken"] * 2
    rows = Audit.select().where(Audit.action == "staff-request-moved", Audit.actor == clerk.actor)
    assert sorted(row.subject for row in rows) == ["11111111", "22222222"]


def test_those_that_changed_meanwhile_are_named_and_left_alone(desk: Visitor, admin: Staff) -> None:
    three()
    desk.get("/staff/requests/new")
    ticked = tick(desk, *NUMBERS)
    casework.write_note(ConnectionRequest.get(ConnectionRequest.number == "22222222"), "Моя", admin, "")
    press(desk, "in_work", ticked)
    assert "Взято в работу заявок: 2." in desk.text
    assert "Изменились, пока вы смотрели, и остались как есть: № 22222222." in desk.text
    assert states() == {"11111111": "in_work", "22222222": "new", "33333333": "in_work"}


def test_what_cannot_be_done_with_one_is_done_with_the_others(desk: Visitor) -> None:
    asked("11111111")
    asked("22222222", state="in_work")
    desk.get("/staff/requests/all")
    press(desk, "done", tick(desk, "11111111", "22222222"))
    assert "С этими так поступить нельзя: № 11111111." in desk.text
    assert states() == {"11111111": "new", "22222222": "done"}
    assert Message.get().template == "request_done"


def test_many_are_handed_over(desk: Visitor, admin: Staff) -> None:
    three()
    desk.get("/staff/requests/new")
    press(desk, "hand-over", tick(desk, *NUMBERS), colleague=admin.id)
    assert "Передано заявок: 3." in desk.text
    assert {one.assignee for one in ConnectionRequest.select()} == {admin.id}
    assert Audit.select().where(Audit.action == "staff-request-handed").count() == 3


def test_many_are_refused_with_one_reason_that_each_gets_as_they_can(desk: Visitor) -> None:
    asked("11111111")
    asked("22222222", email="")
    desk.get("/staff/requests/new")
    press(desk, "refused", tick(desk, "11111111", "22222222"), reason="Дом не наш")
    assert states() == {"11111111": "refused", "22222222": "refused"}
    assert {(one.channel, one.template) for one in Message.select()} == {
        ("mail", "staff_reply"),
        ("sms", "staff_reply"),
    }
    assert {one.text for one in RequestNote.select().where(RequestNote.kind == "reply")} == {"Дом не наш"}


@pytest.mark.parametrize("why", ["changed", "impossible", "gone"])
def test_a_reason_stays_for_those_that_were_not_refused(desk: Visitor, admin: Staff, why: str) -> None:
    three()
    asked("44444444")
    desk.get("/staff/requests/all")
    ticked = tick(desk, *NUMBERS)
    other = ConnectionRequest.get(ConnectionRequest.number == "22222222")
    if why == "changed":
        casework.write_note(other, "Моя", admin, "")
    elif why == "impossible":
        with db.atomic():
            ConnectionRequest.update(state="done").where(ConnectionRequest.id == other.id).execute()
    else:
        with db.atomic():
            other.delete_instance()
    press(desk, "refused", ticked, reason="Дом не наш")
    assert "Отклонено заявок: 2." in desk.text and "22222222" in desk.text
    assert desk.value("reason") == "Дом не наш"
    desk.get("/staff/requests/all")
    assert desk.value("reason") == "Дом не наш" and desk.page.select("details[open]")


def test_a_reason_that_all_got_is_typed_no_more(desk: Visitor) -> None:
    three()
    desk.get("/staff/requests/new")
    press(desk, "refused", tick(desk, *NUMBERS[:2]), reason="Дом не наш")
    assert desk.value("reason") == ""


@pytest.mark.parametrize(
    ("act", "typed", "field", "said"),
    [
        ("refused", {"reason": "  "}, "reason", "Напишите причину отказа"),
        ("refused", {"reason": "я" * 301}, "reason", "не больше 300 знаков"),
        ("hand-over", {"colleague": ""}, "colleague", "Выберите, кому передать."),
        ("hand-over", {"colleague": "nobody"}, "colleague", "Выберите, кому передать."),
    ],
)
def test_what_is_missing_is_said_and_the_ticks_stay(
    desk: Visitor, act: str, typed: dict[str, str], field: str, said: str
) -> None:
    three()
    desk.get("/staff/requests/new?sort=oldest")
    press(desk, act, tick(desk, *NUMBERS[1:]), **typed)
    assert said in desk.error(field)
    assert bool(desk.page.select("details[open]")) == (act == "refused"), "and what was pressed is in sight"
    ticked = [attribute(one, "value") for one in desk.page.select("input[name=chosen][checked]")]
    assert ticked == tick(desk, *NUMBERS[1:])
    assert set(states().values()) == {"new"} and not Message.select().exists()
    desk.get("/staff/requests/new?sort=oldest")
    desk.get("/staff/requests/new?sort=oldest")
    assert not desk.page.select(".error"), "it is said once"


@pytest.mark.parametrize(
    ("ticked", "act", "said"),
    [
        ([], "in_work", "Отметьте заявки."),
        (["11111111.0"], "", "Нажмите, что сделать"),
        (["11111111.0"], "delete", "Нажмите, что сделать"),
        ([f"{number}.0" for number in range(MOST + 1)], "in_work", "За раз не больше 50 заявок."),
    ],
)
def test_a_press_that_means_nothing_does_nothing(
    desk: Visitor, ticked: list[str], act: str, said: str
) -> None:
    asked("11111111")
    desk.get("/staff/requests/new")
    desk.post("/staff/requests/new", {"csrf_token": desk.csrf_token, "act": act, "chosen": ticked})
    assert said in desk.text and states() == {"11111111": "new"}


@pytest.mark.parametrize(
    "mark", ["11111111", "11111111.", "11111111.-1", "11111111.²", "\0", f"11111111.{'9' * 20}", "9.0"]
)
def test_a_tick_that_no_list_showed_moves_nothing(desk: Visitor, mark: str) -> None:
    asked("11111111")
    desk.get("/staff/requests/new")
    desk.post("/staff/requests/new", {"csrf_token": desk.csrf_token, "act": "in_work", "chosen": mark})
    assert "Изменились, пока вы смотрели" in desk.text and states() == {"11111111": "new"}


def test_only_open_requests_can_be_ticked(desk: Visitor) -> None:
    asked("11111111")
    asked("22222222", state="done")
    desk.get("/staff/requests/all")
    assert [attribute(one, "value") for one in desk.page.select("input[name=chosen]")] == ["11111111.0"]
    desk.get("/staff/requests/done")
    assert not desk.page.select("form.staff__many")


def test_who_cannot_be_told_is_not_refused(desk: Visitor) -> None:
    former = resident("~passed-on")
    asked("11111111", email="", user=former.id)
    asked("22222222")
    desk.get("/staff/requests/new")
    press(desk, "refused", tick(desk, *NUMBERS[:2]), reason="Дом не наш")
    assert "Отклонено заявок: 1." in desk.text and "С этими так поступить нельзя: № 11111111." in desk.text
    assert states() == {"11111111": "new", "22222222": "refused"}
    desk.get("/staff/request/11111111")
    desk.fill_and_submit(reply="Дом не наш", lane="sms")
    assert "Ответ не дойдёт" in desk.text and "Дом не наш" in desk.text
    assert not Message.select().where(Message.to == "").exists() and RequestNote.select().count() == 2


def test_a_reason_that_was_not_sent_is_not_lost(desk: Visitor, admin: Staff) -> None:
    three()
    desk.get("/staff/requests/new")
    ticked = tick(desk, *NUMBERS)
    for found in ConnectionRequest.select():
        casework.write_note(found, "Моя", admin, "")
    press(desk, "refused", ticked, reason="Дом не наш")
    assert "остались как есть" in desk.text and desk.value("reason") == "Дом не наш"
    press(desk, "in_work", tick(desk, NUMBERS[0]), reason="Дом не наш")
    assert "Взято в работу заявок: 1." in desk.text and desk.value("reason") == "Дом не наш"
    press(desk, "refused", tick(desk, NUMBERS[1]), reason="Дом не наш")
    assert "Отклонено заявок: 1." in desk.text and desk.value("reason") == ""
