"""Another number is not given once the resident changed what the two of staff looked at."""

from collections.abc import Callable

import pytest
from flask import Flask

from cabinet.models import Account, Passkey, PhoneChange, User, linking, merging, profile
from cabinet.models.database import db
from tests.cast import LESNAYA, OTHER_PHONE, PHONE, SADOVAYA, bill, resident
from tests.placing import at_desk
from tests.staff.conftest import member
from tests.staff.test_phone_changes import approve, asked, number
from tests.visitor import Visitor

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def anna(app: Flask) -> User:
    """A resident with an account."""
    bill()
    return resident(PHONE, accounts=[LESNAYA])


@pytest.fixture
def colleague(app: Flask) -> Visitor:
    """A browser in which another clerk has signed in."""
    return at_desk(Visitor(app), member("second@example.org"))


def _renames(user: User) -> None:
    profile.rename(user, "Петрова", "Анна", "", "")


def _sets_a_password(user: User) -> None:
    profile.set_password(user, "$2b$hash", "")


def _changes_the_email(user: User) -> None:
    profile.change_email(user, "other@example.org", "")


def _signs_out_everywhere(user: User) -> None:
    user.end_sessions()


def _changes_the_phone(user: User) -> None:
    profile.change_phone(user, OTHER_PHONE, "", "")


def _adds_a_passkey(user: User) -> None:
    with db.atomic():
        Passkey.add(user, "", "", credential="b", public_key=b"", name="Firefox")


def _links_an_account(user: User) -> None:
    linking.link(user, Account.get_by_id(SADOVAYA), "")


def _loses_an_account(user: User) -> None:
    linking.unlink(user, Account.get_by_id(LESNAYA), "", by="staff:1")


def _merges_another_cabinet(user: User) -> None:
    merging.merge(user, resident(OTHER_PHONE, email=""), "")


@pytest.mark.parametrize(
    "meanwhile",
    [
        _renames,
        _sets_a_password,
        _changes_the_email,
        _signs_out_everywhere,
        _changes_the_phone,
        _adds_a_passkey,
        _links_an_account,
        _loses_an_account,
        _merges_another_cabinet,
    ],
)
def test_what_the_resident_changed_meanwhile_stops_it(
    desk: Visitor, colleague: Visitor, anna: User, meanwhile: Callable[[User], None]
) -> None:
    change = asked(desk, anna)
    meanwhile(User.get_by_id(anna.id))
    kept = number(anna)
    approve(colleague, change)
    assert number(anna) == kept and "что-то изменили" in colleague.text
    assert PhoneChange.get().outcome == ""
