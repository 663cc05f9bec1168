"""A passkey or a number that is new in the other cabinet shows no more than the password that let it in."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import AccountEvent, Passkey, User
from cabinet.models.base import now
from cabinet.models.database import db
from tests.authenticator import Authenticator
from tests.cast import DACHNAYA, LESNAYA, NEW_PHONE, OTHER_PHONE, PHONE, receipt_of, resident, told
from tests.home.test_merging_by_password import BY_PASSKEY, CODE, THIEF, question
from tests.home.test_passkeys import add
from tests.home.two_cabinets import BY_CODE, MERGE, OLD_PASSWORD, RECEIPT, REVIEW, prove, settle
from tests.journeys import sign_in
from tests.login.passkeys import registered
from tests.placing import signed_in
from tests.visitor import Visitor, last_code

pytestmark = pytest.mark.settings(code_resend_waits=())
DAY = timedelta(days=1)
CHANGE = "form[action='/home/profile/phone']"


def thief(app: Flask) -> Visitor:
    """Whoever knows the password of the other cabinet, in it."""
    visitor = Visitor(app, ip=THIEF)
    sign_in(visitor, PHONE, OLD_PASSWORD)
    assert visitor.path == "/home", visitor.text
    return visitor


def with_passkey(visitor: Visitor) -> Authenticator:
    """… and leaves a passkey there."""
    key = Authenticator()
    add(visitor, key)
    return key


def with_number(visitor: Visitor) -> None:
    """… and puts in a number of their own."""
    visitor.get("/home/profile/phone")
    visitor.fill_and_submit(CHANGE, phone=OTHER_PHONE, current_password=OLD_PASSWORD)
    visitor.fill_and_submit(code=last_code(OTHER_PHONE))
    assert User.by_phone(OTHER_PHONE)


def by_passkey(visitor: Visitor, key: Authenticator) -> None:
    signed_in(visitor, NEW_PHONE)
    answer = question(visitor, key)
    visitor.post(BY_PASSKEY, {"csrf_token": visitor.csrf_token, "answer": answer})


def by_code(visitor: Visitor) -> None:
    """Prove it by a code to the number that was put in."""
    signed_in(visitor, NEW_PHONE)
    visitor.get(MERGE)
    visitor.press(BY_CODE, phone=OTHER_PHONE)
    visitor.fill_and_submit(code=last_code(OTHER_PHONE))


def keeps_out(visitor: Visitor) -> None:
    """Nothing of it is shown, and nothing merged."""
    assert visitor.path == RECEIPT, visitor.text
    for secret in ("Лесная", "Прежняя", "old@example.org"):
        assert secret not in visitor.text
    visitor.get(REVIEW)
    assert visitor.path == MERGE and User.select().count() == 2


def test_a_passkey_of_today_asks_for_more(app: Flask, guest: Visitor, anew: User) -> None:
    key = with_passkey(thief(app))
    by_passkey(guest, key)
    keeps_out(guest)
    by_passkey(guest, key)
    assert "Пароль верный" not in guest.text and "не отменить" in guest.text
    assert not guest.page.select("[name=account]"), "what a receipt says was read there just now"
    guest.fill_and_submit(CODE)
    assert told(PHONE)[-1] == "code"
    guest.fill_and_submit(code=last_code(PHONE))
    assert guest.path == REVIEW


def test_the_residents_own_browser_may_have_a_new_passkey(app: Flask, guest: Visitor, anew: User) -> None:
    key = with_passkey(thief(app))
    signed_in(guest, PHONE)
    settle()
    by_passkey(guest, key)
    assert guest.path == REVIEW


@pytest.mark.parametrize(("beyond", "more"), [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_a_day_later_the_passkey_proves_it(
    app: Flask, guest: Visitor, anew: User, beyond: timedelta, more: bool
) -> None:
    key = with_passkey(thief(app))
    moment = now()
    with db.atomic():
        Passkey.update(created_at=moment - DAY - beyond).execute()
    with time_machine.travel(moment, tick=False):
        by_passkey(guest, key)
    assert guest.path == (RECEIPT if more else REVIEW)


def test_a_number_of_today_gets_no_code_that_proves_it(app: Flask, guest: Visitor, anew: User) -> None:
    with_number(thief(app))
    by_code(guest)
    assert guest.path == RECEIPT and "меньше суток назад сменили номер" in guest.text
    assert not guest.page.select("main form"), "neither a receipt, read there just now, nor a code"
    guest.get("/home/profile/name")
    token = guest.csrf_token
    guest.post(f"{RECEIPT}/code", {"csrf_token": token})
    assert told(OTHER_PHONE).count("code") == 2
    by_code(guest)
    keeps_out(guest)


@pytest.mark.parametrize("how", ["password", "passkey"])
def test_beside_nothing_new_either(app: Flask, guest: Visitor, anew: User, how: str) -> None:
    inside = thief(app)
    key = with_passkey(inside) if how == "passkey" else None
    with_number(inside)
    if key:
        by_passkey(guest, key)
    else:
        signed_in(guest, NEW_PHONE)
        prove(guest, phone=OTHER_PHONE, own_browser=False)
    assert not guest.page.select(CODE)
    keeps_out(guest)


def test_nor_does_an_old_passkey_that_was_merged_in_today(app: Flask, guest: Visitor, anew: User) -> None:
    """A thief's own cabinet, and the passkey that it has for years, become a part of the stolen one."""
    resident(OTHER_PHONE, accounts=[DACHNAYA])
    key = registered(Visitor(app, ip=THIEF), phone=OTHER_PHONE)
    with db.atomic():
        Passkey.update(created_at=now() - 400 * DAY).execute()
    inside = thief(app)
    inside.get(MERGE)
    inside.press(BY_CODE, phone=OTHER_PHONE)
    inside.fill_and_submit(code=last_code(OTHER_PHONE))
    inside.fill_and_submit(f"form[action='{REVIEW}']", current_password=OLD_PASSWORD, passkeys="y")
    assert "Кабинеты объединены" in inside.text and User.select().count() == 2
    by_passkey(guest, key)
    keeps_out(guest)


@pytest.mark.settings(way_back_kept=0)
def test_a_receipt_that_nobody_read_there_does(app: Flask, guest: Visitor, anew: User) -> None:
    with_number(thief(app))
    with db.atomic():
        AccountEvent.update(at=now() - 2 * DAY).where(AccountEvent.kind.startswith("signed-in")).execute()
    by_code(guest)
    assert not guest.page.select(CODE)
    guest.fill_and_submit("form[action$='/receipt']", **receipt_of(LESNAYA))
    assert guest.path == REVIEW


@pytest.mark.settings(way_back_kept=0)
def test_a_day_later_the_number_does(app: Flask, guest: Visitor, anew: User) -> None:
    with_number(thief(app))
    with time_machine.travel(now() + DAY + timedelta(seconds=1), tick=False):
        by_code(guest)
        assert guest.path == REVIEW


def test_a_cabinet_of_today_has_its_number_by_a_code(guest: Visitor, anew: User, before: User) -> None:
    with db.atomic():
        User.update(phone=OTHER_PHONE).where(User.id == before.id).execute()
    by_code(guest)
    assert guest.path == REVIEW
