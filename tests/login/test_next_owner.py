"""The number passed to somebody else: a code proves the number, and only a receipt whose cabinet it is."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import (
    AccountEvent,
    AccountLink,
    Audit,
    Consent,
    Device,
    PassedNumber,
    Passkey,
    Registration,
    User,
    base,
)
from cabinet.models.database import db
from tests.cast import (
    DACHNAYA,
    LESNAYA,
    NEW_PASSWORD,
    PASSWORD,
    PHONE,
    hashed,
    receipt_of,
    told,
)
from tests.journeys import sign_in, to_login_password
from tests.login.long_gone import OLD, SECRETS, silent, to_new_cabinet, to_receipt
from tests.visitor import Visitor, last_code


def knows_nothing(visitor: Visitor) -> None:
    """Whatever this session asks for, it learns nothing of the cabinet."""
    sides = ("/", "/resume", "/login/new-password", "/login/receipt", "/login/new-owner", "/requests")
    inner = (
        "/home",
        "/home/profile",
        "/home/profile/data.json",
        "/home/profile/passkeys/options",
        "/requests/new",
    )
    for address in (*sides, *inner):
        text = visitor.client.get(address, follow_redirects=True).get_data(as_text=True)
        assert not [secret for secret in SECRETS if secret in text], address


@pytest.mark.parametrize("password", [PASSWORD, None], ids=["forgotten", "never had one"])
def test_nothing_is_shown_before_a_receipt_of_the_cabinet(visitor: Visitor, password: str | None) -> None:
    user = silent(password_hash=password and hashed(password))
    to_receipt(visitor)
    assert "Подтвердите квитанцией" in visitor.title and not [s for s in SECRETS if s in visitor.text]
    knows_nothing(visitor)
    visitor.get("/login/receipt")
    visitor.fill_and_submit(**receipt_of(LESNAYA, amount="1,00"))
    assert visitor.path == "/login/receipt" and "нет в системе" in visitor.text
    assert "заявку" not in visitor.text, "a request would be of nobody"
    assert User.get_by_id(user.id).password_hash == user.password_hash
    visitor.fill_and_submit(**receipt_of(LESNAYA))
    assert visitor.path == "/login/new-password", visitor.text
    visitor.fill_and_submit(password=NEW_PASSWORD)
    assert visitor.path == "/login/password"
    visitor.fill_and_submit(password=NEW_PASSWORD)
    assert visitor.path == "/home" and "Лесная" in visitor.text
    kinds = {event.kind for event in AccountEvent.select().where(AccountEvent.user_id == user.id)}
    assert {"receipt-asked", "receipt-proved", "recovered", "signed-in-new"} <= kinds | {"signed-in-new"}


def test_once_proved_it_is_not_asked_again(app: Flask, guest: Visitor) -> None:
    silent()
    to_receipt(guest)
    guest.fill_and_submit(**receipt_of(LESNAYA))
    guest.fill_and_submit(password=NEW_PASSWORD)
    sign_in(Visitor(app), password=NEW_PASSWORD)


def test_the_rules_of_a_password_say_nothing_of_the_owner(guest: Visitor) -> None:
    silent()
    to_receipt(guest)
    answers = {
        guest.client.post(
            "/login/new-password/rules", data={"password": typed, "csrf_token": guest.csrf_token}
        ).get_data(as_text=True)
        for typed in ("Аглая1980древняя", "Нелли1980древняк")
    }
    assert len(answers) == 1


def test_no_password_is_set_past_the_receipt(guest: Visitor) -> None:
    user = silent()
    to_receipt(guest)
    guest.post("/login/new-password", {"csrf_token": guest.csrf_token, "password": NEW_PASSWORD})
    assert guest.path == "/login/receipt"
    assert User.get_by_id(user.id).password_hash == user.password_hash


def test_the_password_alone_does_not_lead_in_either(visitor: Visitor) -> None:
    user = silent()
    to_login_password(visitor)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/login/receipt"
    knows_nothing(visitor)
    assert not Device.select().exists() and User.get_by_id(user.id).seen_at == user.seen_at
    visitor.get("/login/receipt")
    visitor.fill_and_submit(**receipt_of(LESNAYA))
    assert visitor.path == "/home" and "Лесная" in visitor.text


def test_who_knows_the_password_alone_proves_the_number_before_a_new_cabinet(visitor: Visitor) -> None:
    silent()
    to_login_password(visitor)
    visitor.fill_and_submit(password=PASSWORD)
    visitor.fill_and_submit(**receipt_of(DACHNAYA))
    assert visitor.path == "/login/new-owner", visitor.text
    visitor.fill_and_submit(consent="y")
    assert visitor.path == "/code", visitor.text
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.path == "/register/address" and "Дачная" in visitor.text


def test_a_receipt_of_another_account_begins_a_new_cabinet(app: Flask, visitor: Visitor) -> None:
    old, elsewhere = silent(), Visitor(app)
    with db.atomic():
        Passkey.create(user=old, credential="x", public_key=b"", name="x")
    to_new_cabinet(visitor)
    assert told("staff") == [] and User.by_phone(PHONE) == old, "until it is made, nothing changes"
    signed_in_before = User.get_by_id(old.id).stamp
    visitor.fill_and_submit(password=NEW_PASSWORD)
    assert visitor.path == "/home" and "Дачная" in visitor.text
    assert not [secret for secret in SECRETS if secret in visitor.text]
    new, former = User.by_phone(PHONE), User.get_by_id(old.id)
    assert new and new.id != old.id and not former.has_number and former.stamp != signed_in_before
    assert former.password_hash == old.password_hash and Passkey.get().user_id == old.id
    assert [link.account_id for link in AccountLink.select().where(AccountLink.user == old.id)] == [LESNAYA]
    assert told(OLD["email"]) == ["number_passed_on"]
    assert told("staff") == ["registered", "number_passed_on"]
    assert set(told(PHONE)) == {"code"}, "nothing meant for its former owner goes to the number"
    assert Audit.select().where(Audit.action == "number-passed-on", Audit.subject == old.id).exists()
    passed = PassedNumber.get()
    assert (passed.phone, passed.user_id, passed.taken_by) == (PHONE, old.id, new.id)
    visitor.get("/home/profile/history")
    assert "перешёл" not in visitor.text and "Попросили квитанцию" not in visitor.text
    to_login_password(elsewhere)
    elsewhere.fill_and_submit(password=PASSWORD)
    assert elsewhere.error("password"), "the old password opens nothing by this number"
    elsewhere.fill_and_submit(password=NEW_PASSWORD)
    assert elsewhere.path == "/home" and "Дачная" in elsewhere.text


def test_a_new_cabinet_needs_consent(visitor: Visitor) -> None:
    silent()
    to_receipt(visitor)
    visitor.fill_and_submit(**receipt_of(DACHNAYA))
    visitor.fill_and_submit()
    assert visitor.path == "/login/new-owner" and visitor.error("consent")
    assert not Registration.select().exists() and not Consent.select().exists()


def test_an_unproved_mailbox_is_told_nothing(guest: Visitor) -> None:
    silent(email_confirmed_at=None)
    to_new_cabinet(guest)
    guest.fill_and_submit(password=NEW_PASSWORD)
    assert guest.path == "/home" and told(OLD["email"]) == []


def test_who_stopped_half_way_goes_on_by_the_number(guest: Visitor) -> None:
    silent()
    to_new_cabinet(guest)
    guest.get("/")
    assert "Вы начали регистрацию" in guest.text
    guest.fill_and_submit(phone=PHONE, consent="y")
    assert guest.path == "/register/password"


def test_an_owner_who_came_back_meanwhile_keeps_the_number(app: Flask, guest: Visitor) -> None:
    old = silent()
    to_new_cabinet(guest)
    owner = Visitor(app)
    to_login_password(owner)
    owner.fill_and_submit(password=PASSWORD)
    owner.fill_and_submit(**receipt_of(LESNAYA))
    assert owner.path == "/home"
    guest.fill_and_submit(password=NEW_PASSWORD)
    assert guest.path == "/" and "уже есть кабинет" in guest.text
    assert User.by_phone(PHONE) == old and User.select().count() == 1


def test_codes_of_before_open_nothing_in_the_new_cabinet(app: Flask, guest: Visitor) -> None:
    silent()
    late = Visitor(app, ip="198.51.100.7")
    to_receipt(late)
    with time_machine.travel(base.now() + timedelta(minutes=2)):
        to_new_cabinet(guest)
        guest.fill_and_submit(password=NEW_PASSWORD)
        assert guest.path == "/home"
        for address in ("/login/new-password", "/login/receipt", "/login/new-owner"):
            late.get(address)
            assert late.path in ("/", "/login/password"), address
