"""What two cabinets are not merged for, whose proof it is, and what ends with it."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import AccountEvent, Message, OneTimeCode, User, departure, profile
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.linking import accounts
from cabinet.passwords.hashing import Hasher
from cabinet.web.extensions import hasher
from tests.cast import (
    LESNAYA,
    NEW_PHONE,
    OTHER_PHONE,
    PASSWORD,
    PHONE,
    SADOVAYA,
    hashed,
    receipt_of,
    resident,
    told,
)
from tests.home.two_cabinets import BY_CODE, MERGE, RECEIPT, REFUSED, REVIEW, prove
from tests.placing import signed_in
from tests.visitor import Visitor, double, last_code


def test_a_cabinet_about_to_be_deleted_is_not_merged(guest: Visitor, anew: User, before: User) -> None:
    departure.request_deletion(before, "192.0.2.1")
    signed_in(guest, NEW_PHONE)
    prove(guest)
    assert guest.path == MERGE and "Тот кабинет скоро удалят" in guest.text
    assert User.select().count() == 2


def test_nor_is_another_merged_into_one(guest: Visitor, anew: User, before: User) -> None:
    departure.request_deletion(anew, "192.0.2.1")
    signed_in(guest, NEW_PHONE)
    prove(guest)
    assert guest.path == "/home" and "Этот кабинет скоро удалят" in guest.text


@pytest.mark.parametrize("change", ["password", "ten minutes", "erased"])
def test_what_was_proved_is_over_with_what_proved_it(
    guest: Visitor, anew: User, before: User, change: str
) -> None:
    signed_in(guest, NEW_PHONE)
    prove(guest)
    assert guest.path == REVIEW
    if change == "password":
        profile.set_password(User.get_by_id(before.id), hashed(PASSWORD), "192.0.2.1")
    elif change == "erased":
        departure.erase(User.get_by_id(before.id))
    moment = now() + timedelta(seconds=600 if change == "ten minutes" else 0)
    with time_machine.travel(moment, tick=False):
        guest.fill_and_submit(current_password=PASSWORD)
    assert guest.path == MERGE and "ещё раз" in guest.text and "Лесная" not in guest.text
    assert [account.number for account in accounts(anew)] == [SADOVAYA]


def test_what_another_tab_proved_is_not_merged_by_the_question_of_this_one(
    guest: Visitor, anew: User, before: User
) -> None:
    third = resident(OTHER_PHONE, PASSWORD, [], first_name="Третья")
    signed_in(guest, NEW_PHONE)
    prove(guest)
    asked = guest.value("asked")
    prove(guest, OTHER_PHONE, PASSWORD)
    assert guest.path == REVIEW
    guest.post(REVIEW, {"asked": asked, "csrf_token": guest.csrf_token, "current_password": PASSWORD})
    assert {user.id for user in User.select()} == {anew.id, before.id, third.id}
    assert guest.path == MERGE and "ещё раз" in guest.text


def test_nor_does_it_say_that_they_were_merged_where_the_other_ones_were(
    guest: Visitor, anew: User, before: User
) -> None:
    resident(OTHER_PHONE, PASSWORD, [], first_name="Третья")
    signed_in(guest, NEW_PHONE)
    prove(guest)
    asked = guest.value("asked")
    prove(guest, OTHER_PHONE, PASSWORD)
    guest.fill_and_submit(current_password=PASSWORD)
    assert guest.path == "/home"
    guest.post(REVIEW, {"asked": asked, "csrf_token": guest.csrf_token, "current_password": PASSWORD})
    assert guest.path == MERGE and "ещё раз" in guest.text
    assert {user.id for user in User.select()} == {anew.id, before.id}


def test_it_is_proved_for_the_one_who_proved_it(guest: Visitor, anew: User, before: User) -> None:
    boris = resident(OTHER_PHONE)
    signed_in(guest, NEW_PHONE)
    prove(guest)
    signed_in(guest, OTHER_PHONE)
    guest.get(REVIEW)
    assert guest.path == MERGE and "Лесная" not in guest.text and not accounts(boris)


def test_a_code_for_it_is_worth_nothing_after_logout(guest: Visitor, anew: User, before: User) -> None:
    signed_in(guest, NEW_PHONE)
    guest.get(MERGE)
    guest.press(BY_CODE, phone=PHONE)
    guest.post("/logout", {"csrf_token": guest.csrf_token})
    guest.post("/code", {"csrf_token": guest.csrf_token, "code": last_code(PHONE)})
    assert guest.path == "/" and OneTimeCode.get(OneTimeCode.purpose == "merge").used_at is None


def test_pressed_twice_it_leads_home(app: Flask, guest: Visitor, anew: User, before: User) -> None:
    signed_in(guest, NEW_PHONE)
    prove(guest)
    second = double(guest, app)
    guest.fill_and_submit(current_password=PASSWORD)
    second.fill_and_submit(current_password=PASSWORD)
    assert guest.path == second.path == "/home" and "Кабинеты объединены" in second.text
    assert told("staff") == ["cabinets_merged"]


def test_whose_cabinet_is_shown_in_a_browser_unknown_to_it_is_told_as_of_a_sign_in(
    app: Flask, guest: Visitor, anew: User, before: User
) -> None:
    signed_in(guest, PHONE)
    signed_in(guest, NEW_PHONE)
    prove(guest)
    assert guest.path == REVIEW and told(before.email) == [], "its own browser"
    stranger = Visitor(app, ip="203.0.113.7")
    signed_in(stranger, NEW_PHONE)
    prove(stranger, password="Чужой7пароль", own_browser=False)
    assert stranger.path == MERGE and told(before.email) == [], "nothing was shown"
    with time_machine.travel(now() + timedelta(days=2), tick=False):
        signed_in(stranger, NEW_PHONE)
        prove(stranger, own_browser=False)
        assert stranger.path == RECEIPT and told(before.email) == [], "nothing was shown"
        stranger.fill_and_submit(**receipt_of(LESNAYA))
    assert stranger.path == REVIEW and told(before.email) == ["new_device"] and not told(PHONE)
    shown = AccountEvent.select().where(AccountEvent.kind == "cabinet-proved")
    assert [(one.user_id, one.detail) for one in shown] == [(before.id, {"by": anew.id})] * 2


def test_the_other_cabinets_browsers_are_signed_out(app: Flask, guest: Visitor, anew: User) -> None:
    elsewhere = Visitor(app)
    signed_in(elsewhere, PHONE)
    signed_in(guest, NEW_PHONE)
    prove(guest)
    elsewhere.get("/home/profile/history")
    assert "Кабинет подтвердили, чтобы объединить с другим" in elsewhere.text
    guest.fill_and_submit(current_password=PASSWORD)
    elsewhere.get("/home")
    assert elsewhere.path == "/"
    elsewhere.fill_and_submit(phone=PHONE, consent="y")
    assert elsewhere.path == "/code", "whoever has the number now makes a cabinet of their own"


def test_a_cabinet_without_a_number_gets_one_first(guest: Visitor, anew: User) -> None:
    signed_in(guest, NEW_PHONE)
    with db.atomic():
        User.update(phone="~nobody's").where(User.id == anew.id).execute()
    guest.get(MERGE)
    assert guest.path == "/home/profile/phone" and not guest.page.select("a[href='/home/profile/merge']")
    assert not Message.select().where(Message.template == "cabinets_merged").exists()


def test_a_password_that_is_replaced_while_it_is_compared_proves_nothing(
    app: Flask, guest: Visitor, anew: User, before: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        compare = hasher().verify

    def and_meanwhile(typed: str, stored: str | None) -> bool:
        right = compare(typed, stored)
        profile.set_password(User.get_by_id(before.id), hashed(PASSWORD), "192.0.2.1")
        return right

    signed_in(guest, NEW_PHONE)
    monkeypatch.setattr(Hasher, "verify", lambda _self, typed, stored: and_meanwhile(typed, stored))
    prove(guest)
    assert guest.path == MERGE and REFUSED in guest.error("password")
