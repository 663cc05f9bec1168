"""Numbers change hands: operators give one to another person some months after it fell silent."""

from datetime import datetime, timedelta
from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField

from cabinet.models.audit import Audit
from cabinet.models.base import Model, new_id, now, settings
from cabinet.models.code import OneTimeCode
from cabinet.models.database import transaction
from cabinet.models.device import Device
from cabinet.models.max_link import MaxLink
from cabinet.models.message import Message
from cabinet.models.phone_proof import by_contact_alone
from cabinet.models.prepared import insert
from cabinet.models.user import User

NONE = "~"  # begins what stands for the phone of a resident who has none; no number begins so


class PassedNumber(Model):
    """A number that was `user`'s, and that the resident of the id `taken_by` has now.

    Both are the same where the number was of a cabinet that is a part of theirs now. `taken_by` is empty
    where staff took the number away, since it may have been a stranger's.
    """

    user_id: str
    phone = CharField(16, index=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    taken_by = CharField(22)
    at = DateTimeField(default=now)

    @classmethod
    def of(cls, user: User) -> "list[PassedNumber]":
        """The numbers that a resident lost to others or took over, latest first."""
        return list(
            cls.select().where((cls.user == user.id) | (cls.taken_by == user.id)).order_by(cls.at.desc())
        )


def no_number() -> str:
    """What stands for the phone of one more resident who has none."""
    return NONE + new_id()[:15]


def is_unseen(user: User) -> bool:
    """Whether a resident did not sign in for so long that the number may be another person's by now."""
    since = _since()
    if since is None or (user.seen_at or user.created_at) > since:
        return False
    return user.seen_at is not None or not _devices_after(since).where(Device.user == user.id).exists()


def _since() -> datetime | None:
    least = settings().prove_again_after
    return now() - timedelta(seconds=least) if least else None


def _devices_after(since: datetime) -> Any:
    """What says of residents of before when they were seen."""
    return Device.select(Device.user).where(Device.seen_at > since)


def release(phone: str, by_receipt: bool = False) -> User | None:
    """Close the cabinet of a phone to that number, inside the transaction that gives it away.

    None, and nothing happens, where nobody has the number, or its resident was seen not long ago: whoever
    comes first counts. That keeps no number that a contact in MAX alone proved (`phone_proof`) from who
    proved a receipt of another account beside a code to it (`by_receipt`). The resident is returned with the
    number that they had; tell it by `tell_of`.
    """
    user = User.by_phone(phone)
    free = _may_be_given(user, phone, by_receipt) if user else None
    if user is None or free is None:
        return None
    mine = (User.id == user.id, User.phone == phone, free)
    with transaction():
        if not User.update(phone=no_number()).where(*mine).execute():
            return None
        user.end_sessions()
        OneTimeCode.void_all(phone)
        MaxLink.forget(user)
        return user


def _may_be_given(user: User, phone: str, by_receipt: bool) -> Any:
    """What must hold of the resident in the moment that the number is given away; None: it never may."""
    if by_receipt and by_contact_alone(user.id, phone):
        return User.phone == phone
    since = _since()
    if since is None:
        return None
    long_ago = User.created_at <= since
    unkept = User.seen_at.is_null() & long_ago & User.id.not_in(_devices_after(since))
    return (User.seen_at <= since) | unkept


def tell_of(former: User, taker: User) -> None:
    """The number of `former` is the `taker`'s now: keep that, tell its former owner and the staff."""
    insert(PassedNumber(phone=former.phone, user=former.id, taken_by=taker.id))
    if former.email and former.email_confirmed_at:
        said = {"name": former.first_name}
        Message.enqueue("mail", "number_passed_on", to=former.email, data=said, locale=former.locale)
    former.notify_staff("number_passed_on", taken_by=taker.id)
    Audit.record("number-passed-on", "system", former.id, taken_by=taker.id)
