"""Whoever has a new number, and the cabinet by the number of before still."""

from datetime import timedelta

from cabinet.models import User
from cabinet.models.base import now
from cabinet.models.database import db
from tests.cast import PHONE
from tests.visitor import Visitor

MERGE, REVIEW, RECEIPT = "/home/profile/merge", "/home/profile/merge/review", "/home/profile/merge/receipt"
OLD_PASSWORD = "Прежний7пароль"
BY_CODE = "button[name=way]"
REFUSED = "Номер или пароль не подходит"


def prove(visitor: Visitor, phone: str = PHONE, password: str = OLD_PASSWORD) -> None:
    """Say that a cabinet is one's own, too, and its password."""
    visitor.get(MERGE)
    visitor.fill_and_submit(phone=phone, password=password)


def long_gone(user: User) -> None:
    """Let nobody have signed in to it for more than a year."""
    with db.atomic():
        User.update(seen_at=now() - timedelta(days=400)).where(User.id == user.id).execute()
