"""Whoever decides on a number at the same moment, one does, and all that follows is of that one."""

from collections.abc import Callable

import pytest
from peewee import Database

from cabinet.models import (
    Audit,
    Message,
    PhoneChange,
    Registration,
    Staff,
    User,
    WayBack,
    phone_change,
    profile,
    taking_back,
)
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.phone_change import AlreadyAskedError, NotForYouError, OverError
from cabinet.models.profile import ChangedMeanwhileError
from cabinet.models.taking_back import NoWayBackError
from cabinet.models.user import CredentialsChangedError
from tests.cast import LESNAYA, NEW_PHONE, OTHER_PHONE, PHONE, bill, resident, told
from tests.threads import together

IP = "192.0.2.1"
LOST = (
    *(OverError, AlreadyAskedError, NotForYouError, ChangedMeanwhileError),
    *(NoWayBackError, CredentialsChangedError),
)


@pytest.fixture
def anna(database: Database) -> User:
    bill()
    return resident(accounts=[LESNAYA])


@pytest.fixture
def clerks(database: Database) -> list[Staff]:
    return [Staff.add(f"{name}@example.org", "clerk", "hash") for name in "abcd"]


def won(act: Callable[[], object]) -> Callable[[], bool]:
    """Whether it was done; False where another was."""

    def run() -> bool:
        try:
            return act() is not False
        except LOST:
            return False

    return run


def asked(by: Staff, phone: str = NEW_PHONE) -> PhoneChange:
    return phone_change.ask(User.get(), phone, "SIM", "ID", by, IP)


def test_of_all_who_decide_at_once_one_does(anna: User, clerks: list[Staff]) -> None:
    change = asked(clerks[0])
    acts = [
        won(lambda: phone_change.approve(change, clerks[1], IP)),
        won(lambda: phone_change.approve(change, clerks[2], IP)),
        won(lambda: phone_change.refuse(change, clerks[3], "no", IP)),
        won(lambda: phone_change.withdraw(change, clerks[0], IP)),
        won(lambda: phone_change.approve(change, clerks[0], IP)),
    ]
    done = together(acts)
    assert done.count(True) == 1 and not done[4]
    outcome, moved = PhoneChange.get().outcome, User.get().phone == NEW_PHONE
    assert moved == (outcome == "approved") == done[0] | done[1]
    assert told(PHONE) == ["phone_changed"] * moved
    assert Audit.select().where(Audit.action.startswith("staff-phone-change")).count() == 2


def test_of_all_who_ask_at_once_one_does(anna: User, clerks: list[Staff]) -> None:
    assert together([won(lambda one=one: asked(one)) for one in clerks]).count(True) == 1  # type: ignore[misc]
    assert PhoneChange.select().count() == 1


def test_the_cabinet_goes_one_way(anna: User, clerks: list[Staff]) -> None:
    """The owner takes it back in two browsers, the thief moves it on, a clerk approves what was asked for."""
    profile.change_phone(anna, NEW_PHONE, IP, "")
    thief, change = User.get_by_id(anna.id), asked(clerks[0], OTHER_PHONE)
    with db.atomic():
        Message.delete().execute()
        drafts = [
            Registration.create(phone=PHONE, account=LESNAYA, phone_verified_at=now()) for _ in range(2)
        ]
    back = [won(lambda one=one: taking_back.take_back(one, IP)) for one in drafts]  # type: ignore[misc]
    on = won(lambda: profile.change_phone(thief, "+79160000000", IP, ""))
    moved = won(lambda: phone_change.approve(change, clerks[1], IP))
    first, second, by_thief, by_staff = together([*back, on, moved])
    assert not (first and second)
    phone = User.get().phone
    if by_staff:
        assert phone == OTHER_PHONE and not first | second | by_thief
    elif first or second:
        assert phone == PHONE and not WayBack.select().exists(), "a thief is never last"
    assert told(NEW_PHONE).count("phone_changed") <= 2


@pytest.mark.parametrize("again", range(3))
def test_of_two_numbers_that_take_it_back_at_once_the_first_has_it(anna: User, again: int) -> None:
    """Whoever had the later one may be the thief, so the earlier is never too late."""
    for number in (NEW_PHONE, OTHER_PHONE):
        profile.change_phone(User.get_by_id(anna.id), number, IP, "")
    with db.atomic():
        drafts = [
            Registration.create(phone=phone, account=LESNAYA, phone_verified_at=now())
            for phone in (PHONE, NEW_PHONE)
        ]
    first, _second = together([won(lambda one=one: taking_back.take_back(one, IP)) for one in drafts])  # type: ignore[misc]
    assert first and User.get().phone == PHONE and not WayBack.select().exists()
