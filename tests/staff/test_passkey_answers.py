"""What becomes of a passkey's answer at the staff's sign-in tells nothing of the password."""

import json

import pytest
from flask import Flask

from cabinet.models import Attempt, Staff
from tests.authenticator import Authenticator
from tests.cast import PASSWORD
from tests.staff.test_passkeys import actions, add, is_in, prove, sign_in
from tests.visitor import Visitor


@pytest.fixture
def device(desk: Visitor) -> Authenticator:
    """A device of the clerk whose passkey is added."""
    device = Authenticator()
    prove(desk)
    add(desk, device, "Рабочий ноутбук")
    return device


def test_an_answer_is_used_up_by_a_wrong_password_as_by_the_right_one(
    app: Flask, clerk: Staff, device: Authenticator
) -> None:
    """Or what becomes of it, and the work of that, would tell which password was right."""
    visitor = Visitor(app)
    visitor.get("/staff/sign-in")
    answer = device.sign(json.loads(visitor.client.get("/staff/sign-in/passkey").get_data()))
    sign_in(visitor, clerk, device, password="Другой7пароль", answer=answer)
    sign_in(visitor, clerk, device, answer=answer)
    assert not is_in(visitor) and actions(clerk)[-2:] == ["staff-sign-in-failed"] * 2
    sign_in(visitor, clerk, device)
    assert is_in(visitor)


@pytest.mark.parametrize("bent", ["\ud800", "a\0b"])
def test_an_id_that_no_database_can_look_up_tells_nothing_of_the_password_and_counts(
    app: Flask, clerk: Staff, device: Authenticator, bent: str
) -> None:
    said = []
    for password in (PASSWORD, "Другой7пароль"):
        visitor = Visitor(app)
        visitor.get("/staff/sign-in")
        question = json.loads(visitor.client.get("/staff/sign-in/passkey").get_data())
        answer = json.dumps({**json.loads(device.sign(question)), "id": bent})
        sign_in(visitor, clerk, device, password=password, answer=answer)
        assert "не подходят" in visitor.text and not is_in(visitor)
        failed = actions(clerk).count("staff-sign-in-failed")
        said.append((visitor.status, failed, Attempt.select().where(Attempt.kind == "login").count()))
    assert [(failed, counted) for _status, failed, counted in said] == [(1, 1), (2, 2)]
    assert said[0][0] == said[1][0]
