"""A hundred wrong codes in a row end the codes of a phone, until there is another proof."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import Attempt, OneTimeCode, base, code_streak
from cabinet.models.code_streak import StoppedError
from cabinet.models.database import db
from cabinet.worker.purge import purge
from tests.cast import OTHER_PHONE, PHONE, resident
from tests.journeys import to_login_password
from tests.placing import at_desk, signed_in
from tests.staff.conftest import member
from tests.visitor import Visitor

WIDE = {"code_wrong_per_phone_day": 10**6, "sms_per_phone_day": 10**6, "sms_per_ip_day": 10**6}
pytestmark = pytest.mark.settings(
    code_resend_waits=(), sms_per_ip_hour=10**6, sms_global_hour=10**6, sms_global_day=10**6, **WIDE
)


def send(device: bool = False) -> OneTimeCode:
    return OneTimeCode.send("recovery", PHONE, "192.0.2.1", "ru", known=True, device=device)


def guess(times: int) -> None:
    """So many wrong codes in a row."""
    for number in range(times):
        if number % 5 == 0:
            code = send()
        wrong = "000000" if code.digits != "000000" else "111111"
        code.verify(wrong)


def test_the_hundredth_ends_them_and_time_does_not_help(database: object) -> None:
    guess(100)
    with pytest.raises(StoppedError):
        send()
    with time_machine.travel(base.now() + timedelta(days=800)):
        purge()
        with pytest.raises(StoppedError):
            send()
    assert send(device=True).live, "the resident's own browser goes on"


def test_a_right_one_ends_the_row(database: object) -> None:
    guess(99)
    with db.atomic():
        others = Attempt.add((code_streak.STREAK, OTHER_PHONE), ("other", PHONE))
    code = send()
    assert code.verify(code.digits).value == "right"
    assert Attempt.select().where(Attempt.id.in_(others)).count() == 2, "and nobody else's"
    guess(99)
    assert send().live and code_streak.end(PHONE)
    assert Attempt.select().where(Attempt.id.in_(others)).count() == 2


def test_slow_guesses_are_in_the_row_too(database: object) -> None:
    guess(60)
    with time_machine.travel(base.now() + timedelta(days=60)):
        purge()
        guess(40)
        with pytest.raises(StoppedError):
            send()


def test_the_password_is_another_proof_and_support_is_too(app: Flask, guest: Visitor) -> None:
    anna = resident()
    guess(100)
    to_login_password(guest)
    guest.fill_and_submit("form[action='/login/forgot']")
    assert guest.status == 429 and "позвоните нам" in guest.text
    signed_in(Visitor(app))
    assert not code_streak.is_stopped(PHONE)
    guess(100)
    desk = at_desk(Visitor(app), member())
    desk.get(f"/staff/resident/{anna.id}")
    desk.fill_and_submit(f"form[action='/staff/resident/{anna.id}/codes']")
    assert "Коды снова отправляем" in desk.text and not code_streak.is_stopped(PHONE)
    guess(100)
    assert "sent again" in app.test_cli_runner().invoke(args=["codes", "allow", PHONE]).output
    db.connect(reuse_if_open=True)
    assert send().live


def test_rows_of_other_kinds_are_purged_as_before(database: object) -> None:
    with db.atomic():
        Attempt.create(kind="test", subject="x", at=base.now() - timedelta(days=31))
    guess(3)
    assert purge()["attempts"] == 1
