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
    OTHER_PHONE,
    PASSWORD,
    PERSON,
    PHONE,
    bill,
    receipt_of,
    resident,
    told,
)
from tests.home.profile import to
from tests.home.two_cabinets import BY_CODE, MERGE, REVIEW
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


def alone() -> bool:
    """Whether nothing but the contact says whose number it is."""
    found = User.by_phone(PHONE)
    return found is not None and by_contact_alone(found.id, PHONE)


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
    guest.fill_and_submit("form[action$='/receipt']", **receipt_of(LESNAYA))
    assert guest.path == REVIEW and not alone(), "a code to the SIM and a receipt of it were right"


def test_a_resident_who_has_the_sim_does_not_take_the_number_by_it_alone(
    guest: Visitor, stranger: User
) -> None:
    """Neither on the form nor if the cabinet is begun while the code is on its way."""
    resident(NEW_PHONE, accounts=[DACHNAYA])
    signed_in(guest, NEW_PHONE)
    to(guest, "phone")
    guest.fill_and_submit(phone=PHONE, current_password=PASSWORD)
    assert "уже есть другой кабинет" in guest.error("phone")
    with db.atomic():
        User.update(phone=OTHER_PHONE).where(User.id == stranger.id).execute()
    guest.fill_and_submit(phone=PHONE)
    assert guest.path == "/code"
    with db.atomic():
        User.update(phone=PHONE).where(User.id == stranger.id).execute()
    guest.fill_and_submit(code=last_code(PHONE))
    assert guest.path == "/home/profile" and "уже есть другой кабинет" in guest.text
    assert User.get_by_id(stranger.id).phone == PHONE and not told(stranger.email)


def test_they_get_it_by_a_receipt_and_merge(app: Flask, guest: Visitor, stranger: User) -> None:
    """Whoever keeps a number in MAX only keeps nobody from it for good."""
    mine = resident(NEW_PHONE, accounts=[DACHNAYA])
    recovers(guest)
    for step in (receipt_of(DACHNAYA), {"consent": "y"}, {"answer": "yes"}, PERSON):
        guest.fill_and_submit(**step)
    guest.fill_and_submit(password=NEW_PASSWORD)
    guest.get(MERGE)
    guest.press(BY_CODE, phone=NEW_PHONE)
    guest.fill_and_submit(code=last_code(NEW_PHONE))
    guest.fill_and_submit(f"form[action='{REVIEW}']", current_password=NEW_PASSWORD)
    assert guest.path == "/home" and "Кабинеты объединены" in guest.text, guest.text
    assert User.get_or_none(User.id == mine.id) is None
    owner = User.by_phone(PHONE)
    assert owner and owner.id != stranger.id


def test_a_code_to_the_sim_from_inside_proves_it(guest: Visitor, stranger: User) -> None:
    signed_in(guest)
    to(guest, "phone")
    guest.fill_and_submit(phone=NEW_PHONE, confirm="code")
    assert alone()
    guest.fill_and_submit(code=last_code(PHONE))
    assert guest.path == "/home/profile/phone" and not alone()


def test_so_does_coming_back_to_the_number(guest: Visitor, stranger: User) -> None:
    for number in (NEW_PHONE, PHONE):
        assert alone() == (number == NEW_PHONE)
        signed_in(guest, PHONE if number == NEW_PHONE else NEW_PHONE)
        to(guest, "phone")
        guest.fill_and_submit(phone=number, current_password=PASSWORD)
        guest.fill_and_submit(code=last_code(number))
        assert "Номер изменён" in guest.text
    assert not alone()


def test_and_a_new_password_by_sms_in_a_browser_of_the_cabinet(guest: Visitor, stranger: User) -> None:
    sign_in(guest)
    guest.fill_and_submit("form[action='/logout']")
    recovers(guest)
    guest.fill_and_submit(password=NEW_PASSWORD)
    assert "Пароль сохранён" in guest.text and not alone()
