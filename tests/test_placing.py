"""Whoever is placed at a step and whoever walked there leave the same behind."""

import datetime as dt
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from cabinet.models import TABLES, Account, Charge, WebSession, base
from cabinet.models.database import db
from cabinet.models.session import GRACE
from tests import journeys, placing
from tests.cast import LESNAYA, PHONE, receipt_of, resident
from tests.staff.conftest import enter, member
from tests.visitor import Visitor

RECEIPT = receipt_of(LESNAYA)
Go = Callable[[Visitor], object]
STEPS: dict[str, tuple[Go, Go]] = {
    "account": (journeys.to_account, placing.at_account),
    "address": (lambda v: journeys.to_address(v, RECEIPT), lambda v: placing.at_address(v, RECEIPT)),
    "profile": (lambda v: journeys.to_profile(v, RECEIPT), lambda v: placing.at_profile(v, RECEIPT)),
    "password": (
        lambda v: journeys.to_registration_password(v, RECEIPT),
        lambda v: placing.at_registration_password(v, RECEIPT),
    ),
    "home": (journeys.sign_in, placing.signed_in),
    "desk": (lambda v: enter(v, member()), lambda v: placing.at_desk(v, member()).reload()),
}


@pytest.mark.parametrize("step", STEPS)
def test_placed_is_as_good_as_walked(app: Flask, receipt: dict[str, str], step: str) -> None:
    seen = []
    for go in STEPS[step]:
        _empty()
        if step == "home":
            resident(PHONE, accounts=[LESNAYA])
        visitor = Visitor(app)
        go(visitor)
        visitor.reload()
        seen.append({"page": [visitor.path, visitor.text], "cookies": cookies(visitor), **left_behind()})
    walked, placed = seen
    for what, left in walked.items():
        assert left == placed[what], what


def cookies(visitor: Visitor) -> list[str]:
    """Which cookies the browser has."""
    return [name for name in placing.COOKIES if visitor.client.get_cookie(name)]


def left_behind() -> dict[str, list[str]]:
    """All rows, without what differs by chance; but for sessions whose token was replaced."""
    found = {}
    for table in TABLES:
        rows = table.select()
        if table is WebSession:
            rows = rows.where(WebSession.expires_at > base.now() + timedelta(seconds=GRACE))
        found[table.__name__] = sorted(_plain(row.__data__) for row in rows)
    return found


def _plain(row: dict[str, object]) -> str:
    shown = {name: "a moment" if isinstance(value, dt.datetime) else value for name, value in row.items()}
    shown.pop("request_id", None)  # who is placed made none
    text = re.sub(r"'(id|confirmed|staff_confirmed|totp_step)': \d+", r"'\1': …", str(shown))
    text = re.sub(r"'at': '[\d.T:-]+'", "'at': …", text)
    return re.sub(r"'(staff:)?[\w-]{22}'|'[0-9a-f]{32,128}'", r"'\1…'", text)


def _empty() -> None:
    with db.atomic():
        for table in reversed(TABLES):
            if table not in (Account, Charge):
                table.delete().execute()
