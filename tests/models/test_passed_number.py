"""What is of a number's former owner stays theirs, and the next one sees, gets and takes along none of it."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from peewee import Database

from cabinet.models import (
    AccountEvent,
    ConnectionRequest,
    Device,
    Message,
    Staff,
    User,
    casework,
    departure,
    profile,
)
from cabinet.models.account_event import history_of
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.passed_number import PassedNumber, is_unseen, no_number, release, tell_of
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, hashed, resident
from tests.models.clock import DAY, after, moment
from tests.models.test_request import submit
from tests.placing import at_desk
from tests.staff.conftest import member
from tests.visitor import Visitor

LONG_AGO = now() - timedelta(days=400)


def passed_on() -> tuple[User, User]:
    """The number's former owner, and the resident who has it now."""
    old = resident(PHONE, created_at=LONG_AGO, seen_at=LONG_AGO, email="old@example.org")
    submit(PHONE, key="old", user_id=old.id, receipt="old.jpg", email="old@example.org")
    with db.atomic():
        AccountEvent.record("signed-in", PHONE, "203.0.113.1", "", old.id)
        former = release(PHONE)
        assert former
        new = resident(PHONE)
        tell_of(former, new)
    return User.get_by_id(old.id), new


def test_who_leaves_takes_nothing_of_the_numbers_former_owner_along(database: Database) -> None:
    old, new = passed_on()
    submit(PHONE, key="new", user_id=new.id, receipt="new.jpg")
    submit(PHONE, key="nobody's", receipt="nobody's.jpg")
    assert sorted(ConnectionRequest.files_of(ConnectionRequest.theirs(PHONE, new.id))) == [
        "new.jpg",
        "nobody's.jpg",
    ]
    assert PassedNumber.of(old) == PassedNumber.of(new) != PassedNumber.of(resident(OTHER_PHONE)) == []
    departure.erase(new)
    assert PassedNumber.of(old) == [], "it names who had it next"
    assert [request.receipt for request in ConnectionRequest.of_user(old.id)] == ["old.jpg"]
    assert [event.kind for event in AccountEvent.select()] == ["signed-in"]


@pytest.mark.settings(prove_again_after=DAY)
@pytest.mark.parametrize("name", ["seen_at", "created_at"])
def test_whose_number_it_is_is_certain_for_just_so_long(database: Database, name: str) -> None:
    seen: dict[str, Any] = {"created_at": moment(-DAY), "seen_at": None, name: moment(0)}
    anna = resident(PHONE, **seen)
    for seconds, unseen in ((DAY - 1, False), (DAY, True)):
        with after(seconds):
            assert is_unseen(anna) is unseen


def test_what_happened_to_a_number_before_it_was_ones_own_is_not_ones_history(database: Database) -> None:
    anna = resident(OTHER_PHONE)
    with db.atomic():
        AccountEvent.record("wrong-password", PHONE, "203.0.113.1")
        AccountEvent.record("wrong-password", OTHER_PHONE, "192.0.2.1")
    profile.change_phone(anna, PHONE, "192.0.2.1", "")
    with db.atomic():
        AccountEvent.record("wrong-code", PHONE, "192.0.2.2")
    seen = {(one.what, one.ip) for one in history_of(User.get_by_id(anna.id))}
    assert ("wrong-password", "203.0.113.1") not in seen, "of whoever had the number then"
    assert ("wrong-code", "192.0.2.2") in seen


@pytest.mark.parametrize("moved", [True, False])
def test_no_sms_about_ones_request_goes_to_the_numbers_next_owner(database: Database, moved: bool) -> None:
    old, _new = passed_on()
    if moved:
        profile.change_phone(old, NEW_PHONE, "192.0.2.1", "")
    staff, [request] = Staff.add("clerk@example.org", "clerk", hashed("x")), ConnectionRequest.of_user(old.id)
    with db.atomic():
        Message.delete().execute()
    casework.answer(request, "Ваш счёт подключён.", "sms", staff, "")
    with db.atomic():
        ConnectionRequest.update(email="").where(ConnectionRequest.id == request.id).execute()
        ConnectionRequest.get_by_id(request.id).notify("request_matched", registered=True)
    sent = [
        (m.channel, m.to, m.template) for m in Message.select().where(Message.channel.in_(("sms", "mail")))
    ]
    if moved:
        assert sorted(sent) == [("sms", NEW_PHONE, "request_matched"), ("sms", NEW_PHONE, "staff_reply")]
    else:
        assert sent == [("mail", "old@example.org", "staff_reply")]


def test_staff_see_each_request_with_its_own_resident(app: Flask) -> None:
    old, new = passed_on()
    mine, nobodys = submit(PHONE, key="new", user_id=new.id), submit(PHONE, key="nobody's")
    [theirs] = ConnectionRequest.of_user(old.id)
    desk = at_desk(Visitor(app), member())
    desk.get(f"/staff/resident/{new.id}")
    assert mine.number in desk.text and nobodys.number in desk.text and theirs.number not in desk.text
    desk.get(f"/staff/resident/{old.id}")
    assert theirs.number in desk.text and mine.number not in desk.text


@pytest.mark.settings(prove_again_after=30 * DAY)
@pytest.mark.parametrize(("seconds", "free"), [(30 * DAY - 1, False), (30 * DAY, True)])
@pytest.mark.parametrize("seen", [True, False])
def test_a_number_is_free_so_long_after_its_resident_was_seen(
    database: Database, seconds: int, free: bool, seen: bool
) -> None:
    old = resident(PHONE, created_at=moment(0 if not seen else -1), seen_at=moment(0) if seen else None)
    with after(seconds), db.atomic():
        Device.remember(None, resident(OTHER_PHONE), "another's")
        assert len(no_number()) <= User.phone.max_length
        assert is_unseen(old) is free and bool(release(PHONE)) is free
