"""Admins manage the staff in the pages; everybody manages their own sign-in."""

from collections.abc import Callable

import pytest
from flask import Flask

from cabinet.models import Audit, Staff, StaffPasskey
from cabinet.models.database import db
from cabinet.models.recovery_code import RecoveryCode
from tests.staff.conftest import PASSWORD, code_now, enter
from tests.visitor import Visitor

OWN = "Другой8пароль"
ADD = "form[action='/staff/people']"


def add(
    desk: Visitor, email: str = "new@example.org", role: str = "clerk", proof: str | None = PASSWORD
) -> str:
    """Have the admin add somebody; the link for them."""
    desk.get("/staff/people")
    values = {"full_name": "Ольга Новикова", "email": email, "role": role}
    desk.fill_and_submit(ADD, **values, **({"proof": proof} if proof else {}))
    return str(desk.one("#link")["value"]).removeprefix("http://localhost")


def join(visitor: Visitor, link: str, password: str = OWN) -> Staff:
    """Take the invitation."""
    visitor.get(link)
    staff: Staff = Staff.get(Staff.email == "new@example.org")
    visitor.fill_and_submit(password=password, code=code_now(staff))
    return Staff.get_by_id(staff.id)


def test_whom_an_admin_adds_scans_a_code_and_is_in(
    admin_desk: Visitor, another: Callable[[], Visitor]
) -> None:
    link, newcomer = add(admin_desk), another()
    newcomer.get(link)
    assert newcomer.one(".staff__qr svg") and "https:" not in str(newcomer.one(".staff__qr"))
    newcomer.fill_and_submit(password="short", code="123456")
    assert "не короче 12 знаков" in newcomer.text
    newcomer.fill_and_submit(password=OWN, code="000000")
    assert "Код не подходит" in newcomer.text
    staff = join(newcomer, link)
    assert newcomer.path == "/staff/me" and "Ольга Новикова" in newcomer.text
    later = another()
    later.get(link)
    assert later.status == 404 and "Ссылка не действует" in later.text
    later.get("/staff/sign-in")
    later.fill_and_submit(email=staff.email, password=OWN, code=code_now(staff, 1))
    assert later.path != "/staff/sign-in"


def test_nobody_comes_in_by_an_invitation_without_taking_it(
    admin_desk: Visitor, another: Callable[[], Visitor]
) -> None:
    add(admin_desk)
    staff, newcomer = Staff.get(Staff.email == "new@example.org"), another()
    for password in ("", "x"):
        newcomer.get("/staff/sign-in")
        newcomer.fill_and_submit(email=staff.email, password=password, code=code_now(staff))
        assert newcomer.path == "/staff/sign-in"


@pytest.mark.parametrize("proof", ["", "wrong", "000000"])
def test_what_is_dangerous_needs_a_proof(admin_desk: Visitor, proof: str) -> None:
    admin_desk.get("/staff/people")
    admin_desk.fill_and_submit(ADD, full_name="Ольга", email="new@example.org", role="clerk", proof=proof)
    assert "пароль или" in admin_desk.text and not admin_desk.page.select("#link")
    assert not Staff.by_email("new@example.org")


def test_a_proof_is_good_for_a_while_and_a_code_is_one(
    admin_desk: Visitor, admin: Staff, clerk: Staff
) -> None:
    add(admin_desk, proof=code_now(Staff.get_by_id(admin.id), 1))
    add(admin_desk, email="second@example.org", proof=None)
    admin_desk.get(f"/staff/people/{clerk.id}")
    admin_desk.fill_and_submit(f"form[action='/staff/people/{clerk.id}']", full_name="Пётр", role="admin")
    assert "Сохранили" in admin_desk.text and Staff.get_by_id(clerk.id).is_admin


def test_an_address_is_added_once(admin_desk: Visitor, clerk: Staff) -> None:
    admin_desk.get("/staff/people")
    admin_desk.fill_and_submit(ADD, full_name="Ольга", email=clerk.email, role="clerk", proof=PASSWORD)
    assert "сотрудник уже есть" in admin_desk.text


def test_a_blocked_person_is_out_at_once(
    admin_desk: Visitor, clerk: Staff, another: Callable[[], Visitor]
) -> None:
    desk = enter(another(), clerk)
    admin_desk.get(f"/staff/people/{clerk.id}")
    admin_desk.fill_and_submit("form[action$='/block']", blocked="y", proof=PASSWORD)
    assert "Вход закрыт" in admin_desk.text
    desk.get("/staff/requests")
    assert desk.path == "/staff/sign-in"
    admin_desk.get(f"/staff/people/{clerk.id}")
    admin_desk.fill_and_submit("form[action$='/block']", blocked="n")
    assert Staff.get_by_id(clerk.id).blocked_at is None
    desk.get("/staff/requests")
    assert desk.path == "/staff/sign-in", "what began before the block"


def test_a_reset_gives_a_new_link(admin_desk: Visitor, clerk: Staff, another: Callable[[], Visitor]) -> None:
    desk = enter(another(), clerk)
    admin_desk.get(f"/staff/people/{clerk.id}")
    admin_desk.fill_and_submit("form[action$='/reset']", proof=PASSWORD)
    link = str(admin_desk.one("#link")["value"]).removeprefix("http://localhost")
    desk.get("/staff/requests")
    assert desk.path == "/staff/sign-in"
    newcomer = another()
    newcomer.get(link)
    newcomer.fill_and_submit(password=OWN, code=code_now(Staff.get_by_id(clerk.id)))
    assert newcomer.path == "/staff/me"


def test_the_last_admin_stays(admin_desk: Visitor, admin: Staff) -> None:
    admin_desk.get(f"/staff/people/{admin.id}")
    assert not admin_desk.page.select("form[action$='/reset']")
    admin_desk.fill_and_submit("form[action$='/block']", blocked="y", proof=PASSWORD)
    assert "единственный администратор" in admin_desk.text
    admin_desk.get(f"/staff/people/{admin.id}")
    admin_desk.fill_and_submit(f"form[action='/staff/people/{admin.id}']", full_name="Анна", role="clerk")
    assert "единственный администратор" in admin_desk.text and Staff.get_by_id(admin.id).is_admin


def test_a_clerk_manages_nobody(desk: Visitor, clerk: Staff) -> None:
    for address in ("/staff/people", f"/staff/people/{clerk.id}"):
        assert desk.client.get(address).status_code == 404
    desk.get("/staff/me")
    token = desk.csrf_token
    for address in ("people", f"people/{clerk.id}", f"people/{clerk.id}/reset", f"people/{clerk.id}/block"):
        desk.post(f"/staff/{address}", {"csrf_token": token, "role": "admin", "blocked": "y"})
        assert desk.status == 404


def test_what_an_admin_began_ends_with_the_right(admin_desk: Visitor, admin: Staff) -> None:
    admin_desk.get("/staff/people")
    with db.atomic():
        Staff.update(role="clerk").where(Staff.id == admin.id).execute()
    admin_desk.fill_and_submit(ADD, full_name="Ольга", email="new@example.org", role="admin", proof=PASSWORD)
    assert admin_desk.path == "/staff/sign-in" and not Staff.by_email("new@example.org")


def test_another_password_of_ones_own_ends_the_other_sessions(
    desk: Visitor, clerk: Staff, another: Callable[[], Visitor]
) -> None:
    other = enter(another(), Staff.get_by_id(clerk.id))
    desk.get("/staff/me")
    desk.fill_and_submit("form[action$='/password']", current="wrong", password=OWN)
    assert "Пароль не подходит" in desk.text
    desk.fill_and_submit("form[action$='/password']", current=PASSWORD, password="clerk")
    assert "не короче 12 знаков" in desk.text
    desk.fill_and_submit("form[action$='/password']", current=PASSWORD, password=OWN)
    assert "Пароль изменён" in desk.text
    desk.get("/staff/requests")
    assert desk.path == "/staff/requests"
    other.get("/staff/requests")
    assert other.path == "/staff/sign-in"


def test_a_recovery_code_takes_the_place_of_the_authenticator_once(
    desk: Visitor, clerk: Staff, another: Callable[[], Visitor]
) -> None:
    desk.get("/staff/me")
    desk.fill_and_submit("form[action$='/codes']", proof=PASSWORD)
    code = desk.one(".staff__codes li").get_text()
    desk.get("/staff/me")
    assert code not in desk.text and "Осталось кодов: 8" in desk.text
    lost = another()
    for attempt in (1, 2):
        lost.get("/staff/sign-in?by=recovery")
        lost.fill_and_submit(email=clerk.email, password=PASSWORD, code=code.lower())
        assert (lost.path == "/staff/sign-in") == (attempt == 2)
        lost = another()
    assert Audit.select().where(Audit.action == "staff-recovery-code-used").count() == 1


def test_codes_are_made_for_nobody_who_was_changed_meanwhile(desk: Visitor, app: Flask, clerk: Staff) -> None:
    desk.get("/staff/me")
    desk.fill_and_submit("form[action$='/codes']")
    assert "Введите ваш пароль" in desk.text


def test_an_admins_own_new_password_voids_what_was_handed_out_under_the_old_one(
    admin_desk: Visitor, another: Callable[[], Visitor]
) -> None:
    link, newcomer = add(admin_desk), another()
    admin_desk.get("/staff/me")
    admin_desk.fill_and_submit("form[action='/staff/me/password']", current=PASSWORD, password=OWN)
    assert "Приглашения, которые вы выдали, больше не действуют" in admin_desk.text
    newcomer.get(link)
    assert not newcomer.page.select("[name=password]"), newcomer.text
    admin_desk.fill_and_submit("form[action='/staff/me/password']", current=OWN, password=OWN + "2")
    assert "Пароль изменён" in admin_desk.text and "Приглашения" not in admin_desk.text


def test_ones_own_new_password_ends_keys_and_codes_that_may_be_anothers(desk: Visitor, clerk: Staff) -> None:
    with db.atomic():
        StaffPasskey.add(clerk, "", credential="a", public_key=b"k", name="Чужой ноутбук")
        RecoveryCode.renew(clerk, "")
    desk.get("/staff/me")
    desk.fill_and_submit("form[action$='/password']", current=PASSWORD, password=OWN)
    assert "Ключи входа и коды восстановления больше не действуют" in desk.text
    assert "Осталось кодов: 0" in desk.text
    assert not StaffPasskey.select().exists() and not RecoveryCode.select().exists()
    desk.fill_and_submit("form[action$='/password']", current=OWN, password=OWN + "2")
    assert "Пароль изменён" in desk.text and "больше не действуют" not in desk.text


def test_a_refused_form_of_a_person_is_shown_again_with_scripts(
    app: Flask, admin: Staff, clerk: Staff
) -> None:
    desk = enter(Visitor(app, htmx=True), admin)
    desk.get(f"/staff/people/{clerk.id}")
    desk.fill_and_submit(f"form[action='/staff/people/{clerk.id}/reset']", proof="wrong")
    assert desk.status == 422 and "Не подходит" in desk.text
    link = add(desk)
    newcomer = Visitor(app, htmx=True)
    newcomer.get(link)
    newcomer.fill_and_submit(password=OWN, code="000000")
    assert newcomer.status == 422 and "Код не подходит" in newcomer.text
