"""When a number counts as long silent, who gets it of several, and what becomes of its former owner."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from flask import Flask

from cabinet.models import (
    Message,
    PassedNumber,
    Registration,
    User,
    WebSession,
    base,
    profile,
)
from cabinet.models.database import db
from cabinet.models.registered import PhoneTakenError
from cabinet.models.user import CredentialsChangedError
from tests.authenticator import Authenticator
from tests.cast import (
    DACHNAYA,
    NEW_PASSWORD,
    NEW_PHONE,
    PASSWORD,
    PHONE,
    hashed,
    resident,
    told,
)
from tests.journeys import FORGOT, sign_in, to_login_password, to_new_password
from tests.login.long_gone import LONG, OLD, SECRETS, silent, to_new_cabinet
from tests.login.passkeys import answer, is_in, question, registered
from tests.placing import signed_in
from tests.threads import together
from tests.visitor import Visitor, last_code


@pytest.mark.parametrize(("ago", "asked"), [(LONG, True), (LONG - timedelta(seconds=1), False)])
def test_half_a_year_is_half_a_year(guest: Visitor, ago: timedelta, asked: bool) -> None:
    with time_machine.travel(base.now(), tick=False):
        silent(ago)
        to_login_password(guest)
        guest.fill_and_submit(FORGOT)
        guest.fill_and_submit(code=last_code(PHONE))
    assert guest.path == ("/login/receipt" if asked else "/login/new-password")


@pytest.mark.settings(prove_again_after=0)
def test_a_company_may_never_ask(guest: Visitor) -> None:
    silent(seen=LONG * 10)
    to_new_password(guest)


def test_a_browser_that_is_known_is_not_asked(guest: Visitor) -> None:
    user = silent()
    signed_in(guest)
    guest.post("/logout", {"csrf_token": guest.csrf_token})
    with db.atomic():
        User.update(seen_at=user.seen_at).execute()
    to_new_password(guest)
    sign_in(guest)


def test_a_passkey_says_who_it_is(app: Flask, guest: Visitor) -> None:
    user = silent()
    key: Authenticator = registered(guest)
    with db.atomic():
        User.update(seen_at=user.seen_at).execute()
    elsewhere = Visitor(app)
    answer(elsewhere, key.sign(question(elsewhere)))
    assert is_in(elsewhere)


def _registrations(app: Flask, old: User) -> list[Registration]:
    with db.atomic():
        receipt = (DACHNAYA, base.now().date().replace(day=1), 1)
        made = [
            Registration.begin_anew(old, receipt, "ru", ("1", "Текст"), "192.0.2.1", "x") for _ in range(4)
        ]
        for one in made:
            one.verify_phone()
    return made


def test_of_several_new_owners_one_gets_the_number(app: Flask) -> None:
    old = silent()

    def complete(registration: Registration) -> str:
        try:
            return registration.complete(hashed(PASSWORD), "192.0.2.1").id
        except PhoneTakenError:
            return ""

    got = together([partial(complete, one) for one in _registrations(app, old)])
    assert len([key for key in got if key]) == 1
    assert User.select().count() == 2 and PassedNumber.select().count() == 1
    assert told(OLD["email"]) == ["number_passed_on"]


@pytest.mark.parametrize("again", range(3))
def test_whoever_is_first_gets_it_the_owner_or_the_next(app: Flask, again: int) -> None:
    old = silent()
    registration = _registrations(app, old)[0]

    user = User.get_by_id(old.id)

    def come_back() -> bool:
        with db.atomic():
            try:
                user.arrive()
            except CredentialsChangedError:
                return False
        return True

    def take() -> bool:
        try:
            registration.complete(hashed(PASSWORD), "192.0.2.1")
        except PhoneTakenError:
            return False
        return True

    came, taken = together([come_back, take])
    now = User.by_phone(PHONE)
    assert came != taken and now is not None and (now.id == old.id) == came


def test_who_was_seen_meanwhile_keeps_the_number(app: Flask) -> None:
    old = silent()
    registration = _registrations(app, old)[0]
    with db.atomic():
        User.get_by_id(old.id).arrive()
    with pytest.raises(PhoneTakenError):
        registration.complete(hashed(PASSWORD), "192.0.2.1")
    assert User.by_phone(PHONE) == old and User.select().count() == 1 and told("staff") == []


def test_a_resident_may_take_a_silent_number_as_the_new_one(app: Flask, guest: Visitor) -> None:
    old = silent()
    mine = resident(NEW_PHONE, accounts=[DACHNAYA])
    sign_in(guest, NEW_PHONE)
    guest.get("/home/profile/phone")
    guest.fill_and_submit(phone=PHONE, current_password=PASSWORD)
    assert guest.path == "/code", guest.text
    guest.fill_and_submit(code=last_code(PHONE))
    assert guest.path == "/home/profile" and User.by_phone(PHONE) == mine
    assert not User.get_by_id(old.id).has_number and told(OLD["email"]) == ["number_passed_on"]
    assert not [secret for secret in SECRETS if secret in guest.text]


def test_a_number_in_use_stays_where_it_is(guest: Visitor) -> None:
    silent(LONG / 2)
    resident(NEW_PHONE, accounts=[DACHNAYA])
    sign_in(guest, NEW_PHONE)
    guest.get("/home/profile/phone")
    guest.fill_and_submit(phone=PHONE, current_password=PASSWORD)
    assert guest.path == "/home/profile/phone" and "уже есть другой кабинет" in guest.text


def test_the_former_owner_goes_on_by_a_passkey_and_takes_a_new_number(app: Flask, guest: Visitor) -> None:
    user = silent()
    key = registered(guest)
    with db.atomic():
        User.update(seen_at=user.seen_at).execute()
    taker = Visitor(app)
    to_new_cabinet(taker)
    taker.fill_and_submit(password=NEW_PASSWORD)
    assert not is_in(guest), "its sessions are over"
    owner = Visitor(app)
    answer(owner, key.sign(question(owner)))
    assert is_in(owner) and "Лесная" in owner.text and "~" not in owner.text
    owner.get("/home/profile/phone")
    owner.fill_and_submit(phone=NEW_PHONE, confirm="code")
    assert owner.error("current_password"), "there is no number that a code could go to"
    owner.fill_and_submit(phone=NEW_PHONE, current_password=PASSWORD)
    owner.fill_and_submit(code=last_code(NEW_PHONE))
    assert owner.path == "/home/profile" and User.by_phone(NEW_PHONE) == user
    for address in ("/home", "/home/profile", "/home/profile/data", "/home/profile/history"):
        owner.get(address)
        assert "~" not in owner.text
    assert not Message.select().where(Message.to.startswith("~")).exists()


def test_a_cabinet_without_a_number_is_changed_as_any_other(guest: Visitor) -> None:
    old = silent()
    to_new_cabinet(guest)
    guest.fill_and_submit(password=NEW_PASSWORD)
    former = User.get_by_id(old.id)
    profile.rename(former, "Новая", "Аглая", "", "192.0.2.1")
    letters = Message.select().where(Message.template == "profile_changed")
    assert [letter.data["phone"] for letter in letters] == [""]
    assert WebSession.live_of(old.id) == []
