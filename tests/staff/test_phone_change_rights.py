"""Who may ask for another number and decide on it: two people, each of them still at work as they began."""

from collections.abc import Callable

import pytest
from flask import Flask

from cabinet.models import PhoneChange, Staff, User, staff_admin
from tests.cast import PHONE, bill, hashed, resident, told
from tests.staff.conftest import EMAIL, enter, member
from tests.staff.test_phone_changes import approve, asked, number
from tests.visitor import Visitor

SECOND = "second@example.org"


@pytest.fixture
def anna(app: Flask) -> User:
    """A resident."""
    bill()
    return resident(PHONE)


@pytest.fixture
def colleague(app: Flask) -> Visitor:
    """A browser in which another clerk has signed in."""
    return enter(Visitor(app), member(SECOND))


def person(email: str) -> Staff:
    return Staff.get(Staff.email == email)


def _is_blocked_and_let_in_again(asker: Staff) -> None:
    asker.block(True)
    asker.block(False)


def _is_reset(asker: Staff) -> None:
    staff_admin.reset(member("admin@example.org", "admin"), asker, "")


def _has_another_password(asker: Staff) -> None:
    assert asker.change_password(hashed("Другой8пароль"), "")


def _has_another_role(asker: Staff) -> None:
    staff_admin.change(member("admin@example.org", "admin"), asker, "", "admin", "")


@pytest.mark.parametrize(
    "meanwhile",
    [_is_blocked_and_let_in_again, _is_reset, _has_another_password, _has_another_role],
)
def test_what_was_asked_for_ends_with_the_rights_of_who_asked(
    desk: Visitor, colleague: Visitor, anna: User, meanwhile: Callable[[Staff], None]
) -> None:
    change = asked(desk, anna)
    meanwhile(person(EMAIL))
    approve(colleague, change)
    assert number(anna) == PHONE and PhoneChange.get().outcome == "" and told(PHONE) == []
    assert "попросите заново" in colleague.text
