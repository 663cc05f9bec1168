"""Being signed in: what it changes, what ends it, who is told."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import Device, User, WebSession, base
from cabinet.models.database import db
from tests.cast import LESNAYA, NEW_PASSWORD, OTHER_PHONE, PASSWORD, PHONE, bill, resident, told
from tests.journeys import sign_in, to_login_password
from tests.login.test_password import _blocked_meanwhile
from tests.visitor import Visitor


def test_the_token_changes_at_login_and_the_old_one_gains_nothing(app: Flask, guest: Visitor) -> None:
    resident()
    to_login_password(guest)
    before = guest.client.get_cookie("cabinet")
    assert before is not None
    guest.fill_and_submit(password=PASSWORD)
    after = guest.client.get_cookie("cabinet")
    assert after is not None and after.value != before.value
    planted = Visitor(app)
    planted.client.set_cookie("cabinet", before.value)
    planted.get("/home")
    assert planted.path == "/"


def test_logout_kills_the_token_at_once_and_back_shows_nothing(app: Flask, visitor: Visitor) -> None:
    bill(LESNAYA)
    resident(accounts=[LESNAYA])
    sign_in(visitor)
    token = visitor.client.get_cookie("cabinet")
    assert token is not None and visitor.response is not None
    assert visitor.response.headers["Cache-Control"] == "no-store"
    visitor.fill_and_submit("form[action='/logout']")
    assert visitor.path == "/"
    for path in ("/home", "/home/profile", "/home/profile/data", "/home/profile/data.json"):
        visitor.get(path)
        assert visitor.path == "/" and "Лесная" not in visitor.text and "Анна" not in visitor.text
    thief = Visitor(app)
    thief.client.set_cookie("cabinet", token.value)
    thief.get("/home")
    assert thief.path == "/"
    assert not WebSession.select().where(WebSession.user_id.is_null(False)).exists()


def test_logout_ends_the_tokens_that_were_replaced_too(app: Flask, guest: Visitor) -> None:
    resident()
    sign_in(guest)
    replaced = guest.client.get_cookie("cabinet")
    guest.get("/home/profile/password")
    guest.fill_and_submit(current_password=PASSWORD, password=NEW_PASSWORD)
    assert replaced is not None and guest.client.get_cookie("cabinet") != replaced
    guest.get("/home")
    guest.fill_and_submit("form[action='/logout']")
    thief = Visitor(app)
    thief.client.set_cookie("cabinet", replaced.value)
    thief.get("/home")
    assert thief.path == "/"


def test_whoever_is_blocked_is_out_at_the_next_request(guest: Visitor) -> None:
    user = resident()
    sign_in(guest)
    _blocked_meanwhile(user)
    guest.get("/home/profile/data.json")
    assert guest.path == "/" and PHONE[2:] not in guest.text


def test_a_sign_in_from_a_new_device_is_told_by_mail(app: Flask, guest: Visitor) -> None:
    user = resident()
    sign_in(guest)
    assert told(user.email) == [], "the first browser is no news"
    guest.fill_and_submit("form[action='/logout']")
    sign_in(guest)
    assert told(user.email) == [], "the same browser again"
    sign_in(Visitor(app))
    assert told(user.email) == ["new_device"]
    assert told(PHONE) == []


@pytest.mark.parametrize("hours", [1, 13], ids=["idle", "too old"])
def test_whoever_comes_back_later_signs_in_again(guest: Visitor, hours: int) -> None:
    resident()
    sign_in(guest)
    with time_machine.travel(base.now() + timedelta(hours=hours)):
        guest.reload()
        assert guest.path == "/" and "Войдите ещё раз" in guest.text and "Анна" not in guest.text
        sign_in(guest)
        guest.reload()
        assert guest.path == "/home"


def test_two_residents_of_one_browser(guest: Visitor) -> None:
    one, other = resident(), resident(OTHER_PHONE, first_name="Пётр")
    for _ in range(2):
        for user in (one, other):
            sign_in(guest, user.phone)
            assert user.first_name in guest.text
            guest.fill_and_submit("form[action='/logout']")
    assert Device.select().count() == 2 and told(one.email) == told(other.email) == []


def test_the_mail_is_reminded_of_only_where_the_resident_is_known(app: Flask, guest: Visitor) -> None:
    user = resident(email_confirmed_at=None)
    to_login_password(guest)
    assert "Подтвердите почту" not in guest.text, "a stranger learns nothing"
    stranger_form = guest.page.find("form", action="/login/email")
    assert stranger_form is None
    guest.post("/login/email", {"csrf_token": guest.csrf_token})
    assert guest.path == "/login/password" and told(user.email) == [], "and has no letter sent"
    guest.fill_and_submit(password=PASSWORD)
    assert "Подтвердите почту" in guest.text
    guest.fill_and_submit("form[action='/logout']")
    to_login_password(guest)
    assert "Подтвердите почту" in guest.text and user.email not in guest.text
    assert guest.text.index("Войти в личный кабинет") < guest.text.index("Подтвердите почту"), "below"
    guest.fill_and_submit("form[action='/login/email']")
    assert guest.path == "/login/password" and told(user.email) == ["confirm_email"]
    with db.atomic():
        User.update(email_confirmed_at=base.now()).execute()
    guest.reload()
    assert "Подтвердите почту" not in guest.text
