"""Files with many people's data leave only after a proof of who is here."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from flask import Flask

from cabinet.models import Audit, Staff
from tests.staff.conftest import PASSWORD, code_now, enter, member
from tests.visitor import Visitor
from tests.web.session_visitors import START

FILES = (
    "/staff/export/residents.csv",
    "/staff/export/requests.xlsx?since=2026-11-01&state=in_work&who=x&sort=oldest",
    "/staff/sms/spending/csv?since=2026-11-01",
    "/staff/audit/export/csv?since=2026-11-01&subject=x",
)
TITLE = "Подтвердите, что это вы"


def later(visitor: Visitor, clock: Any) -> Visitor:
    """Six minutes after the sign-in."""
    clock.shift(dt.timedelta(minutes=6))
    return visitor


def actions() -> list[str]:
    return [row.action for row in Audit.select().where(Audit.action.startswith("staff-")).order_by(Audit.id)]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("by", ["password", "code"])
def test_after_five_minutes_a_file_asks_who_is_here(visitor: Visitor, file: str, by: str, app: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        clerk = member(role="admin")
        desk = later(enter(visitor, clerk), clock)
        desk.get(file)
        assert desk.path == "/staff/confirmation" and TITLE in desk.title
        proof = PASSWORD if by == "password" else code_now(Staff.get_by_id(clerk.id))
        desk.fill_and_submit(proof=proof)
        assert "Файл можно скачать" in desk.text, desk.text
        link = desk.one("a.button")
        path, _, query = str(link["href"]).partition("?")
        asked_path, _, asked = file.partition("?")
        assert (path, parse_qs(query)) == (asked_path, parse_qs(asked)), "the very file that was asked for"
        answer = desk.client.get(str(link["href"]))
        assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
        assert actions()[-2:-1] == ["staff-confirmed"] and "export" in actions()[-1]
        clock.shift(dt.timedelta(minutes=5))
        assert desk.client.get(file).status_code == 303, "for five minutes"


def test_the_sign_in_counts_as_one(desk: Visitor) -> None:
    assert desk.client.get(FILES[0]).status_code == 200


@pytest.mark.settings(login_failures=3)
def test_wrong_ones_are_counted_and_on_record(app: Flask, guest: Visitor) -> None:
    with time_machine.travel(START, tick=False) as clock:
        clerk = member()
        desk = later(enter(guest, clerk), clock)
        desk.get(FILES[0])
        used = code_now(clerk)
        desk.fill_and_submit(proof=" ")
        desk.fill_and_submit(proof=used)
        assert "Файл можно скачать" in desk.text
        desk = later(desk, clock)
        for wrong in ("000000", "Неверный1пароль", used):
            desk.get(FILES[0])
            desk.fill_and_submit(proof=wrong)
            assert desk.error("proof"), wrong
        desk.fill_and_submit(proof=PASSWORD)
        assert desk.status == 429 and desk.client.get(FILES[0]).status_code == 303
        assert actions().count("staff-confirmation-failed") == 3
