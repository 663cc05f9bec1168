"""Residents who were not seen for long, and whoever has their number now."""

from datetime import timedelta
from typing import Any

from cabinet.models import User, base
from tests.cast import ADDRESSES, DACHNAYA, LESNAYA, PERSON, PHONE, bill, receipt_of, resident
from tests.journeys import FORGOT, to_login_password
from tests.visitor import Visitor, last_code

LONG = timedelta(days=180)
OLD = {"last_name": "Древняя", "first_name": "Аглая", "email": "aglaya@example.org"}
SECRETS = (*OLD.values(), "Аглая", ADDRESSES[LESNAYA], "Лесная")


def silent(seen: timedelta = LONG, **changes: Any) -> User:
    """A resident of long ago, whose number may be anybody's."""
    bill()
    moment = base.now() - seen
    return resident(accounts=[LESNAYA], **{**OLD, "created_at": moment - LONG, "seen_at": moment, **changes})


def to_receipt(visitor: Visitor) -> None:
    """By «Я забыл пароль» and a code."""
    to_login_password(visitor)
    visitor.fill_and_submit(FORGOT)
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.path == "/login/receipt", visitor.text


def to_new_cabinet(visitor: Visitor) -> None:
    """… and by the receipt of another account to the last step of a registration."""
    to_receipt(visitor)
    visitor.fill_and_submit(**receipt_of(DACHNAYA))
    visitor.fill_and_submit(consent="y")
    assert visitor.path == "/register/address", visitor.text
    visitor.fill_and_submit(answer="yes")
    assert [visitor.value(name) for name in ("last_name", "email")] == ["", ""]
    visitor.fill_and_submit(**PERSON)
    assert visitor.path == "/register/password", visitor.text
