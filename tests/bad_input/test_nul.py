"""NULs, which PostgreSQL takes neither in text nor in JSON, where no form cleans what was typed."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from cabinet.models import WebSession
from cabinet.models.base import now
from tests.cast import PHONE, resident
from tests.placing import at_desk, signed_in
from tests.staff.conftest import member
from tests.staff.test_confirmation import FILES
from tests.staff.test_requests import asked
from tests.visitor import Visitor

LATER = dt.timedelta(minutes=6)


@pytest.fixture
def desk(app: Flask) -> Visitor:
    return at_desk(Visitor(app), member("admin@example.org", "admin"))


def test_of_words_that_came_when_the_session_was_over(desk: Visitor) -> None:
    asked()
    desk.get("/staff/request/12345678")
    token = desk.csrf_token
    with time_machine.travel(now() + dt.timedelta(minutes=40), tick=False):
        desk.post("/staff/request/12345678/reply", {"csrf_token": token, "reply": "a\0b", "text": "\0"})
    assert desk.status == 200 and desk.title == "Вход для сотрудников"
    assert any("ab" in str(row.data) for row in WebSession.select())


@pytest.mark.parametrize("name", ["since", "until", "actor", "about", "subject", "state", "who", "sort"])
def test_of_the_file_that_waits_for_a_proof(desk: Visitor, name: str) -> None:
    with time_machine.travel(now() + LATER, tick=False):
        for file in FILES:
            answer = desk.client.get(f"{file.partition('?')[0]}?{name}=%00a")
            assert answer.status_code == 303 and answer.location == "/staff/confirmation", file


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/staff/presence", "number"),
        ("/staff/columns/x/forget", "job"),
        ("/session/take-over", "code"),
        ("/code/resend", "altcha"),
        ("/home/profile/merge/review", "asked"),
        ("/home/profile/devices", "device"),
    ],
)
def test_of_fields_that_no_form_has(app: Flask, desk: Visitor, address: str, field: str) -> None:
    resident(PHONE)
    guest = Visitor(app)
    signed_in(guest)
    guest.get("/home/profile/name")
    desk.get("/staff/me")
    for visitor in (desk, guest):
        sent = {"csrf_token": visitor.csrf_token, field: "a\0b"}
        assert visitor.client.post(address, data=sent).status_code < 500, (address, field)
