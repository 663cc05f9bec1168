"""Who may ask for another number and decide on it: two people, each of them still at work as they began."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from cabinet.models import Audit, PhoneChange, Staff, User, phone_change, staff_admin
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.staff_admin import RightsLostError
from cabinet.passwords.hashing import Hasher
from tests.cast import NEW_PHONE, PHONE, bill, hashed, resident, told
from tests.placing import at_desk
from tests.staff.conftest import EMAIL, code_now, member
from tests.staff.conftest import PASSWORD as STAFF_PASSWORD
from tests.staff.test_phone_changes import ASKED, BOTH, approve, asked, number
from tests.visitor import Visitor

SECOND = "second@example.org"
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def anna(app: Flask) -> User:
    """A resident."""
    bill()
    return resident(PHONE)


@pytest.fixture
def colleague(app: Flask) -> Visitor:
    """A browser in which another clerk has signed in."""
    return at_desk(Visitor(app), member(SECOND))


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


@ONE
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


@pytest.fixture
def blocked_meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have a member of staff blocked while the password that they typed is looked at."""
    verify = Hasher.verify

    def arrange(email: str) -> None:
        def slow(self: Hasher, typed: str, stored: str) -> bool:
            right = verify(self, typed, stored)
            with db.atomic():
                person(email).set_blocked(True)
            return right

        monkeypatch.setattr(Hasher, "verify", slow)

    return arrange


@BOTH
def test_who_is_blocked_while_approving_changes_nothing(
    desk: Visitor, colleague: Visitor, anna: User, blocked_meanwhile: Callable[[str], None]
) -> None:
    change = asked(desk, anna)
    blocked_meanwhile(SECOND)
    approve(colleague, change)
    assert number(anna) == PHONE and PhoneChange.get().outcome == "" and told(PHONE) == []
    assert colleague.path == "/staff/sign-in"


@BOTH
def test_who_is_blocked_while_asking_asks_for_nothing(
    desk: Visitor, anna: User, blocked_meanwhile: Callable[[str], None]
) -> None:
    desk.get(f"/staff/resident/{anna.id}/phone")
    blocked_meanwhile(EMAIL)
    desk.fill_and_submit("main form", **ASKED)
    assert not PhoneChange.select().exists() and desk.path == "/staff/sign-in"


@ONE
@pytest.mark.parametrize("act", ["refuse", "withdraw"])
def test_who_is_blocked_decides_nothing_any_more(desk: Visitor, anna: User, act: str) -> None:
    change, asker, other = asked(desk, anna), person(EMAIL), member(SECOND)
    person(EMAIL).block(True)
    person(SECOND).block(True)
    with pytest.raises(RightsLostError):
        if act == "refuse":
            phone_change.refuse(change, other, "нет", "")
        else:
            phone_change.withdraw(change, asker, "")
    assert PhoneChange.get().outcome == ""


def _comes_in(app: Flask, staff: Staff, secret: str) -> Visitor:
    staff = Staff.get_by_id(staff.id)
    assert staff_admin.join(staff, secret, code_now(staff), hashed(STAFF_PASSWORD), "")
    return at_desk(Visitor(app), Staff.get_by_id(staff.id))


@ONE
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("how", ["invited", "reset"])
def test_who_let_somebody_in_is_not_two_with_them(
    app: Flask, admin: Staff, admin_desk: Visitor, anna: User, how: str, when: str
) -> None:
    other = member("other@example.org") if how == "reset" else None
    change = asked(admin_desk, anna) if when == "after" else None
    acting = Staff.get_by_id(admin.id)
    if other:
        secret = staff_admin.reset(acting, other, "")
    else:
        other, secret = staff_admin.invite(acting, "other@example.org", "Пётр", "clerk", "")
    theirs = _comes_in(app, other, secret)
    approve(theirs, change or asked(admin_desk, anna))
    assert number(anna) == PHONE and "кто-то третий" in theirs.text
    assert PhoneChange.get().outcome == "" and told(PHONE) == []


@ONE
def test_an_admin_does_not_approve_what_somebody_they_invited_asks_for(
    app: Flask, admin: Staff, admin_desk: Visitor, anna: User
) -> None:
    other, secret = staff_admin.invite(Staff.get_by_id(admin.id), "other@example.org", "", "clerk", "")
    approve(admin_desk, asked(_comes_in(app, other, secret), anna))
    assert number(anna) == PHONE and "кто-то третий" in admin_desk.text


@ONE
def test_nobody_approves_what_was_asked_for_before_they_came(app: Flask, desk: Visitor, anna: User) -> None:
    change = asked(desk, anna)
    late = at_desk(Visitor(app), member(SECOND))
    approve(late, change)
    assert number(anna) == PHONE and "кто-то третий" in late.text


@ONE
def test_two_whom_one_admin_invited_are_two(app: Flask, admin: Staff, anna: User) -> None:
    invited = [staff_admin.invite(admin, f"{one}@example.org", "", "clerk", "") for one in "ab"]
    first, second = (_comes_in(app, *one) for one in invited)
    approve(second, asked(first, anna))
    assert number(anna) == NEW_PHONE


@ONE
@pytest.mark.parametrize("asking", ["the admin", "the clerk"])
def test_an_admin_and_a_clerk_of_a_week_are_two(
    app: Flask, admin: Staff, admin_desk: Visitor, anna: User, asking: str
) -> None:
    other, secret = staff_admin.invite(Staff.get_by_id(admin.id), "other@example.org", "", "clerk", "")
    clerk = _comes_in(app, other, secret)
    with db.atomic():
        Audit.update(at=now() - timedelta(days=8)).where(Audit.subject == other.id).execute()
    first, second = (admin_desk, clerk) if asking == "the admin" else (clerk, admin_desk)
    approve(second, asked(first, anna))
    assert number(anna) == NEW_PHONE
