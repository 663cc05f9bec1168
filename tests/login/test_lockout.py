"""Too many wrong passwords, as residents see it; the arithmetic is in tests/models/test_login.py."""

import time
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import base
from tests.cast import NEW_PASSWORD, OTHER_PHONE, PASSWORD, PHONE, resident
from tests.journeys import FORGOT, recover, sign_in, to_login_password
from tests.markup import attribute
from tests.visitor import Visitor

TOO_MANY = "Превышено число попыток входа"


def fail(visitor: Visitor, times: int = 5) -> None:
    """Type wrong passwords."""
    for number in range(times):
        visitor.fill_and_submit(password=f"Неверный{number}пароль")
        assert "Ошибка в логине или пароле" in visitor.error("password"), visitor.text


def test_the_sixth_try_says_when_and_offers_the_recovery(visitor: Visitor) -> None:
    resident()
    to_login_password(visitor)
    fail(visitor)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.status == 429 and visitor.path == "/login/password"
    assert f"{TOO_MANY}. Попробуйте ещё раз через" in visitor.error("password")
    assert visitor.response is not None and 0 < int(visitor.response.headers["Retry-After"]) <= 60
    assert "Ошибка:" in visitor.one("title").get_text()
    assert "Или создайте новый пароль" in visitor.text and visitor.page.select(FORGOT)
    with time_machine.travel(time.time() + 61):
        visitor.fill_and_submit(password=PASSWORD)
        assert visitor.path == "/home"


def test_it_is_the_same_for_those_without_a_password_and_the_blocked(app: Flask) -> None:
    resident(PHONE, password=None)
    resident(OTHER_PHONE, blocked_at=base.now())
    for number, phone in enumerate((PHONE, OTHER_PHONE)):
        visitor = Visitor(app, ip=f"192.0.2.{number + 1}")
        to_login_password(visitor, phone)
        fail(visitor)
        visitor.fill_and_submit(password=PASSWORD)
        assert visitor.status == 429 and TOO_MANY in visitor.error("password")


def test_other_browsers_are_locked_and_the_known_one_is_not(app: Flask, guest: Visitor) -> None:
    resident()
    own = guest
    sign_in(own)
    own.fill_and_submit("form[action='/logout']")
    stranger, another = Visitor(app, ip="198.51.100.1"), Visitor(app, ip="198.51.100.2")
    to_login_password(stranger)
    fail(stranger)
    to_login_password(another)
    another.fill_and_submit(password=PASSWORD)
    assert another.status == 429, "whoever it is, from a browser nobody knows"
    sign_in(own)
    another.fill_and_submit(password=PASSWORD)
    assert another.status == 429, "the resident's success opens nothing to strangers"


def test_a_known_browser_is_spared_the_failures_of_its_network(app: Flask, guest: Visitor) -> None:
    resident()
    sign_in(guest)
    guest.fill_and_submit("form[action='/logout']")
    for number in range(4):
        phone = f"+7916000000{number}"
        resident(phone)
        stranger = Visitor(app, ip=guest.ip)
        to_login_password(stranger, phone)
        for _ in range(4):
            stranger.fill_and_submit(password="Неверный0пароль")
    assert stranger.status == 429, "ten a minute from one address"
    sign_in(guest)


def test_a_known_browser_locks_itself(guest: Visitor) -> None:
    resident()
    sign_in(guest)
    guest.fill_and_submit("form[action='/logout']")
    to_login_password(guest)
    fail(guest)
    guest.fill_and_submit(password=PASSWORD)
    assert guest.status == 429


@pytest.mark.parametrize("known", [False, True], ids=["by strangers", "by itself"])
def test_the_recovery_passes_every_lock(app: Flask, visitor: Visitor, known: bool) -> None:
    resident()
    if known:
        sign_in(visitor)
        visitor.fill_and_submit("form[action='/logout']")
        to_login_password(visitor)
        fail(visitor)
    else:
        stranger = Visitor(app, ip="198.51.100.1")
        to_login_password(stranger)
        fail(stranger)
        to_login_password(visitor)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.status == 429
    recover(visitor)
    visitor.fill_and_submit(password=NEW_PASSWORD)
    assert visitor.path == "/home"


def test_the_recovery_opens_nothing_to_others(app: Flask, guest: Visitor) -> None:
    resident()
    stranger = Visitor(app, ip="198.51.100.1")
    to_login_password(stranger)
    fail(stranger)
    recover(guest)
    stranger.fill_and_submit(password=NEW_PASSWORD)
    assert stranger.status == 429


def test_after_the_recovery_guesses_are_counted(guest: Visitor) -> None:
    resident()
    recover(guest)
    fail(guest)
    guest.fill_and_submit(password=NEW_PASSWORD)
    assert guest.status == 429


def test_the_recovery_of_one_number_is_nothing_for_another(app: Flask, guest: Visitor) -> None:
    resident(), resident(OTHER_PHONE)
    stranger = Visitor(app, ip="198.51.100.1")
    to_login_password(stranger, OTHER_PHONE)
    fail(stranger)
    recover(guest)
    guest.get("/")
    guest.fill_and_submit(phone=OTHER_PHONE)
    guest.fill_and_submit(password=PASSWORD)
    assert guest.status == 429


def test_lockouts_grow(app: Flask) -> None:
    resident()
    visitor = Visitor(app)
    moment = base.now()
    for minutes in (1, 2, 4, 8, 15, 15):
        with time_machine.travel(moment):
            to_login_password(visitor)
            fail(visitor)
            visitor.fill_and_submit(password=PASSWORD)
            assert visitor.status == 429 and visitor.response is not None
            wait = int(visitor.response.headers["Retry-After"])
            assert minutes * 60 - 10 < wait <= minutes * 60
        moment += timedelta(seconds=minutes * 60 + 60)


def test_a_locked_window_counts_down_and_offers_the_recovery_first(visitor: Visitor) -> None:
    resident()
    to_login_password(visitor)
    button = "form[action='/login/password'] button.button"
    assert "button--primary" in attribute(visitor.one(button), "class")
    fail(visitor)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.status == 429
    assert visitor.one("#password-error [data-countdown] [data-clock]")
    assert not visitor.page.select("[role=alert] [data-clock]"), "nobody is read a running clock"
    quiet = visitor.one(button)
    assert "button--secondary" in attribute(quiet, "class") and quiet.has_attr("data-after-countdown")
    assert "button--primary" in attribute(visitor.one(f"{FORGOT} button"), "class")
