"""Whatever was begun under an old password or phone dies with its change."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from cabinet.models import (
    Account,
    AccountLink,
    Attempt,
    Device,
    OneTimeCode,
    User,
    WebSession,
    departure,
    linking,
    profile,
)
from cabinet.models.code import Verdict
from cabinet.models.database import db
from cabinet.models.user import CredentialsChangedError
from cabinet.passwords.hashing import Hasher
from tests.cast import LESNAYA, NEW_PASSWORD, NEW_PHONE, PASSWORD, PHONE, bill, hashed, receipt_of, resident
from tests.journeys import to_login_password, to_new_password
from tests.placing import signed_in
from tests.visitor import Visitor, last_code

CHANGES: dict[str, Callable[[User], object]] = {
    "password": lambda user: profile.set_password(user, hashed(NEW_PASSWORD), "192.0.2.9"),
    "phone": lambda user: profile.change_phone(user, NEW_PHONE, "192.0.2.9", ""),
    "all signed out": lambda user: user.end_sessions(),
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())


@pytest.fixture
def anna(app: Flask) -> User:
    return resident()


def _in_the_midst(monkeypatch: pytest.MonkeyPatch, change: Callable[[User], object]) -> list[int]:
    """Let `change` happen while a password is being compared, once; returns how often it did."""
    verify, happened = Hasher.verify, list[int]()

    def slowly(self: Hasher, typed: str, stored: str | None) -> bool:
        right = verify(self, typed, stored)
        if not happened:
            happened.append(1)
            change(User.get())
        return right

    monkeypatch.setattr(Hasher, "verify", slowly)
    return happened


@every_change
def test_a_sign_in_under_way_ends(
    guest: Visitor, anna: User, monkeypatch: pytest.MonkeyPatch, change: Callable[[User], object]
) -> None:
    to_login_password(guest)
    happened = _in_the_midst(monkeypatch, change)
    guest.fill_and_submit(password=PASSWORD)
    assert happened and guest.path == "/" and "изменились" in guest.text
    guest.get("/home")
    assert guest.path == "/"
    assert not Device.select().exists(), "nor is its browser known"
    assert not Attempt.select().where(Attempt.kind.startswith("login")).exists(), "the password was right"


@every_change
def test_a_session_whose_row_is_written_after_the_change_is_nobodys(
    app: Flask, guest: Visitor, anna: User, change: Callable[[User], object]
) -> None:
    signed_in(guest)
    kept = [dict(row.__data__) for row in WebSession.select()]
    change(User.get())
    with db.atomic():
        WebSession.insert_many(kept).on_conflict_ignore().execute()
    guest.get("/home")
    assert guest.path == "/" and "Анна" not in guest.text
    assert not WebSession.select().where(WebSession.user_id.is_null(False)).exists()


def test_a_change_of_the_password_under_way_ends(
    guest: Visitor, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(guest)
    guest.get("/home/profile/password")
    _in_the_midst(monkeypatch, CHANGES["password"])
    guest.fill_and_submit(current_password=PASSWORD, password="Чужой9и-плохой")
    assert guest.path == "/"
    assert User.get().password_hash == hashed(NEW_PASSWORD), "the thief's does not win"


@pytest.mark.parametrize("form", ["email", "delete", "phone"])
def test_other_changes_under_way_end(
    guest: Visitor, anna: User, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    signed_in(guest)
    guest.get(f"/home/profile/{form}")
    _in_the_midst(monkeypatch, CHANGES["password"])
    fields = {"email": {"email": "thief@example.org"}, "phone": {"phone": NEW_PHONE}}.get(form, {})
    guest.fill_and_submit(current_password=PASSWORD, **fields)
    fresh = User.get()
    assert (fresh.email, fresh.delete_at, fresh.phone) == (anna.email, None, PHONE)
    if form == "phone":
        guest.post("/code", {"csrf_token": guest.csrf_token, "code": last_code(NEW_PHONE)})
        assert User.get().phone == PHONE


@every_change
def test_what_residents_change_is_held_to_the_credentials_they_came_with(
    anna: User, change: Callable[[User], object]
) -> None:
    bill(LESNAYA)
    late = User.get()
    change(anna)
    account = Account.get()
    for do in (
        lambda: profile.rename(late, "Ч", "Ч", "", ""),
        lambda: profile.change_email(late, "thief@example.org", ""),
        lambda: profile.set_password(late, "thief's", ""),
        lambda: profile.change_phone(late, "+79990003344", "", ""),
        lambda: departure.request_deletion(late, ""),
        lambda: linking.link(late, account, ""),
        lambda: linking.unlink(late, account, ""),
    ):
        with pytest.raises(CredentialsChangedError):
            do()
    assert not AccountLink.select().exists() and User.get().last_name == anna.last_name


def test_the_spared_lock_out_of_a_recovery_ends_with_the_next_change(guest: Visitor, anna: User) -> None:
    to_new_password(guest)
    guest.fill_and_submit(password=NEW_PASSWORD)
    for _ in range(5):
        guest.fill_and_submit(password="wrong")
    profile.set_password(User.get(), hashed(PASSWORD), "")
    for _ in range(5):
        guest.fill_and_submit(password="wrong")
    guest.fill_and_submit(password="wrong")
    assert guest.status == 429, "it guesses as everybody does"


def test_the_same_password_under_a_higher_cost_does_not_undo_a_change(anna: User) -> None:
    late = User.get()
    profile.set_password(anna, hashed(NEW_PASSWORD), "")
    late.rehash(hashed(PASSWORD))
    assert User.get().password_hash == hashed(NEW_PASSWORD)


def test_blocking_ends_what_was_begun_even_when_it_is_lifted(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    row = WebSession.get(WebSession.user_id == anna.id)
    User.get().block(True, "staff:1", "")
    User.get().block(False, "staff:1", "")
    with db.atomic():
        WebSession.insert(**dict(row.__data__)).on_conflict_ignore().execute()
    guest.get("/home")
    assert guest.path == "/"


def test_a_session_ended_elsewhere_is_not_revived_by_a_new_token(
    app: Flask, guest: Visitor, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It asks for a new token, by a code, while it is being ended on the page of devices."""
    signed_in(guest)
    guest.get("/home/profile/phone")
    guest.fill_and_submit(phone=NEW_PHONE, current_password=PASSWORD)
    right = OneTimeCode.verify

    def slowly(self: OneTimeCode, typed: str, *more: Any, **then: Any) -> Verdict:
        with db.atomic():
            WebSession.delete().execute()
        resident(NEW_PHONE)  # so that the change itself fails, and only the token is at stake
        return right(self, typed, *more, **then)

    monkeypatch.setattr(OneTimeCode, "verify", slowly)
    guest.fill_and_submit(code=last_code(NEW_PHONE))
    guest.get("/home")
    assert guest.path == "/"


def test_the_receipt_of_a_resident_is_looked_up_for_who_is_signed_in_still(
    guest: Visitor, anna: User
) -> None:
    bill(LESNAYA)
    signed_in(guest)
    guest.get("/home/accounts/new")
    profile.set_password(anna, hashed(NEW_PASSWORD), "")
    guest.fill_and_submit(**receipt_of(LESNAYA))
    assert guest.path in ("/", "/home/accounts/new") and "Лесная" not in guest.text
    assert not AccountLink.select().exists()
