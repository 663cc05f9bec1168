"""Strangers lock the staff out of nothing: own browsers, and a reserve for new ones."""

import pytest
from flask import Flask

from cabinet.models import Attempt, Staff
from tests.staff.conftest import EMAIL, PASSWORD, code_now, enter
from tests.visitor import Visitor


def fail(visitor: Visitor, times: int) -> None:
    """Somebody types a clerk's address and nonsense."""
    for _ in range(times):
        visitor.get("/staff/sign-in")
        visitor.fill_and_submit(email=EMAIL, password="nonsense 12345", code="000000")


def leave(visitor: Visitor) -> Visitor:
    visitor.fill_and_submit("form[action='/staff/sign-out']")
    return visitor


@pytest.mark.settings(login_ip_minute=1000, login_ip_hour=1000)
def test_the_browser_of_every_day_is_not_locked_by_strangers(app: Flask, clerk: Staff, desk: Visitor) -> None:
    leave(desk)
    stranger = Visitor(app, ip="192.0.2.66")
    fail(stranger, 8)
    assert stranger.status == 429
    enter(desk, Staff.get_by_id(clerk.id))
    assert desk.path == "/staff/day"


def test_a_new_browser_has_a_reserve_on_a_network_of_its_own(app: Flask, clerk: Staff) -> None:
    stranger = Visitor(app, ip="192.0.2.66")
    fail(stranger, 8)
    assert stranger.status == 429
    other = Visitor(app, ip="192.0.2.77")
    fail(other, 1)
    assert other.status != 429
    enter(other, clerk)
    assert other.path == "/staff/day"


def test_the_reserve_is_two_a_day_and_the_own_browser_locks_itself(
    app: Flask, clerk: Staff, desk: Visitor
) -> None:
    fail(Visitor(app, ip="192.0.2.66"), 5)
    other = Visitor(app, ip="192.0.2.77")
    fail(other, 2)
    assert other.status != 429
    fail(other, 1)
    assert other.status == 429
    leave(desk)
    fail(desk, 5)
    desk.get("/staff/sign-in")
    desk.fill_and_submit(email=EMAIL, password=PASSWORD, code=code_now(clerk, 1))
    assert desk.status == 429


def test_a_forged_or_a_foreign_mark_of_a_browser_is_worth_nothing(
    app: Flask, clerk: Staff, admin: Staff, desk: Visitor
) -> None:
    mark = desk.client.get_cookie("desk")
    assert mark is not None
    name, signature = mark.value.split(".")
    for forged in (name, f"{name}.{'0' * 32}", f"{'A' * 22}.{signature}"):
        thief = Visitor(app, ip="192.0.2.66")
        thief.client.set_cookie("desk", forged)
        fail(thief, 1)
    assert len({row.subject for row in Attempt.select().where(Attempt.kind == "login")}) == 1
    leave(desk)
    clerk.reset(clerk.password_hash)
    desk.client.set_cookie("desk", mark.value)
    fail(desk, 1)
    assert len({row.subject for row in Attempt.select().where(Attempt.kind == "login")}) == 1, "after a reset"


def test_several_people_share_a_browser(app: Flask, clerk: Staff, admin: Staff, desk: Visitor) -> None:
    leave(desk)
    enter(desk, admin)
    leave(desk)
    fail(Visitor(app, ip="192.0.2.66"), 5)
    enter(desk, Staff.get_by_id(clerk.id))
    mark = desk.client.get_cookie("desk")
    assert mark is not None and mark.value.count(".") == 2
