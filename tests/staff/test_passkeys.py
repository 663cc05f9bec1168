"""«Ключи входа»: with the password, a passkey does what the authenticator's code does, and no more."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from cabinet.models import Audit, Passkey, Staff, StaffPasskey
from cabinet.models.database import db
from cabinet.models.staff_admin import reset
from tests.authenticator import VERIFIED, Authenticator
from tests.cast import resident
from tests.staff.conftest import PASSWORD, code_now, enter
from tests.visitor import Visitor

KEYS = "/staff/me/passkeys"


def prove(desk: Visitor) -> None:
    desk.get(KEYS)
    desk.fill_and_submit("form[action$='/passkeys/confirm']", proof=PASSWORD)
    assert desk.path == KEYS and desk.page.select("form[data-passkey=add]")


def add(desk: Visitor, device: Authenticator, name: str = "") -> None:
    """Have one made, as the page's script does."""
    options = json.loads(desk.client.get(f"{KEYS}/options").get_data())
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["rp"]["id"] == "localhost"
    desk.get(KEYS)
    desk.fill_and_submit("form[data-passkey=add]", name=name, answer=device.make(options))


def sign_in(visitor: Visitor, staff: Staff, device: Authenticator, **changes: Any) -> None:
    """E-mail, password and a touch, as the page's script sends them."""
    visitor.get("/staff/sign-in")
    question = json.loads(visitor.client.get("/staff/sign-in/passkey").get_data())
    typed = {"email": staff.email, "password": PASSWORD, "code": "", "answer": device.sign(question)}
    visitor.fill_and_submit(**{**typed, **changes})


def is_in(visitor: Visitor) -> bool:
    visitor.get("/staff/me")
    return bool(visitor.path == "/staff/me")


@pytest.fixture
def device(desk: Visitor) -> Authenticator:
    """A device of the clerk whose passkey is added."""
    device = Authenticator()
    prove(desk)
    add(desk, device, "Рабочий ноутбук")
    assert "Готово" in desk.text and "Рабочий ноутбук" in desk.text
    return device


def actions(staff: Staff) -> list[str]:
    return [row.action for row in Audit.select().where(Audit.actor == staff.actor).order_by(Audit.id)]


def test_it_takes_the_place_of_the_code_beside_the_password(
    app: Flask, clerk: Staff, device: Authenticator
) -> None:
    visitor = Visitor(app)
    sign_in(visitor, clerk, device)
    assert is_in(visitor)
    assert actions(clerk)[-3:] == ["staff-passkey-used", "staff-signed-in", "staff-day-seen"]
    assert StaffPasskey.get().used_at


def test_without_the_password_or_of_another_person_it_opens_nothing(
    app: Flask, clerk: Staff, admin: Staff, device: Authenticator
) -> None:
    for staff, changes in ((clerk, {"password": "Другой7пароль"}), (admin, {}), (clerk, {"answer": "{}"})):
        visitor = Visitor(app)
        sign_in(visitor, staff, device, **changes)
        assert "не подходят" in visitor.text and not is_in(visitor)


def test_an_answer_counts_once_in_its_own_browser_with_a_finger_at_our_host(
    app: Flask, clerk: Staff, device: Authenticator
) -> None:
    visitor = Visitor(app)
    visitor.get("/staff/sign-in")
    question = json.loads(visitor.client.get("/staff/sign-in/passkey").get_data())
    answer = device.sign(question)
    stranger = Visitor(app)
    sign_in(stranger, clerk, device, answer=answer)
    assert not is_in(stranger)
    device.flags &= ~VERIFIED
    sign_in(visitor, clerk, device)
    assert not is_in(visitor), "nobody's finger"
    device.flags |= VERIFIED
    device.origin, device.host = "https://evil.example", "evil.example"
    sign_in(visitor, clerk, device)
    assert not is_in(visitor), "another site's"


def test_a_copy_of_a_key_is_noticed(app: Flask, clerk: Staff, device: Authenticator) -> None:
    sign_in(Visitor(app), clerk, device)
    device.sign_count = 0
    visitor = Visitor(app)
    sign_in(visitor, clerk, device)
    assert not is_in(visitor)
    assert actions(clerk)[-2:] == ["staff-passkey-refused", "staff-sign-in-failed"]


def test_the_list_is_changed_only_by_who_proves_to_be_the_person(desk: Visitor, clerk: Staff) -> None:
    assert desk.client.get(f"{KEYS}/options").status_code == 204
    desk.get(KEYS)
    token = desk.value("csrf_token")
    desk.post(KEYS, {"csrf_token": token, "answer": "{}", "name": "x"})
    desk.get(KEYS)
    desk.fill_and_submit("form[action$='/passkeys/confirm']", proof="Другой7пароль")
    assert "Не подходит" in desk.text and not StaffPasskey.select().exists()


def test_it_is_removed_by_its_owner_alone(
    app: Flask, desk: Visitor, clerk: Staff, admin: Staff, device: Authenticator
) -> None:
    key = StaffPasskey.get()
    other = enter(Visitor(app), admin)
    other.get(KEYS)
    other.fill_and_submit("form[action$='/passkeys/confirm']", proof=PASSWORD)
    assert "Ключей пока нет" in other.text
    other.post(f"{KEYS}/{key.id}/remove", {"csrf_token": other.value("csrf_token")})
    assert other.status == 404 and StaffPasskey.select().exists()
    desk.get(KEYS)
    desk.fill_and_submit("form[action$='/remove']")
    assert "Ключей пока нет" in desk.text and not StaffPasskey.select().exists()
    assert [one for one in actions(clerk) if "passkey" in one] == [
        "staff-passkey-added",
        "staff-passkey-removed",
    ]


def test_the_same_device_is_added_once_and_ten_are_enough(
    desk: Visitor, clerk: Staff, device: Authenticator
) -> None:
    options = json.loads(desk.client.get(f"{KEYS}/options").get_data())
    assert len(options["excludeCredentials"]) == 1
    add(desk, device)
    assert "Не получилось" in desk.text and StaffPasskey.select().count() == 1
    for _ in range(9):
        add(desk, Authenticator())
    assert StaffPasskey.select().count() == 10
    add(desk, Authenticator())
    assert "уже десять" in desk.text and StaffPasskey.select().count() == 10


def test_what_is_sent_too_late_changes_nothing_and_says_so(desk: Visitor, device: Authenticator) -> None:
    options = json.loads(desk.client.get(f"{KEYS}/options").get_data())
    desk.get(KEYS)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        desk.fill_and_submit("form[data-passkey=add]", name="x", answer=Authenticator().make(options))
        assert "Подтвердите ещё раз" in desk.text
        desk.post(f"{KEYS}/{StaffPasskey.get().id}/remove", {"csrf_token": desk.csrf_token})
        assert "Подтвердите ещё раз" in desk.text and StaffPasskey.select().count() == 1


def test_too_long_a_name_is_refused_in_words(desk: Visitor, clerk: Staff) -> None:
    prove(desk)
    add(desk, Authenticator(), "x" * 61)
    assert "слишком длинное" in desk.text and not StaffPasskey.select().exists()


def test_who_was_changed_meanwhile_is_not_told_that_a_key_was_added(
    desk: Visitor, clerk: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove(desk)
    monkeypatch.setattr(Staff, "held", lambda self: None)
    add(desk, Authenticator())
    assert "Готово" not in desk.text and not StaffPasskey.select().exists()


def test_a_code_counts_even_beside_the_answer_of_an_earlier_try(app: Flask, clerk: Staff) -> None:
    visitor = Visitor(app)
    visitor.get("/staff/sign-in")
    typed = {"email": clerk.email, "password": PASSWORD, "answer": "{}"}
    visitor.fill_and_submit(**typed, code="12")
    assert "шесть цифр" in visitor.text, "beside its field, and counted as no attempt"
    visitor.fill_and_submit(**typed, code=code_now(clerk))
    assert is_in(visitor)


def test_a_reset_takes_them_away(app: Flask, clerk: Staff, admin: Staff, device: Authenticator) -> None:
    reset(admin, clerk, "192.0.2.1")
    assert not StaffPasskey.select().exists()


def test_a_reset_by_the_command_takes_them_away(clerk: Staff, device: Authenticator) -> None:
    with db.atomic():
        Staff.get_by_id(clerk.id).reset("x")
    assert not StaffPasskey.select().exists()


def test_keys_of_residents_and_of_staff_do_not_open_each_others_doors(
    app: Flask, clerk: Staff, device: Authenticator
) -> None:
    guest = Visitor(app)
    guest.get("/")
    question = json.loads(guest.client.get("/login/passkey").get_data())
    guest.post("/login/passkey", {"csrf_token": guest.value("csrf_token"), "answer": device.sign(question)})
    assert "не получилось" in guest.text
    key, theirs = StaffPasskey.get(), resident()
    with db.atomic():
        names = ("credential", "public_key", "sign_count", "name")
        Passkey.create(user=theirs, **{name: getattr(key, name) for name in names})
        StaffPasskey.delete().execute()
    visitor = Visitor(app)
    sign_in(visitor, clerk, device)
    assert not is_in(visitor)


def test_without_scripts_the_code_does_as_before(app: Flask, clerk: Staff, device: Authenticator) -> None:
    visitor = Visitor(app)
    visitor.get("/staff/sign-in")
    [offered] = visitor.page.select("[data-passkey=second]")
    assert offered.has_attr("hidden")
    visitor.fill_and_submit(email=clerk.email, password=PASSWORD, code=code_now(clerk, 1))
    assert is_in(visitor)
