"""Signing in by a passkey: nothing does but a fresh answer of this very key to this very browser."""

from typing import Any

import pytest
from flask import Flask

from cabinet.models import AccountEvent, Attempt, Passkey, User, WebSession, passkey_answers
from cabinet.models.profile import set_password
from cabinet.web import challenges
from tests.authenticator import BACKED_UP, Authenticator
from tests.cast import NEW_PASSWORD, OTHER_PHONE, PASSWORD, resident
from tests.journeys import recover, sign_in
from tests.login.passkeys import REFUSED, answer, is_in, question, registered
from tests.visitor import Visitor


def test_a_passkey_signs_in_without_phone_and_password(
    visitor: Visitor, key: Authenticator, anna: User
) -> None:
    answer(visitor, key.sign(question(visitor)))
    assert visitor.path == "/home" and "Здравствуйте, Анна!" in visitor.text
    passkey = Passkey.get()
    assert passkey.sign_count == key.sign_count == 2 and passkey.used_at and passkey.backed_up
    event = AccountEvent.select().order_by(AccountEvent.id.desc()).get()
    assert event.kind == "signed-in-new" and event.detail == {"passkey": passkey.id}
    assert not Attempt.select().where(Attempt.kind == "passkey-ip").exists(), "right answers do not count"


def test_the_backup_state_is_kept_as_it_changes(guest: Visitor, key: Authenticator) -> None:
    assert Passkey.get().may_be_backed_up and Passkey.get().backed_up
    key.flags &= ~BACKED_UP
    answer(guest, key.sign(question(guest)))
    assert guest.path == "/home" and not Passkey.get().backed_up and Passkey.get().may_be_backed_up


def test_a_device_that_does_not_count_signs_in_every_time(app: Flask, anna: User) -> None:
    key = registered(Visitor(app), Authenticator(counts=False))
    for _ in range(2):
        visitor = Visitor(app)
        answer(visitor, key.sign(question(visitor)))
        assert visitor.path == "/home"


def test_blocked_residents_stay_out(guest: Visitor, key: Authenticator, anna: User) -> None:
    anna.block(True, "staff", "")
    answer(guest, key.sign(question(guest)))
    assert REFUSED in guest.text and not is_in(guest)


def test_a_password_that_was_forgotten_ends_them_all(app: Flask, guest: Visitor, key: Authenticator) -> None:
    recover(Visitor(app))
    answer(guest, key.sign(question(guest)))
    assert REFUSED in guest.text and not Passkey.select().exists()


def test_a_new_password_ends_all_but_that_of_this_session(app: Flask, key: Authenticator, anna: User) -> None:
    lost = registered(Visitor(app))
    own = Visitor(app)
    answer(own, key.sign(question(own)))
    own.get("/home/profile/password")
    own.fill_and_submit(current_password=PASSWORD, password=NEW_PASSWORD)
    assert "Пароль изменён" in own.text
    for device, works in ((key, True), (lost, False)):
        visitor = Visitor(app)
        answer(visitor, device.sign(question(visitor)))
        assert (visitor.path == "/home") is works


def test_what_is_under_way_when_the_password_changes_ends(
    app: Flask, guest: Visitor, key: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is judged, the password changes, the session would begin."""

    def change_meanwhile(*args: Any) -> tuple[int, bool]:
        judged = passkey_answers.verify(*args)
        user = User.get()
        set_password(user, "$2b$other", "", keep_passkey=Passkey.get().id)
        return judged

    asked = question(guest)
    monkeypatch.setattr(challenges, "verify", change_meanwhile)
    answer(guest, key.sign(asked))
    assert REFUSED in guest.text and not is_in(guest)
    assert not WebSession.select().where(WebSession.user_id.is_null(False)).exists()


def test_a_neighbours_passkey_opens_the_neighbours_cabinet(
    app: Flask, guest: Visitor, key: Authenticator
) -> None:
    resident(OTHER_PHONE, first_name="Пётр")
    other = registered(Visitor(app), phone=OTHER_PHONE)
    sign_in(guest)
    guest.fill_and_submit("form[action='/logout']")
    answer(guest, other.sign(question(guest)))
    assert "Здравствуйте, Пётр!" in guest.text
