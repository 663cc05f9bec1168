"""«Когда и откуда входили»: everything that happens to an account is on record."""

import json
from datetime import timedelta

import pytest
from flask import Flask

from cabinet.models import AccountEvent, Attempt, User, base
from cabinet.models.account_event import history_of
from cabinet.models.database import db
from tests.cast import NEW_PASSWORD, OTHER_PHONE, PASSWORD, PHONE, resident
from tests.journeys import recover, sign_in, to_login_password, to_new_password
from tests.placing import at_desk, signed_in
from tests.staff.conftest import member
from tests.visitor import Visitor

HOME = "/home/profile/history"


def kinds() -> list[str]:
    return [event.kind for event in AccountEvent.select().order_by(AccountEvent.id)]


@pytest.fixture
def anna(app: Flask) -> User:
    return resident()


def test_signing_in_and_out_is_on_record(guest: Visitor, anna: User) -> None:
    sign_in(guest)
    first = AccountEvent.get()
    assert (first.kind, first.phone, first.user_id, first.ip) == ("signed-in", PHONE, anna.id, guest.ip)
    assert first.browser == guest.response.request.headers.get("User-Agent")
    guest.fill_and_submit("form[action='/logout']")
    assert kinds() == ["signed-in", "signed-out"]


def test_a_new_device_is_told_apart(app: Flask, guest: Visitor, anna: User) -> None:
    sign_in(guest)
    sign_in(Visitor(app, ip="192.0.2.9"))
    assert kinds() == ["signed-in", "signed-in-new"]
    guest.get(HOME)
    assert "Вход с нового устройства" in guest.text and "192.0.2.9" in guest.text


def test_wrong_passwords_and_the_lock_out_are_on_record(guest: Visitor, anna: User) -> None:
    to_login_password(guest)
    for _ in range(6):
        guest.fill_and_submit(password="nonsense")
    assert kinds() == ["wrong-password"] * 4 + ["locked-out"]
    assert {event.ip for event in AccountEvent.select()} == {guest.ip}


def test_codes_and_the_recovery_are_on_record(guest: Visitor, anna: User) -> None:
    to_login_password(guest)
    guest.fill_and_submit("form[action='/login/forgot']")
    guest.fill_and_submit(code="000000")
    assert kinds() == ["code-sent", "wrong-code"]
    with db.atomic():
        AccountEvent.delete().execute()
    guest.get("/")
    with db.atomic():
        Attempt.delete().execute()
    recover(Visitor(guest.client.application, ip="192.0.2.8"))
    assert kinds() == ["code-sent", "recovered"]
    assert [one.what for one in history_of(User.get())] == ["recovered", "password-changed", "code-sent"]


def test_ended_devices_and_downloads_are_on_record(app: Flask, guest: Visitor, anna: User) -> None:
    sign_in(Visitor(app, ip="192.0.2.9"))
    signed_in(guest)
    guest.get("/home/profile/devices")
    guest.fill_and_submit(device="others")
    guest.client.get("/home/profile/data.json")
    assert kinds()[-2:] == ["devices-ended", "downloaded"]
    text = guest.client.get("/home/profile/data.json").get_data(as_text=True)
    assert "devices-ended" in [one["what"] for one in json.loads(text)["events"]]


def test_nobody_sees_the_events_of_another_or_of_an_earlier_holder(app: Flask, guest: Visitor) -> None:
    with db.atomic():
        AccountEvent.create(
            kind="wrong-password", phone=PHONE, ip="203.0.113.1", at=base.now() - timedelta(days=1)
        )
        AccountEvent.create(kind="signed-in", phone=PHONE, user_id="earlier", ip="203.0.113.2")
        AccountEvent.create(kind="signed-in", phone=OTHER_PHONE, ip="203.0.113.3")
    resident()
    signed_in(guest)
    guest.get(HOME)
    assert "203.0.113" not in guest.text and guest.ip in guest.text


def test_staff_see_them_and_the_company_is_named(app: Flask, guest: Visitor, anna: User) -> None:
    signed_in(guest)
    desk = at_desk(Visitor(app, ip="198.51.100.7"), member())
    desk.get(f"/staff/resident/{anna.id}")
    assert "Вход в кабинет" in desk.text and guest.ip in desk.text
    anna.block(True, "staff:1", "198.51.100.7")
    anna.block(False, "staff:1", "198.51.100.7")
    sign_in(guest)
    guest.get(HOME)
    assert "Вход закрыт компанией" in guest.text and "198.51.100.7" not in guest.text


def test_the_incident_command_collects_them(app: Flask, guest: Visitor, anna: User) -> None:
    sign_in(guest)
    resident(OTHER_PHONE)
    sign_in(Visitor(app, ip="192.0.2.9"), OTHER_PHONE)
    run = app.test_cli_runner().invoke
    lines = [json.loads(line) for line in run(args=["incident", "--phone", PHONE]).output.splitlines()]
    assert [line["kind"] for line in lines if line["record"] == "event"] == ["signed-in"]
    everything = run(args=["incident"]).output
    assert OTHER_PHONE in everything and str(anna.password_hash) not in everything
    assert run(args=["incident", "--phone", "nonsense"]).exit_code == 2


def test_nothing_of_it_is_in_the_log(
    app: Flask, guest: Visitor, anna: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    to_login_password(guest)
    guest.fill_and_submit(password="nonsense")
    guest.fill_and_submit(password=PASSWORD)
    to_new_password(Visitor(app, ip="192.0.2.9"))
    logged = "\n".join(record.getMessage() for record in caplog.records if "peewee" not in record.name)
    assert PHONE not in logged and guest.ip not in logged and NEW_PASSWORD not in logged
