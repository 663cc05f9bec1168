"""Whoever has a new number, and the cabinet by the number of before still."""

from datetime import timedelta

from cabinet.models import Device, Passkey, User
from cabinet.models.base import now
from cabinet.models.database import db
from tests.cast import PHONE
from tests.visitor import Visitor

MERGE, REVIEW, RECEIPT = "/home/profile/merge", "/home/profile/merge/review", "/home/profile/merge/receipt"
OLD_PASSWORD = "Прежний7пароль"
BY_CODE = "button[name=way]"
REFUSED = "Номер или пароль не подходит"


def settle(phone: str = PHONE) -> None:
    """Let all browsers that anybody signed in from be known to that cabinet for two days."""
    before = now() - timedelta(days=2)
    user = User.by_phone(phone)
    with db.atomic():
        for key in {device.key for device in Device.select()} if user else ():
            Device.delete().where(Device.key == key, Device.user == user).execute()
            Device.create(key=key, user=user, created_at=before)


def settle_passkeys() -> None:
    """Let all passkeys be two days old."""
    with db.atomic():
        Passkey.update(created_at=now() - timedelta(days=2)).execute()


def prove(
    visitor: Visitor, phone: str = PHONE, password: str = OLD_PASSWORD, own_browser: bool = True
) -> None:
    """Say that a cabinet is one's own, too, and its password; in a browser known to it, or not."""
    if own_browser:
        settle(phone)
    visitor.get(MERGE)
    visitor.fill_and_submit(phone=phone, password=password)


def long_gone(user: User) -> None:
    """Let nobody have signed in to it for more than a year."""
    with db.atomic():
        User.update(seen_at=now() - timedelta(days=400)).where(User.id == user.id).execute()
