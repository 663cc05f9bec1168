"""What a wrong password costs, in seconds of the processor, which other programs do not change."""

import time

from flask import Flask

from cabinet.models import User
from cabinet.models.database import db
from cabinet.passwords.hashing import Hasher
from tests.bad_input.forms import WIDE_LIMITS
from tests.cast import OTHER_PHONE, PHONE, resident
from tests.journeys import to_login_password
from tests.visitor import Visitor

pytestmark = WIDE_LIMITS
TIMES = 4


def wrong_password(app: Flask, phone: str, known: bool) -> float:
    """Seconds of the processor; a cabinet that is not known went since the first step, which tells of it."""
    user, visitor = resident(phone), Visitor(app)
    to_login_password(visitor, phone)
    if not known:
        with db.atomic():
            User.delete().where(User.id == user.id).execute()
    data = {"csrf_token": visitor.csrf_token, "password": "Неверный0пароль"}
    begin = time.process_time()  # of all threads: another one hashes
    visitor.client.post("/login/password", data=data)
    taken = time.process_time() - begin
    with db.atomic():
        User.delete().execute()
    return taken


def test_a_wrong_password_costs_as_much_without_a_cabinet(app: Flask) -> None:
    hasher = app.extensions["hasher"] = Hasher("tests-only-pepper", 8)
    begin = time.process_time()
    hasher.hash("Неверный0пароль")
    one_hash = time.process_time() - begin
    known = min(wrong_password(app, PHONE, True) for _time in range(TIMES))
    unknown = min(wrong_password(app, OTHER_PHONE, False) for _time in range(TIMES))
    assert abs(known - unknown) < one_hash / 2, f"{known:.4f} {unknown:.4f}, a hash takes {one_hash:.4f}"
