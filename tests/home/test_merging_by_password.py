"""A password alone, which others may know, merges no cabinet: that cannot be undone."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import Passkey, User, profile
from cabinet.models.base import now
from cabinet.models.database import db
from tests.authenticator import Authenticator
from tests.cast import DACHNAYA, LESNAYA, NEW_PHONE, PASSWORD, PHONE, hashed, receipt_of, resident, told
from tests.home.two_cabinets import MERGE, OLD_PASSWORD, RECEIPT, REVIEW, prove, settle_passkeys
from tests.login.passkeys import registered
from tests.placing import signed_in
from tests.visitor import Visitor, last_code

CODE = "form[action$='/receipt/code']"
BY_PASSKEY = f"{MERGE}/passkey"
THIEF = "198.51.100.7"


def whoever_knows_the_password(visitor: Visitor) -> Visitor:
    """In a cabinet of their own, in a browser that was never seen in the other one."""
    signed_in(visitor, NEW_PHONE)
    prove(visitor, own_browser=False)
    assert visitor.path == RECEIPT, visitor.text
    return visitor


def test_who_knows_the_password_alone_takes_nothing(visitor: Visitor, anew: User, before: User) -> None:
    whoever_knows_the_password(visitor)
    for secret in ("Лесная", "Прежняя", "old@example.org"):
        assert secret not in visitor.text
    visitor.get(REVIEW)
    assert visitor.path == MERGE and User.select().count() == 2


def test_beside_it_one_of_the_receipts_does(visitor: Visitor, anew: User, before: User) -> None:
    whoever_knows_the_password(visitor)
    visitor.fill_and_submit("form[action$='/receipt']", **receipt_of(DACHNAYA))
    assert visitor.path == RECEIPT and "этого лицевого счёта нет" in visitor.error("account")
    visitor.fill_and_submit("form[action$='/receipt']", **receipt_of(LESNAYA))
    assert visitor.path == REVIEW and "Лесная" in visitor.text
    visitor.fill_and_submit(current_password=PASSWORD)
    assert visitor.path == "/home" and User.select().count() == 1


def test_beside_it_a_code_to_that_number_does(visitor: Visitor, anew: User, before: User) -> None:
    whoever_knows_the_password(visitor)
    visitor.fill_and_submit(CODE)
    assert visitor.path == "/code" and told(PHONE) == ["code"]
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.path == REVIEW


def test_codes_are_as_few_as_everywhere(guest: Visitor, anew: User, before: User) -> None:
    whoever_knows_the_password(guest)
    guest.fill_and_submit(CODE)
    guest.get(RECEIPT)
    guest.fill_and_submit(CODE)
    assert guest.status == 429 and "Новый код можно запросить" in guest.text
    assert told(PHONE) == ["code"]


@pytest.mark.parametrize("hours", [1, 23, 25])
def test_a_browser_known_for_more_than_a_day_needs_no_more(
    guest: Visitor, anew: User, before: User, hours: int
) -> None:
    signed_in(guest, PHONE)
    with time_machine.travel(now() + timedelta(hours=hours), tick=False):
        signed_in(guest, NEW_PHONE)
        prove(guest, own_browser=False)
        assert guest.path == (REVIEW if hours > 24 else RECEIPT)


def test_what_was_read_in_the_cabinet_itself_is_no_receipt(app: Flask, guest: Visitor, anew: User) -> None:
    """Whoever knows the password sees period, account and sum there, and the owner has a day to notice."""
    whoever_knows_the_password(guest)
    elsewhere = Visitor(app, ip=THIEF)
    signed_in(elsewhere, PHONE)
    assert LESNAYA in elsewhere.text
    token = guest.csrf_token
    guest.post(RECEIPT, {"csrf_token": token, **receipt_of(LESNAYA)})
    assert guest.path == RECEIPT and "меньше суток назад" in guest.text and "Подтвердите кодом" in guest.text
    assert not guest.page.select("[name=account]") and "Лесная" not in guest.text
    guest.post(f"{RECEIPT}/photo", {"csrf_token": token})
    assert guest.path == RECEIPT and not guest.page.select("[name=account]")
    guest.fill_and_submit(CODE)
    assert guest.path == "/code"


@pytest.mark.parametrize(("hours", "does"), [(23, False), (25, True)])
def test_a_day_later_it_is(app: Flask, guest: Visitor, anew: User, hours: int, does: bool) -> None:
    signed_in(Visitor(app, ip=THIEF), PHONE)
    with time_machine.travel(now() + timedelta(hours=hours), tick=False):
        whoever_knows_the_password(guest)
        assert bool(guest.page.select("[name=account]")) == does


def test_changing_the_password_hides_no_sign_in(app: Flask, guest: Visitor, anew: User, before: User) -> None:
    signed_in(Visitor(app, ip=THIEF), PHONE)
    profile.set_password(User.get_by_id(before.id), hashed("Новый7пароль7"), THIEF)
    signed_in(guest, NEW_PHONE)
    prove(guest, password="Новый7пароль7", own_browser=False)
    assert guest.path == RECEIPT and not guest.page.select("[name=account]")


def test_no_code_is_sent_for_a_cabinet_that_was_not_proved(guest: Visitor, anew: User, before: User) -> None:
    signed_in(guest, NEW_PHONE)
    guest.get(MERGE)
    guest.post(f"{RECEIPT}/code", {"csrf_token": guest.csrf_token})
    assert guest.path == MERGE and told(PHONE) == []


def question(visitor: Visitor, key: Authenticator) -> str:
    """The answer to what the page of the merge asks."""
    visitor.get(MERGE)
    return key.sign(visitor.client.get(BY_PASSKEY).get_json())


def test_a_passkey_of_the_other_cabinet_proves_it(app: Flask, guest: Visitor, anew: User) -> None:
    key = registered(Visitor(app), phone=PHONE)
    settle_passkeys()
    signed_in(guest, NEW_PHONE)
    answer = question(guest, key)
    guest.post(BY_PASSKEY, {"csrf_token": guest.csrf_token, "answer": answer})
    assert guest.path == REVIEW and "Лесная" in guest.text
    guest.get(MERGE)
    guest.post(BY_PASSKEY, {"csrf_token": guest.csrf_token, "answer": answer})
    assert guest.path == MERGE and "Не получилось" in guest.text, "an answer counts once"


@pytest.mark.parametrize("which", ["own", "nobody's", "another question", "blocked", "nothing"])
def test_no_other_passkey_does(app: Flask, guest: Visitor, anew: User, before: User, which: str) -> None:
    key = registered(Visitor(app), phone=NEW_PHONE if which == "own" else PHONE)
    signed_in(guest, NEW_PHONE)
    answer = question(guest, key)
    if which == "another question":
        answer = key.sign(guest.client.get("/login/passkey").get_json())
    with db.atomic():
        if which == "nobody's":
            Passkey.delete().execute()
        if which == "blocked":
            User.update(blocked_at=now()).where(User.id == before.id).execute()
    guest.post(BY_PASSKEY, {"csrf_token": guest.csrf_token, "answer": "" if which == "nothing" else answer})
    assert guest.path == MERGE and "Лесная" not in guest.text
    assert ("в котором вы сейчас" if which == "own" else "Не получилось") in guest.text
    guest.get(REVIEW)
    assert guest.path == MERGE


def test_a_passkey_of_a_cabinet_without_a_number_says_what_comes_first(app: Flask, guest: Visitor) -> None:
    before = resident(PHONE, OLD_PASSWORD, [])
    resident(NEW_PHONE)
    key = registered(Visitor(app), phone=PHONE)
    with db.atomic():
        User.update(phone="~nobody's").where(User.id == before.id).execute()
    signed_in(guest, NEW_PHONE)
    answer = question(guest, key)
    guest.post(BY_PASSKEY, {"csrf_token": guest.csrf_token, "answer": answer})
    assert guest.path == MERGE and "укажите номер" in guest.text
    assert User.select().count() == 2
