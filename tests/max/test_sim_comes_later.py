"""A cabinet begun by a contact in MAX, perhaps of a former owner: a code to the SIM alone opens none."""

import pytest
from flask import Flask

from cabinet.models import AccountLink, Registration, User
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.phone_proof import by_contact_alone
from tests.cast import (
    DACHNAYA,
    LESNAYA,
    NEW_PASSWORD,
    NEW_PHONE,
    PERSON,
    PHONE,
    bill,
    receipt_of,
    resident,
    told,
)
from tests.home.two_cabinets import BY_CODE, MERGE
from tests.journeys import FORGOT, sign_in, to_login_password
from tests.placing import signed_in
from tests.visitor import Visitor, last_code

pytestmark = pytest.mark.settings(code_resend_waits=())


@pytest.fixture
def stranger(app: Flask) -> User:
    """Whose MAX account is by the number, as it was once; seen just now."""
    bill()
    user = resident(accounts=[LESNAYA], last_name="Бывший", seen_at=now())
    with db.atomic():
        Registration.create(user=user, phone=PHONE, account=LESNAYA, proved_by="max", completed_at=now())
    return user


def recovers(visitor: Visitor) -> None:
    """Who has the SIM asks for a new password."""
    to_login_password(visitor)
    visitor.fill_and_submit(FORGOT)
    visitor.fill_and_submit(code=last_code(PHONE))


def test_a_receipt_of_another_account_makes_the_sims_owner_a_cabinet(
    visitor: Visitor, stranger: User
) -> None:
    recovers(visitor)
    assert visitor.path == "/login/receipt", visitor.text
    assert "Лесная" not in visitor.text and "MAX" in visitor.text
    visitor.fill_and_submit(**receipt_of(DACHNAYA))
    visitor.fill_and_submit(consent="y")
    visitor.fill_and_submit(answer="yes")
    visitor.fill_and_submit(**PERSON)
    visitor.fill_and_submit(password=NEW_PASSWORD)
    assert visitor.path == "/home" and "Дачная" in visitor.text, visitor.text
    owner = User.by_phone(PHONE)
    assert owner and owner.id != stranger.id and not User.get_by_id(stranger.id).has_number
    assert [one.account_id for one in AccountLink.select().where(AccountLink.user == owner)] == [DACHNAYA]
    assert "number_passed_on" in told(stranger.email) and "number_passed_on" in told("staff")


def test_whose_cabinet_it_is_proves_the_sim_once(app: Flask, guest: Visitor, stranger: User) -> None:
    recovers(guest)
    guest.fill_and_submit(**receipt_of(LESNAYA))
    assert guest.path == "/login/new-password"
    guest.fill_and_submit(password=NEW_PASSWORD)
    sign_in(guest, password=NEW_PASSWORD)
    assert not by_contact_alone(stranger.id, PHONE)
    again = Visitor(app)
    recovers(again)
    assert again.path == "/login/new-password"


def test_the_password_needs_no_receipt(guest: Visitor, stranger: User) -> None:
    sign_in(guest)


def test_in_a_browser_of_the_cabinet_no_receipt_is_asked_for(guest: Visitor, stranger: User) -> None:
    sign_in(guest)
    guest.fill_and_submit("form[action='/logout']")
    recovers(guest)
    assert guest.path == "/login/new-password"


def test_a_code_alone_does_not_merge_it_away(guest: Visitor, stranger: User) -> None:
    resident(NEW_PHONE, accounts=[DACHNAYA])
    signed_in(guest, NEW_PHONE)
    guest.get(MERGE)
    guest.press(BY_CODE, phone=PHONE)
    guest.fill_and_submit(code=last_code(PHONE))
    assert guest.path == "/home/profile/merge/receipt", guest.text
