"""A resident changes something, or goes, between what a clerk reads and what the clerk presses."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from cabinet.models import Audit, Message, PhoneChange, User, linking, phone_change, profile
from cabinet.models.database import db
from tests.cast import LESNAYA, PHONE, SADOVAYA, bill, resident
from tests.staff.conftest import PASSWORD, member
from tests.staff.test_requests import asked
from tests.visitor import Visitor

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
ACTS = {
    "link": (linking, "link", f"accounts/{SADOVAYA}", {}),
    "unlink": (linking, "unlink", f"accounts/{LESNAYA}", {}),
    "name": (profile, "correct_name", "name", {"last_name": "Петрова"}),
    "phone": (
        *(phone_change, "ask", "phone"),
        {"phone": "8 999 000-11-22", "reason": "Утонул", "identified": "Паспорт", "proof": PASSWORD},
    ),
    "block": (profile, "close", "block", {"reason": "rules"}),
}


@pytest.fixture
def anna(app: Flask) -> User:
    """A resident with an account."""
    bill()
    return resident(PHONE, accounts=[LESNAYA])


def signs_out(user: User) -> None:
    User.get_by_id(user.id).end_sessions()


def goes(user: User) -> None:
    with db.atomic():
        User.delete().where(User.id == user.id).execute()


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, user: User, does: Callable[[User], None]
) -> None:
    """Have it happen right before the act of this name."""
    act = getattr(where, name)

    def raced(*values: Any, **named: Any) -> Any:
        does(user)
        return act(*values, **named)

    monkeypatch.setattr(where, name, raced)
    if name == "correct_name":
        monkeypatch.setattr("cabinet.staff.resident_name.correct_name", raced)


@SQLITE
@pytest.mark.parametrize("what", ["link", "unlink", "name", "phone"])
def test_what_a_resident_changed_is_shown_on_their_page(
    desk: Visitor, anna: User, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    where, name, page, typed = ACTS[what]
    desk.get(f"/staff/resident/{anna.id}/{page}")
    meanwhile(monkeypatch, where, name, anna, signs_out)
    desk.fill_and_submit("main form", **typed)
    assert desk.path == f"/staff/resident/{anna.id}" and "что-то изменил" in desk.text
    assert not Message.select().exists() and not PhoneChange.select().exists()
    desk.get("/staff/residents")
    assert desk.path == "/staff/residents", "and the clerk stays signed in"


@POSTGRES
@pytest.mark.parametrize("what", ACTS)
def test_who_is_gone_is_told_nothing_and_the_clerk_sees_the_list(
    desk: Visitor, anna: User, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    where, name, page, typed = ACTS[what]
    desk.get(f"/staff/resident/{anna.id}/{page}")
    meanwhile(monkeypatch, where, name, anna, goes)
    desk.fill_and_submit("main form", **typed)
    assert desk.path == "/staff/residents" and "больше нет" in desk.text
    assert not Message.select().exists()
    assert not Audit.select().where(Audit.action == "user-blocked").exists()


@BOTH
def test_a_number_is_not_changed_for_who_is_gone(
    app: Flask, desk: Visitor, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = member("second@example.org")
    change = phone_change.ask(anna, "+79990001122", "Утонул", "Паспорт", second, "")
    desk.get(f"/staff/phone-change/{change.id}")
    meanwhile(monkeypatch, phone_change, "approve", anna, goes)
    desk.fill_and_submit(f"form[action='/staff/phone-change/{change.id}/approve']", proof=PASSWORD)
    assert desk.path == "/staff/residents" and "больше нет" in desk.text


@SQLITE
def test_a_request_is_shown_again_whose_sender_changed_something(
    desk: Visitor, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(user=anna, phone=PHONE)
    desk.get(f"/staff/request/12345678/accounts/{SADOVAYA}")
    meanwhile(monkeypatch, linking, "link", anna, signs_out)
    desk.press("button[name=close][value='']")
    assert desk.path == "/staff/request/12345678" and "что-то изменил" in desk.text
    assert not linking.holds(anna, SADOVAYA)
