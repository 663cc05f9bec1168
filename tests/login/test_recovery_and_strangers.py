"""«Я забыл пароль» while strangers ask for codes and guess: the resident gets in, they do not."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import Attempt, base
from cabinet.models.attempt import DAY
from cabinet.models.database import db
from config import Settings
from tests.cast import NEW_PASSWORD, PHONE, resident
from tests.journeys import FORGOT, sign_in, to_login_password
from tests.visitor import Visitor, last_code


def test_strangers_do_not_use_up_the_reserve_of_a_known_device(app: Flask, settings: Settings) -> None:
    resident()
    own = Visitor(app)
    sign_in(own)
    own.fill_and_submit("form[action='/logout']")
    moment = base.now()
    strangers = settings.sms_per_phone_day + settings.sms_per_phone_day_reserved
    for number in range(strangers + 1):
        moment += timedelta(seconds=700)
        with time_machine.travel(moment):
            stranger = Visitor(app, ip=f"192.0.2.{number + 10}")
            to_login_password(stranger)
            stranger.fill_and_submit(FORGOT)
            sent = stranger.status != 429
            assert sent == (number < strangers)
    for _ in range(settings.sms_per_phone_day_reserved):
        moment += timedelta(seconds=700)
        with time_machine.travel(moment):
            to_login_password(own)
            own.fill_and_submit(FORGOT)
            assert own.path == "/code"
    moment += timedelta(seconds=700)
    with time_machine.travel(moment):
        to_login_password(own)
        own.fill_and_submit(FORGOT)
        assert own.status == 429 and "Новый код — через" in own.text
    with time_machine.travel(moment + timedelta(seconds=DAY)):
        to_login_password(own)
        own.fill_and_submit(FORGOT)
        assert own.path == "/code"


def test_one_stranger_does_not_bar_the_recovery(app: Flask, settings: Settings, guest: Visitor) -> None:
    """Neither by asking for all SMS nor by typing wrong codes: a browser nobody knows gets through."""
    resident()
    moment = base.now()
    stranger = Visitor(app, ip="198.51.100.1")
    for number in range(settings.sms_per_phone_day + 1):
        moment += timedelta(seconds=700)
        with time_machine.travel(moment):
            to_login_password(stranger)
            stranger.fill_and_submit(FORGOT)
            assert (stranger.path == "/code") == (number < settings.sms_per_phone_day)
            for _ in range(settings.code_tries if stranger.path == "/code" else 0):
                stranger.fill_and_submit(code=wrong_code())
    assert Attempt.count("wrong-code", PHONE, 2 * DAY) == settings.code_wrong_per_phone_day
    with time_machine.travel(moment + timedelta(seconds=700)):
        to_login_password(guest)
        guest.fill_and_submit(FORGOT)
        guest.fill_and_submit(code=wrong_code())
        assert "Осталась 1 попытка" in guest.error("code")
        guest.fill_and_submit(code=last_code(PHONE))
        assert guest.path == "/login/new-password"
        guest.fill_and_submit(password=NEW_PASSWORD)
        guest.fill_and_submit(password=NEW_PASSWORD)
        assert guest.path == "/home"
    assert Attempt.count("wrong-code", PHONE, 2 * DAY) == settings.code_wrong_per_phone_day, "none given back"


def test_wrong_codes_of_strangers_do_not_count_in_the_residents_browser(app: Flask, guest: Visitor) -> None:
    resident()
    sign_in(guest)
    guest.fill_and_submit("form[action='/logout']")
    with db.atomic():
        for _ in range(25):
            Attempt.create(kind="wrong-code", subject=PHONE)
    to_login_password(guest)
    guest.fill_and_submit(FORGOT)
    for _ in range(4):
        guest.fill_and_submit(code=wrong_code())
        assert "Остал" in guest.error("code")
    guest.fill_and_submit(code=last_code(PHONE))
    assert guest.path == "/login/new-password"


@pytest.mark.settings(code_resend_waits=())
def test_guesses_of_a_day_stay_few(app: Flask, settings: Settings) -> None:
    """However many networks they come from: strangers' guesses that are compared are bounded."""
    resident()
    compared = 0
    for number in range(12):
        stranger = Visitor(app, ip=f"198.51.100.{number}")
        to_login_password(stranger)
        stranger.fill_and_submit(FORGOT)
        for _ in range(6 if stranger.path == "/code" else 0):
            stranger.fill_and_submit(code=wrong_code())
            compared += stranger.status != 429
        if stranger.path == "/code":
            stranger.fill_and_submit(code=last_code(PHONE))
            assert stranger.status == 429, "even the right one, after as many wrong ones"
    assert compared == settings.code_wrong_per_phone_day + 2 * settings.sms_per_phone_day_reserved


def wrong_code() -> str:
    """Six digits that were not sent."""
    return f"{(int(last_code(PHONE)) + 1) % 10**6:06d}"
