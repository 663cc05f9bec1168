"""A colleague who has a request open is shown on its page and in the list, and is nobody's obstacle."""

from collections.abc import Iterator
from datetime import UTC, timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import ConnectionRequest, Message, Presence, Staff, WebSession
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.presence import LIVE, RENEWED
from cabinet.worker.purge import purge
from tests.placing import at_desk
from tests.staff.test_requests import asked
from tests.visitor import Visitor

CARD = "/staff/request/12345678"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands still."""
    with time_machine.travel(now().replace(tzinfo=UTC), tick=False) as clock:
        yield clock


def ask(desk: Visitor, **told: str) -> dict[str, str]:
    """What the script of an open page is answered."""
    answer = desk.client.post("/staff/presence", data={"csrf_token": desk.csrf_token, **told})
    assert answer.status_code == 200
    found: dict[str, str] = answer.get_json()
    return found


def test_a_colleague_is_shown_on_the_page_and_in_the_list(
    desk: Visitor, admin_desk: Visitor, admin: Staff
) -> None:
    asked()
    desk.get(CARD)
    assert "hidden" in desk.one(".staff__others").attrs, "nobody but oneself"
    admin_desk.get(CARD)
    for page in (CARD, "/staff/requests"):
        desk.get(page)
        place = desk.one(".staff__others")
        assert "hidden" not in place.attrs
        assert f"{admin.email}, с\xa0" in place.get_text()
    assert ask(desk)["12345678"].startswith(f"{admin.email}, с\xa0")


def test_a_begun_reply_is_told_and_what_is_left_is_not(
    desk: Visitor, admin_desk: Visitor, admin: Staff
) -> None:
    asked()
    admin_desk.get(CARD)
    desk.get("/staff/requests")
    ask(admin_desk, number="12345678", writing="y")
    assert ask(desk)["12345678"].endswith(", пишет ответ")
    ask(admin_desk, number="12345678")
    assert not ask(desk)["12345678"].endswith("ответ")
    ask(admin_desk, number="12345678", left="y")
    assert ask(desk) == {} and not Presence.select().where(Presence.staff == admin.id).exists()


def test_who_is_gone_without_a_word_is_forgotten(
    desk: Visitor, admin_desk: Visitor, admin: Staff, clock: time_machine.Traveller
) -> None:
    asked()
    admin_desk.get(CARD)
    desk.get("/staff/requests")
    clock.shift(LIVE)
    assert ask(desk) == {}
    assert purge()["presences"] == 0
    clock.shift(1)
    assert purge()["presences"] == 1 and not Presence.select().exists()


def test_a_mark_is_renewed_seldom_and_keeps_its_beginning(
    admin_desk: Visitor, clock: time_machine.Traveller
) -> None:
    asked()
    admin_desk.get(CARD)
    began = Presence.get().seen_at
    clock.shift(RENEWED - timedelta(seconds=1))
    ask(admin_desk, number="12345678")
    assert Presence.get().seen_at == began
    clock.shift(2)
    ask(admin_desk, number="12345678")
    mark = Presence.get()
    assert mark.seen_at > began and mark.since == began
    clock.shift(LIVE + timedelta(seconds=1))
    ask(admin_desk, number="12345678")
    assert Presence.get().since > began, "a new visit"


def test_an_open_page_keeps_nobody_signed_in(app: Flask, admin: Staff, clock: time_machine.Traveller) -> None:
    asked()
    desk = at_desk(Visitor(app), admin)
    desk.get(CARD)
    seen = WebSession.get().seen_at
    for _minute in range(4):
        clock.shift(timedelta(minutes=8))
        answer = desk.client.post("/staff/presence", data={"csrf_token": desk.csrf_token})
    assert answer.status_code == 303 and answer.location.startswith("/staff/sign-in")
    assert WebSession.get(WebSession.seen_at == seen)


def test_it_keeps_nobody_from_answering(desk: Visitor, admin_desk: Visitor) -> None:
    asked()
    admin_desk.get(CARD)
    ask(admin_desk, number="12345678", writing="y")
    desk.get(CARD)
    desk.fill_and_submit("form[action$='/reply']", reply="Да", lane="sms", state="")
    assert "Ответ отправлен" in desk.text and Message.select().count() == 1


@pytest.mark.parametrize("number", ["", "87654321", "x" * 5000, "\0"])
def test_what_is_no_request_leaves_no_mark(desk: Visitor, number: str) -> None:
    desk.get("/staff/requests")
    assert ask(desk, number=number) == {}
    assert not Presence.select().exists()


def test_a_deleted_request_takes_its_marks_along(desk: Visitor) -> None:
    asked()
    desk.get(CARD)
    assert Presence.select().exists()
    with db.atomic():
        ConnectionRequest.delete().execute()
    assert not Presence.select().exists()
