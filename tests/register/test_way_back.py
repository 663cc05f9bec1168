"""«Это не я»: who holds the number that a cabinet was moved away from gets it back by code and receipt."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import (
    Audit,
    Device,
    MaxLink,
    Message,
    OneTimeCode,
    Passkey,
    Registration,
    Staff,
    User,
    WayBack,
    base,
    departure,
    linking,
    phone_change,
    profile,
)
from cabinet.models.account import Account
from cabinet.models.account_event import history_of
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.user import CredentialsChangedError
from tests.cast import (
    DACHNAYA,
    LESNAYA,
    NEW_PASSWORD,
    NEW_PHONE,
    OTHER_PHONE,
    PASSWORD,
    PHONE,
    receipt_of,
    told,
)
from tests.home.profile import to
from tests.journeys import to_address, to_login_password, to_profile
from tests.placing import signed_in
from tests.visitor import Visitor, last_code, token_of

IP = "192.0.2.1"
BACK = {"answer": "yes"}


def steal(user: User, phone: str = NEW_PHONE) -> User:
    """Somebody who knows the password has changed the number."""
    profile.change_phone(user, phone, IP, "")
    return User.get_by_id(user.id)


def to_question(visitor: Visitor, phone: str = PHONE, number: str = LESNAYA) -> None:
    """By the ordinary entry, a code and a receipt."""
    to_address(visitor, receipt_of(number), phone)
    visitor.fill_and_submit(answer="yes")


def test_the_holder_of_the_former_number_gets_the_cabinet_back(
    app: Flask, visitor: Visitor, anna: User
) -> None:
    thief = Visitor(app)
    signed_in(thief)
    to(thief, "phone")
    thief.fill_and_submit(phone=NEW_PHONE, current_password=PASSWORD)
    thief.fill_and_submit(code=last_code(NEW_PHONE))
    assert "Номер изменён" in thief.text
    said = Message.get(Message.template == "phone_changed", Message.to == PHONE).data
    assert said["until"] == (now() + timedelta(days=14)).date().isoformat()

    to_question(visitor)
    assert visitor.path == "/register/way-back", visitor.text
    assert "Вернуть прежний кабинет?" in visitor.title
    assert not [one for one in (NEW_PHONE[-4:], "Анна", "Иванова", anna.email) if one in visitor.text]
    visitor.fill_and_submit(**BACK)
    assert visitor.path == "/login/new-password", visitor.text
    thief.get("/home")
    assert thief.path == "/", "what began by the other number is over"
    visitor.fill_and_submit(password=NEW_PASSWORD)
    assert visitor.path == "/login/password", visitor.text
    visitor.fill_and_submit(password=NEW_PASSWORD)
    assert visitor.path == "/home" and "Лесная" in visitor.text

    assert User.get_by_id(anna.id).phone == PHONE and User.by_phone(NEW_PHONE) is None
    assert told(NEW_PHONE)[-1] == "phone_changed", "the other number is told"
    staff = [one.data for one in Message.select().where(Message.template == "profile_changed")]
    assert {(one["phone"], one["before"], one.get("by")) for one in staff} == {
        (NEW_PHONE, PHONE, None),
        (PHONE, NEW_PHONE, "former_number"),
    }
    assert "phone-taken-back" in [one.what for one in history_of(User.get_by_id(anna.id))]
    assert not WayBack.select().exists()


def test_all_that_was_made_meanwhile_ends(guest: Visitor, anna: User) -> None:
    with db.atomic():
        Passkey.create(user=anna, credential="a", public_key=b"", name="thief")
        Device.remember(None, anna, "thief")
        Audit.record("email-changed", f"user:{anna.id}", anna.id)
    thief = steal(anna)
    with db.atomic():
        MaxLink.create(user=thief, max_user=501, started=now())
    linking.unlink(thief, Account.get_by_id(LESNAYA), IP)
    departure.request_deletion(thief, IP)
    code = OneTimeCode.send("recovery", NEW_PHONE, IP, "ru")
    to_question(guest)
    assert guest.path == "/register/way-back", "the accounts of before the change count"
    guest.fill_and_submit(**BACK)
    back = User.get_by_id(anna.id)
    assert back.phone == PHONE and back.password_hash is None and back.delete_at is None
    assert back.email_confirmed_at is None, "the address may be the thief's: it is to be confirmed anew"
    assert linking.holds(back, LESNAYA)
    assert not any(table.select().exists() for table in (Passkey, Device, MaxLink))
    assert OneTimeCode.get_by_id(code.id).voided_at
    assert "deletion_cancelled" in told("staff")


def test_an_account_that_was_taken_off_before_the_number_counts(guest: Visitor, anna: User) -> None:
    linking.unlink(anna, Account.get_by_id(LESNAYA), IP)
    steal(anna)
    to_question(guest)
    assert guest.path == "/register/way-back"


def test_an_address_that_stayed_stays_confirmed(guest: Visitor, anna: User) -> None:
    steal(anna)
    to_question(guest)
    guest.fill_and_submit(**BACK)
    assert User.get_by_id(anna.id).email_confirmed_at


def test_whoever_changed_it_themselves_makes_another(guest: Visitor, anna: User) -> None:
    steal(anna)
    to_question(guest)
    guest.fill_and_submit(answer="maybe")
    assert "Нажмите" in guest.text
    guest.fill_and_submit(answer="no")
    assert guest.path == "/register/profile", guest.text
    assert User.get_by_id(anna.id).phone == NEW_PHONE


def test_a_receipt_of_another_account_leads_to_a_registration(guest: Visitor, anna: User) -> None:
    """The number's next owner lives elsewhere."""
    steal(anna)
    to_profile(guest, receipt_of(DACHNAYA))
    guest.get("/register/way-back")
    assert guest.path == "/register/profile"
    guest.post("/register/way-back", {"csrf_token": guest.csrf_token, **BACK})
    assert guest.path == "/register/profile" and User.get_by_id(anna.id).phone == NEW_PHONE


def test_not_before_the_receipt_nor_by_a_contact(guest: Visitor, anna: User) -> None:
    steal(anna)
    to_address(guest, receipt_of(LESNAYA))
    with db.atomic():
        Registration.update(proved_by="max").execute()
    guest.post("/register/way-back", {"csrf_token": guest.csrf_token, **BACK})
    assert guest.path == "/register/address" and User.get_by_id(anna.id).phone == NEW_PHONE
    guest.fill_and_submit(answer="yes")
    assert guest.path == "/register/profile"


def test_not_once_the_time_is_over(guest: Visitor, anna: User) -> None:
    with time_machine.travel(base.now() - timedelta(days=14, seconds=1)):
        steal(anna)
    to_profile(guest, receipt_of(LESNAYA))


@pytest.mark.settings(way_back_kept=0)
def test_none_where_it_is_turned_off(guest: Visitor, anna: User) -> None:
    steal(anna)
    assert "until" not in Message.get(Message.template == "phone_changed", Message.to == PHONE).data
    to_profile(guest, receipt_of(LESNAYA))


def test_who_changed_it_twice_does_not_keep_it(app: Flask, guest: Visitor, anna: User) -> None:
    """Both numbers of a thief are behind: once the owner is back, the first of them has no way either."""
    steal(steal(anna), OTHER_PHONE)
    to_question(guest)
    guest.fill_and_submit(**BACK)
    assert User.get_by_id(anna.id).phone == PHONE
    to_profile(Visitor(app), receipt_of(LESNAYA), NEW_PHONE)


def test_not_of_a_cabinet_that_staff_closed_or_moved(app: Flask, guest: Visitor, anna: User) -> None:
    thief = steal(anna)
    thief.block(True, "staff:1", IP)
    to_profile(guest, receipt_of(LESNAYA))
    thief.block(False, "staff:1", IP)
    asker, colleague = (Staff.add(f"{one}@example.org", "clerk", "h") for one in "ab")
    change = phone_change.ask(User.get_by_id(anna.id), OTHER_PHONE, "SIM", "ID", asker, IP)
    phone_change.approve(change, colleague, IP)
    assert not WayBack.select().exists(), "two members of staff have looked whose it is"


def test_what_staff_were_asked_for_meanwhile_is_void(guest: Visitor, anna: User) -> None:
    thief = steal(anna)
    asker, colleague = (Staff.add(f"{one}@example.org", "clerk", "h") for one in "ab")
    change = phone_change.ask(thief, OTHER_PHONE, "SIM", "ID", asker, IP)
    to_question(guest)
    guest.fill_and_submit(**BACK)
    with pytest.raises(profile.ChangedMeanwhileError):
        phone_change.approve(change, colleague, IP)
    assert User.get_by_id(anna.id).phone == PHONE


def test_pressed_twice_it_is_done_once(guest: Visitor, anna: User) -> None:
    steal(anna)
    to_question(guest)
    cookie, data = token_of(guest), {"csrf_token": guest.csrf_token, **BACK}
    guest.post("/register/way-back", data)
    assert guest.path == "/login/new-password"
    guest.client.set_cookie("cabinet", cookie)
    guest.post("/register/way-back", data)
    assert guest.path == "/" and "Кабинет снова на вашем номере" in guest.text
    assert told(NEW_PHONE).count("phone_changed") == 1


def test_a_thief_who_changes_it_again_at_the_same_moment_loses(guest: Visitor, anna: User) -> None:
    thief = steal(anna)
    to_question(guest)
    guest.fill_and_submit(**BACK)
    with pytest.raises(CredentialsChangedError):
        steal(thief, OTHER_PHONE)
    assert User.get_by_id(anna.id).phone == PHONE


def test_the_password_of_before_opens_nothing(app: Flask, guest: Visitor, anna: User) -> None:
    steal(anna)
    to_question(guest)
    guest.fill_and_submit(**BACK)
    thief = Visitor(app)
    to_login_password(thief)
    thief.fill_and_submit(password=PASSWORD)
    assert thief.path == "/login/password"
