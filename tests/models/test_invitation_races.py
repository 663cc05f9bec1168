"""Who comes by an invitation, and whoever ends it at the same moment: one of the two, never both."""

from collections.abc import Callable
from datetime import date

import pytest
from peewee import Database

from cabinet.models import Invitation, Registration, Staff, User, invitation
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.invitation import InvitedOtherwiseError, OverError, Receipt
from cabinet.models.registered import PhoneTakenError
from tests.cast import AMOUNTS, LESNAYA, PASSWORD, PHONE, SADOVAYA, bill, hashed
from tests.threads import together

IP = "192.0.2.1"
PERSON = {"last_name": "Иванова", "first_name": "Анна", "middle_name": "", "birth_date": None, "email": ""}
CONSENT = ("1", "Текст")


@pytest.fixture
def clerk(database: Database) -> Staff:
    bill()
    return Staff.add("clerk@example.org", "clerk", "hash")


def invite(clerk: Staff, account: str = LESNAYA) -> Invitation:
    receipt = Receipt(account, date(2026, 10, 1), AMOUNTS[account])
    return invitation.invite(clerk, PHONE, dict(PERSON), receipt, CONSENT, IP)[0]


def draft() -> Registration:
    """Somebody with the SIM, in a browser of their own, at the last step."""
    with db.atomic():
        registration = Registration.begin(PHONE, "ru", CONSENT, IP, "x")
        registration.verify_phone()
    assert registration.invitation and registration.last_name == "Иванова"
    registration.confirm_address()
    with db.atomic():
        Registration.update(profile_at=now()).where(Registration.id == registration.id).execute()
    return Registration.get_by_id(registration.id)


def done(act: Callable[[], object]) -> Callable[[], bool]:
    def run() -> bool:
        try:
            return act() is not False
        except (OverError, PhoneTakenError, InvitedOtherwiseError):
            return False

    return run


@pytest.mark.parametrize("again", range(3))
@pytest.mark.parametrize("how", ["withdrawn", "denied"])
def test_it_makes_a_cabinet_or_is_ended(clerk: Staff, how: str, again: int) -> None:
    made = invite(clerk)
    one, other = draft(), draft()

    def end() -> bool:
        if how == "withdrawn":
            return invitation.withdraw(made, clerk, IP)
        other.deny_address(IP)
        return bool(Invitation.get_by_id(made.id).outcome == "denied")

    came, ended = together([done(lambda: one.complete(hashed(PASSWORD), IP)), done(end)])
    assert came != ended
    assert Invitation.get_by_id(made.id).outcome == ("used" if came else how)
    assert User.select().count() == int(came)


def test_of_all_who_come_by_it_at_once_one_does(clerk: Staff) -> None:
    invite(clerk)
    drafts = [draft() for _ in range(4)]
    came = together([done(lambda one=one: one.complete(hashed(PASSWORD), IP)) for one in drafts])  # type: ignore[misc]
    assert came.count(True) == 1 and User.select().count() == 1
    assert [row.outcome for row in Invitation.select()] == ["used"]


def test_of_two_who_invite_one_phone_at_once_one_does(clerk: Staff) -> None:
    colleague = Staff.add("b@example.org", "clerk", "hash")
    acts = [done(lambda: invite(clerk)), done(lambda: invite(colleague, SADOVAYA))]
    assert together(acts).count(True) == 1
    assert Invitation.select().count() == 1


def test_what_it_answered_is_asked_for_anew_once_it_is_over(clerk: Staff) -> None:
    made = invite(clerk)
    begun = draft()
    assert begun.keeps_invitation() and (begun.account_id, begun.last_name) == (LESNAYA, "Иванова")
    invitation.withdraw(made, clerk, IP)
    assert not begun.keeps_invitation()
    left = Registration.get_by_id(begun.id)
    assert (left.invitation, left.account_id, left.amount, left.step) == (None, None, None, "account")
    assert left.keeps_invitation(), "there is none"
