"""The proof of the e-mail address: a link in a letter."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import EmailLink, User, base
from cabinet.models.database import db
from tests.cast import LESNAYA, PASSWORD, PHONE, bill, resident, told
from tests.markup import one
from tests.placing import signed_in
from tests.threads import together
from tests.visitor import Visitor

NEW = "novaya@example.org"
CONFIRM = "form[action^='/email/']"


@pytest.fixture
def anna(database: object) -> User:
    return resident(email_confirmed_at=None)


def newest() -> str:
    """The address of the newest letter's link."""
    return f"/email/{EmailLink.select().order_by(EmailLink.created_at.desc()).first().token}"


def confirmed() -> bool:
    return User.get(User.phone == PHONE).email_confirmed_at is not None


def test_until_it_is_confirmed_the_cabinet_says_so(visitor: Visitor, anna: User) -> None:
    signed_in(visitor)
    assert "Подтвердите почту" in visitor.text and anna.email in visitor.text
    visitor.fill_and_submit("form[action='/email/resend']")
    assert visitor.path == "/home" and "Отправили письмо" in visitor.text
    assert told(anna.email) == ["confirm_email"]
    link = newest()
    visitor.get(link)
    visitor.fill_and_submit(CONFIRM)
    assert visitor.status == 200 and "Почта подтверждена" in visitor.text
    visitor.get("/home")
    assert "Подтвердите почту" not in visitor.text


def test_the_link_works_without_a_session_and_only_by_the_button(
    app: Flask, guest: Visitor, anna: User
) -> None:
    EmailLink.send(anna)
    link = newest()
    for _ in range(2):
        assert app.test_client().head(link).status_code == 200
        guest.get(link)
        assert guest.status == 200 and "Подтвердить почту" in guest.text and not confirmed()
    guest.fill_and_submit(CONFIRM)
    assert confirmed()
    guest.get("/home")
    assert guest.path == "/", "it signs nobody in"


def test_the_link_works_once(guest: Visitor, anna: User) -> None:
    EmailLink.send(anna)
    link = newest()
    guest.get(link)
    form = guest.form(CONFIRM)
    data = {"csrf_token": one(form, "input")["value"]}
    guest.post(link, data)
    assert guest.status == 200
    with db.atomic():
        User.update(email_confirmed_at=None).execute()
    guest.post(link, data)
    assert guest.status == 404 and "уже сработала" in guest.text and not confirmed()
    guest.get(link)
    assert guest.status == 404 and "уже сработала" in guest.text


def test_pressed_at_once_the_link_works_once(anna: User) -> None:
    EmailLink.send(anna)
    link = EmailLink.get()
    assert sorted(together([link.confirm] * 8)) == [False] * 7 + [True]
    assert confirmed()


def test_the_link_works_for_a_day(guest: Visitor, anna: User) -> None:
    EmailLink.send(anna)
    link = newest()
    guest.get(link)
    with time_machine.travel(base.now() + timedelta(hours=24, seconds=1)):
        guest.get(link)
        assert guest.status == 404 and "больше не действует" in guest.text
        guest.post(link, {"csrf_token": guest.csrf_token} if guest.page.input else {})
        assert not confirmed()


def test_a_newer_letter_ends_the_link_before(guest: Visitor, anna: User) -> None:
    EmailLink.send(anna)
    link = newest()
    EmailLink.send(anna)
    guest.get(link)
    assert guest.status == 404
    guest.get(newest())
    assert guest.status == 200


@pytest.mark.parametrize("token", ["", "x", "x.y", "%00", "ы", "%ff", "a" * 500, "../home"])
def test_made_up_links_open_nothing(app: Flask, anna: User, token: str) -> None:
    EmailLink.send(anna)
    client = app.test_client()
    assert client.get(f"/email/{token}").status_code in (302, 303, 404)
    genuine = newest()
    assert client.get(genuine[:-1] + ("0" if genuine[-1] != "0" else "1")).status_code == 404


def test_letters_are_limited(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    for _ in range(4):
        guest.fill_and_submit("form[action='/email/resend']")
    assert "Письмо отправляли слишком часто" in guest.text
    assert told(anna.email) == ["confirm_email"] * 3


def to_email(visitor: Visitor) -> None:
    visitor.get("/home/profile")
    visitor.get("/home/profile/email")
    assert visitor.path == "/home/profile/email"


@pytest.mark.parametrize("was_confirmed", [True, False])
def test_another_address_is_confirmed_anew_and_the_old_one_told(app: Flask, was_confirmed: bool) -> None:
    old = resident(email_confirmed_at=base.now() if was_confirmed else None)
    EmailLink.send(old)
    link = newest()
    visitor = Visitor(app)
    signed_in(visitor)
    to_email(visitor)
    visitor.fill_and_submit(email="  Novaya@Example.org ", current_password=PASSWORD)
    assert visitor.path == "/home/profile" and "Отправили письмо" in visitor.text
    assert told(old.email)[-1] == "email_changed" and told("staff") == ["profile_changed"]
    assert EmailLink.find(link.removeprefix("/email/")) is None, "the old link confirms nothing"
    user = User.get(User.phone == PHONE)
    assert user.email.lower() == NEW and user.needs_email
    assert told(user.email) == ["confirm_email"]
    visitor.get(newest())
    visitor.fill_and_submit(CONFIRM)
    assert confirmed()


def test_the_same_address_is_no_change(guest: Visitor, database: object) -> None:
    user = resident()
    signed_in(guest)
    to_email(guest)
    guest.fill_and_submit(email=user.email, current_password=PASSWORD)
    assert "нынешний адрес" in guest.error("email") and confirmed() and told(user.email) == []


def test_the_same_address_unconfirmed_gets_the_letter_again(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    to_email(guest)
    guest.fill_and_submit(email=anna.email, current_password=PASSWORD)
    assert guest.path == "/home/profile" and told(anna.email) == ["confirm_email"]


def test_it_asks_for_the_password(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    to_email(guest)
    for wrong in ("", "Неверный0пароль"):
        guest.fill_and_submit(email=NEW, current_password=wrong)
        assert guest.error("current_password") and guest.value("email") == NEW
    assert User.get(User.phone == PHONE).email == anna.email


def test_too_many_changes_change_nothing(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    for number in range(4):
        to_email(guest)
        proof = {} if number else {"current_password": PASSWORD}  # which is good for a while
        guest.fill_and_submit(email=f"n{number}@example.org", **proof)
    assert guest.status == 429 and "слишком часто" in guest.error("email")
    assert User.get(User.phone == PHONE).email == "n2@example.org"


@pytest.mark.parametrize(
    "email", ["", "anna", "anna@", "anna@example", "anna@exa mple.org", "a,b@example.org"]
)
def test_wrong_addresses_change_nothing(app: Flask, anna: User, email: str) -> None:
    visitor = Visitor(app)
    signed_in(visitor)
    to_email(visitor)
    visitor.fill_and_submit(email=email, current_password=PASSWORD)
    assert visitor.error("email") and User.get(User.phone == PHONE).email == anna.email


def test_a_resident_without_mail_adds_one(guest: Visitor, database: object) -> None:
    bill(LESNAYA)
    resident(email="", email_confirmed_at=None, accounts=[LESNAYA])
    signed_in(guest)
    assert "Подтвердите почту" not in guest.text
    to_email(guest)
    guest.fill_and_submit(email=NEW, current_password=PASSWORD)
    assert told(NEW) == ["confirm_email"] and told(PHONE) == []
