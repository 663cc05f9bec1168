"""Several numbers left behind: whoever was the thief, the owner gets the cabinet back and keeps it."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import Audit, Message, Staff, User, WayBack, base, phone_change, profile, resident_search
from cabinet.models.base import now
from cabinet.models.database import db
from tests.authenticator import Authenticator
from tests.cast import (
    LESNAYA,
    NEW_PHONE,
    OTHER_PHONE,
    PASSWORD,
    PHONE,
    receipt_of,
    told,
)
from tests.home.profile import to
from tests.journeys import FORGOT, to_login_password, to_profile
from tests.login.passkeys import answer, question, registered
from tests.placing import at_desk
from tests.register.test_way_back import BACK, IP, steal, to_question
from tests.staff.conftest import member
from tests.visitor import Visitor, last_code

pytestmark = pytest.mark.settings(code_resend_waits=())
CLOSE = "form[action$='/block']"
THIRD = "+79160000000"


def takes_back(visitor: Visitor, phone: str) -> None:
    to_question(visitor, phone)
    assert visitor.path == "/register/way-back", visitor.text
    visitor.fill_and_submit(**BACK)
    assert visitor.path == "/login/new-password", visitor.text


def test_who_changed_the_number_themselves_before_has_a_way_back(guest: Visitor, anna: User) -> None:
    """The owner moved to another number; ten days later somebody who knows the password moves on."""
    own = steal(anna, NEW_PHONE)
    steal(own, OTHER_PHONE)
    takes_back(guest, NEW_PHONE)
    assert User.get_by_id(anna.id).phone == NEW_PHONE and User.by_phone(OTHER_PHONE) is None
    assert [way.phone for way in WayBack.select()] == [PHONE]


def test_a_thief_of_two_numbers_takes_nothing_from_who_had_the_first(
    app: Flask, guest: Visitor, anna: User
) -> None:
    steal(steal(anna, NEW_PHONE), OTHER_PHONE)
    takes_back(Visitor(app), NEW_PHONE)
    takes_back(guest, PHONE)
    assert User.get_by_id(anna.id).phone == PHONE and not WayBack.select().exists()
    to_profile(Visitor(app), receipt_of(LESNAYA), NEW_PHONE)
    to_profile(Visitor(app), receipt_of(LESNAYA), OTHER_PHONE)


def test_the_owner_comes_by_a_passkey_and_no_number_of_the_thief_leads_back(
    app: Flask, guest: Visitor, anna: User
) -> None:
    key: Authenticator = registered(guest)
    steal(steal(anna, NEW_PHONE), OTHER_PHONE)
    owner = Visitor(app)
    answer(owner, key.sign(question(owner)))
    to(owner, "phone")
    owner.fill_and_submit(phone=THIRD, current_password=PASSWORD)
    owner.fill_and_submit(code=last_code(THIRD))
    assert "Номер изменён" in owner.text, owner.text
    for number in (NEW_PHONE, OTHER_PHONE):
        to_profile(Visitor(app), receipt_of(LESNAYA), number)
    assert User.get_by_id(anna.id).phone == THIRD


def closes(app: Flask, user: User, reason: str = "stranger") -> Visitor:
    desk = at_desk(Visitor(app), member())
    desk.get(f"/staff/resident/{user.id}/block")
    desk.fill_and_submit(CLOSE, reason=reason)
    assert desk.path == f"/staff/resident/{user.id}", desk.text
    return desk


def opens(desk: Visitor) -> None:
    desk.fill_and_submit("form[action$='/unblock']")
    assert "Вход снова открыт" in desk.text


def test_a_stranger_whom_staff_shut_out_does_not_come_in_by_their_own_number(
    app: Flask, guest: Visitor, anna: User
) -> None:
    desk = closes(app, steal(anna))
    assert "Номер недавно сменили, и мы его отключили" in desk.text and "~" not in desk.text
    assert told(NEW_PHONE)[-1] == "access_closed"
    opens(desk)
    thief = Visitor(app)
    thief.get("/")
    thief.fill_and_submit(phone=NEW_PHONE, consent="y")
    assert thief.path == "/code", "the number has no cabinet: whoever comes by it registers"
    takes_back(guest, PHONE)
    assert User.get_by_id(anna.id).phone == PHONE


def test_a_number_that_was_taken_away_is_known_to_staff_and_to_webhooks(app: Flask, anna: User) -> None:
    desk = closes(app, steal(anna))
    assert "Если прежнего номера у жителя нет, смените номер сами" in desk.text
    told = [one.data for one in Message.select().where(Message.template == "profile_changed")]
    (said,) = [data for data in told if data.get("by") == "staff"]
    assert (said["what"], said["phone"], said["before"]) == ("phone", "", NEW_PHONE)
    page = " ".join(desk.page.get_text(" ").split())
    assert "Номер отключён +7 999 000-11-22" in page
    assert "Прежний номер может вернуть кабинет +7 916 123-45-67 сменён" in page
    assert Audit.get(Audit.action == "staff-number-dropped").subject == anna.id
    for number in (PHONE, NEW_PHONE):
        assert resident_search.find(number).keys == [anna.id]


def test_a_number_of_long_ago_stays(app: Flask, guest: Visitor, anna: User) -> None:
    desk = closes(app, anna)
    assert "потом житель создаст новый пароль по коду" in desk.text
    opens(desk)
    to_login_password(guest)
    guest.fill_and_submit(FORGOT)
    guest.fill_and_submit(code=last_code(PHONE))
    assert guest.path == "/login/new-password"


@pytest.mark.parametrize("reason", ["stranger", "asked"])
def test_while_it_is_closed_no_time_passes(app: Flask, guest: Visitor, anna: User, reason: str) -> None:
    thief = steal(anna)
    closes(app, thief, reason)
    long_ago = now() - timedelta(days=13)
    with db.atomic():
        WayBack.update(at=long_ago - timedelta(days=30)).execute()
        User.update(blocked_at=long_ago - timedelta(days=29)).execute()
        assert not WayBack.delete().where(WayBack.over()).execute(), "nor is it purged"
    assert profile.reopen(User.get_by_id(anna.id), "staff:1", IP)
    assert not profile.reopen(User.get_by_id(anna.id), "staff:1", IP)
    takes_back(guest, PHONE)


def test_what_was_over_when_it_was_closed_stays_over(app: Flask, guest: Visitor, anna: User) -> None:
    thief = steal(anna)
    with db.atomic():
        WayBack.update(at=now() - timedelta(days=15)).execute()
    thief.block(True, "staff:1", IP, "asked")
    assert profile.reopen(User.get_by_id(anna.id), "staff:1", IP)
    to_profile(guest, receipt_of(LESNAYA))


def test_staff_may_give_it_another_number_meanwhile(app: Flask, anna: User) -> None:
    desk = closes(app, steal(anna))
    opens(desk)
    asker, colleague = (Staff.add(f"{one}@example.org", "clerk", "h") for one in "ab")
    change = phone_change.ask(User.get_by_id(anna.id), THIRD, "SIM", "ID", asker, IP)
    phone_change.approve(change, colleague, IP)
    assert User.get_by_id(anna.id).phone == THIRD and not WayBack.select().exists()


def test_an_address_put_in_before_is_confirmed_anew_however_long_it_was_closed(
    app: Flask, guest: Visitor, anna: User
) -> None:
    with db.atomic():
        profile.change_email(anna, "thief@example.org", IP)
        User.update(email_confirmed_at=now()).execute()
    thief = steal(User.get_by_id(anna.id))
    thief.block(True, "staff:1", IP, "asked")
    with time_machine.travel(base.now().timestamp() + 100 * 86400):
        assert profile.reopen(User.get_by_id(anna.id), "staff:1", IP)
        takes_back(guest, PHONE)
        assert User.get_by_id(anna.id).email_confirmed_at is None
