"""«Я забыл пароль»: a code, a new password, and everything else ends."""

import threading
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from flask import Flask

from cabinet.models import Device, EmailLink, OneTimeCode, User, WebSession, base, profile
from cabinet.models.database import db
from config import Settings
from tests.cast import NEW_PASSWORD, NEW_PHONE, OTHER_PHONE, PASSWORD, PHONE, hashed, resident, told
from tests.journeys import FORGOT, recover, sign_in, to_login_password, to_new_password
from tests.threads import together
from tests.visitor import Visitor, double, last_code


@pytest.mark.parametrize("password", [PASSWORD, None], ids=["forgotten", "never had one"])
def test_a_new_password_by_sms(visitor: Visitor, password: str | None) -> None:
    user = resident(password=password)
    to_login_password(visitor)
    visitor.fill_and_submit(FORGOT)
    assert visitor.path == "/code" and "123-45-67" not in visitor.text
    assert visitor.text.count("+7 916 •••-••-67") == 2, "who looks over a shoulder reads no number"
    assert "Подтвердить номер" in visitor.text
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.path == "/login/new-password" and "Сохранить и перейти ко входу" in visitor.text
    assert User.get_by_id(user.id).password_hash == user.password_hash
    visitor.fill_and_submit(password=NEW_PASSWORD)
    assert visitor.path == "/login/password" and "Пароль сохранён" in visitor.text
    assert told(PHONE) == ["code", "password_changed"] and told(user.email) == ["password_changed"]
    visitor.get("/home")
    assert visitor.path == "/", "the recovery signs nobody in"
    to_login_password(visitor)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.error("password"), "the old password is over"
    visitor.fill_and_submit(password=NEW_PASSWORD)
    assert visitor.path == "/home"


def test_presses_at_the_same_time_lead_to_the_window_of_the_first(visitor: Visitor, app: Flask) -> None:
    resident()
    to_login_password(visitor)
    several = [visitor, *(double(visitor, app) for _ in range(4))]
    together([partial(one.fill_and_submit, FORGOT) for one in several])
    assert [one.path for one in several] == ["/code"] * 5
    assert OneTimeCode.select().count() == 1
    several[-1].fill_and_submit(code=last_code(PHONE))
    assert several[-1].path == "/login/new-password"


def test_a_resident_without_mail_is_told_by_sms(guest: Visitor) -> None:
    resident(password=None, email="", email_confirmed_at=None)
    recover(guest)
    assert told(PHONE) == ["code", "password_changed"]


def test_weak_passwords_stay_on_their_step(guest: Visitor) -> None:
    user = resident()
    to_new_password(guest)
    for weak in ("", "короче", "9161234567а", "Иванова1980"):
        guest.fill_and_submit(password=weak)
        assert guest.path == "/login/new-password" and guest.error("password")
        assert "Ошибка:" in guest.one("title").get_text()
    assert User.get_by_id(user.id).password_hash == user.password_hash


def test_everything_else_ends(app: Flask, guest: Visitor) -> None:
    user = resident(email_confirmed_at=None)
    other = resident(OTHER_PHONE)
    elsewhere, stranger, pending = Visitor(app), Visitor(app), Visitor(app)
    sign_in(elsewhere)
    sign_in(stranger, OTHER_PHONE)
    EmailLink.send(user)
    link = EmailLink.get()
    to_new_password(pending)
    with time_machine.travel(base.now() + timedelta(minutes=4)):
        recover(guest)
        assert [d.user_id for d in Device.select()] == [other.id], "browsers known before are strangers again"
        elsewhere.get("/home")
        assert elsewhere.path == "/"
        pending.reload()
        assert pending.path == "/", "a second recovery under way is over"
        assert EmailLink.find(link.token) is None
        assert not [c for c in OneTimeCode.select().where(OneTimeCode.phone == PHONE) if not c.voided_at]
        stranger.get("/home")
        assert stranger.path == "/home"
    assert told(other.email) == []


def test_steps_cannot_be_skipped(guest: Visitor) -> None:
    user = resident()
    guest.get("/login/new-password")
    assert guest.path == "/"
    to_login_password(guest)
    token = guest.csrf_token
    for _ in range(2):
        for path in ("/login/new-password", "/code"):
            guest.post(path, {"csrf_token": token, "password": NEW_PASSWORD, "code": ""})
        guest.get("/login/new-password")
        assert guest.path == "/"
        to_login_password(guest)
        guest.fill_and_submit(FORGOT)
        token = guest.csrf_token
        assert guest.path == "/code"
    assert User.get_by_id(user.id).password_hash == user.password_hash


def test_a_registration_code_resets_nothing(guest: Visitor) -> None:
    guest.get("/")
    guest.fill_and_submit(phone=PHONE, consent="y")
    assert guest.path == "/code"
    user = resident()  # the phone gets its cabinet elsewhere meanwhile
    guest.fill_and_submit(code=last_code(PHONE))
    guest.get("/login/new-password")
    assert guest.path != "/login/new-password"
    to_login_password(guest)
    guest.get("/login/new-password")
    assert guest.path == "/" and User.get_by_id(user.id).password_hash == user.password_hash


def test_a_code_for_a_new_number_resets_nothing(app: Flask, guest: Visitor) -> None:
    resident()
    sign_in(guest)
    guest.get("/home/profile/phone")
    guest.fill_and_submit(phone=NEW_PHONE, current_password=PASSWORD)
    other = resident(NEW_PHONE)
    guest.fill_and_submit(code=last_code(NEW_PHONE))
    assert "уже есть другой кабинет" in guest.text
    guest.get("/login/new-password")
    assert guest.path != "/login/new-password"
    assert User.get_by_id(other.id).password_hash == other.password_hash


def test_the_right_is_for_ten_minutes(guest: Visitor) -> None:
    user = resident()
    to_new_password(guest)
    with time_machine.travel(base.now() + timedelta(seconds=601)):
        guest.fill_and_submit(password=NEW_PASSWORD)
        assert guest.path == "/"
        assert "слишком много времени" in guest.text
    assert User.get_by_id(user.id).password_hash == user.password_hash


def test_the_right_is_of_one_browser_and_one_number(app: Flask, guest: Visitor) -> None:
    one, other = resident(), resident(OTHER_PHONE)
    to_new_password(guest)
    to_login_password(Visitor(app))
    guest.get("/")
    guest.fill_and_submit(phone=OTHER_PHONE)
    guest.get("/login/new-password")
    guest.fill_and_submit(password=NEW_PASSWORD)
    assert User.get_by_id(other.id).password_hash == other.password_hash
    assert User.get_by_id(one.id).password_hash != one.password_hash


def test_the_last_press_twice(app: Flask, visitor: Visitor) -> None:
    user = resident()
    to_new_password(visitor)
    form = visitor.form(None, "password")
    data = {str(f["name"]): f.get("value", "") for f in form.find_all("input")} | {"password": NEW_PASSWORD}
    for _ in range(2):
        visitor.post("/login/new-password", data)
        assert visitor.path == "/login/password"
    assert told(PHONE).count("password_changed") == 1
    assert User.get_by_id(user.id).password_hash is not None


def test_of_parallel_presses_one_sets_the_password(database: object, settings: Settings) -> None:
    user = resident()
    with db.atomic():
        code = OneTimeCode.create(purpose="recovery", phone=PHONE, expires_at=base.now() + timedelta(hours=1))
    results: list[bool] = []
    barrier = threading.Barrier(6)

    def press() -> None:
        with db.connection_context():
            barrier.wait()
            results.append(profile.recover(User.get_by_id(user.id), code, hashed(NEW_PASSWORD), "192.0.2.1"))

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 5 + [True]
    assert told(PHONE) == ["password_changed"]


def test_a_number_given_away_recovers_nothing(app: Flask, guest: Visitor) -> None:
    user = resident()
    thief = Visitor(app)
    to_new_password(thief)
    sign_in(guest)
    guest.get("/home/profile/phone")
    guest.fill_and_submit(phone=NEW_PHONE, current_password=PASSWORD)
    guest.fill_and_submit(code=last_code(NEW_PHONE))
    resident(PHONE, first_name="Пётр")  # whoever has the number now
    thief.fill_and_submit(password=NEW_PASSWORD)
    assert thief.path == "/", "the codes of the old number are void"
    assert User.get_by_id(user.id).phone == NEW_PHONE


def test_sessions_of_others_are_left_alone(app: Flask, guest: Visitor) -> None:
    resident(), resident(OTHER_PHONE)
    sign_in(guest)
    other = Visitor(app)
    sign_in(other, OTHER_PHONE)
    recover(Visitor(app))
    assert WebSession.select().where(WebSession.user_id.is_null(False)).count() == 1


def test_so_soon_after_another_code_the_window_waits_and_accuses_nobody(visitor: Visitor, app: Flask) -> None:
    resident()
    with time_machine.travel(base.now(), tick=False) as clock:
        elsewhere = Visitor(app, ip="192.0.2.7")
        to_login_password(elsewhere)
        elsewhere.fill_and_submit(FORGOT)
        clock.shift(49)
        to_login_password(visitor)
        visitor.fill_and_submit(FORGOT)
        assert visitor.status == 429 and visitor.title == "Подтвердите номер"
        assert visitor.page.select(".resend [data-countdown='11']") and "слишком" not in visitor.text
        assert not visitor.page.select("[name=code]"), "no code is on its way here"
        visitor.get("/code")
        assert visitor.title == "Подтвердите номер" and "Отправим код" in visitor.text
        assert OneTimeCode.select().where(OneTimeCode.message.is_null(False)).count() == 1
        clock.shift(11)
        visitor.fill_and_submit("form[action='/code/resend']")
        assert visitor.path == "/code" and "Отправили код" in visitor.text
        visitor.fill_and_submit(code=last_code(PHONE))
        assert visitor.path == "/login/new-password"


def test_that_the_password_is_saved_is_said_in_green(guest: Visitor) -> None:
    resident()
    recover(guest)
    assert "Пароль сохранён" in guest.one(".notice--done").get_text().replace("\xa0", " ")
