"""Another number for a resident whose SIM is lost: one member of staff asks for it, another one decides.

The new number is proved by nothing but its holder's first code: the password goes with the old number, and so
do passkeys and known browsers, so that nobody gets in before a code to the new number sets another password.
"""

import hashlib
from datetime import timedelta
from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField, IntegrityError, TextField

from cabinet.models.account_event import ids_of
from cabinet.models.audit import Audit
from cabinet.models.base import Model, new_id, now, settings
from cabinet.models.database import db
from cabinet.models.linking import AccountLink
from cabinet.models.passkey import Passkey
from cabinet.models.profile import ChangedMeanwhileError, replace_number
from cabinet.models.staff import Staff
from cabinet.models.staff_admin import RightsLostError, way_in
from cabinet.models.unit import whole
from cabinet.models.user import CredentialsChangedError, User, by_staff
from cabinet.models.way_back import WayBack

ACQUAINTED = timedelta(days=7)  # after which somebody is known to be a person of their own


class PhoneTakenError(Exception):
    """Another cabinet has the number, or this one has it already."""


class AlreadyAskedError(Exception):
    """Another change of this resident's number waits for a decision."""


class NotForYouError(Exception):
    """Who asked does not decide, and what was asked for is over with the rights under which it was."""


class NotTwoError(Exception):
    """One of the two let the other in, or who decides came in later: they may be one person."""


class OverError(Exception):
    """Somebody decided before, or it waited for too long."""


class PhoneChange(Model):
    """A change that was asked for. `outcome` is empty until it is `approved`, `refused` or `withdrawn`.

    `seen` tells whether the resident is still as when it was asked for, `asked_under`, a stamp, whether who
    asked is. `until` is when it is over by itself.
    """

    user_id: str
    id = CharField(22, primary_key=True, default=new_id)
    user = ForeignKeyField(User, on_delete="CASCADE")
    phone = CharField(16)
    reason = TextField()
    identified = TextField()
    asked_by = CharField(22)
    asked_under: Any = CharField(32, null=True)
    asked_at = DateTimeField(default=now)
    until = DateTimeField(index=True)
    seen = CharField(64)
    outcome = CharField(9, default="")
    words = TextField(default="")
    decided_by: Any = CharField(22, null=True)
    decided_at: Any = DateTimeField(null=True)

    @property
    def waits(self) -> bool:
        """Whether it can still be decided."""
        return not self.outcome and self.until > now()

    @classmethod
    def waiting(cls, most: int = 50) -> "list[PhoneChange]":
        """All that can be decided, the oldest first."""
        open_ones = cls.select().where(cls.outcome == "", cls.until > now())
        return list(open_ones.order_by(cls.until, cls.id).limit(most))

    @classmethod
    def of(cls, user: User) -> "list[PhoneChange]":
        """A resident's latest, newest first."""
        return list(cls.select().where(cls.user == user.id).order_by(cls.asked_at.desc()).limit(5))


@whole
def ask(user: User, phone: str, reason: str, identified: str, staff: Staff, ip: str) -> PhoneChange:
    """Ask for another number; a confirmed e-mail is told.

    Raises PhoneTakenError, AlreadyAskedError, RightsLostError.
    """
    user.hold()
    _keep_rights(staff)
    if User.by_phone(phone):
        raise PhoneTakenError
    if any(one.waits for one in PhoneChange.of(user)):
        raise AlreadyAskedError
    made: PhoneChange = PhoneChange.create(
        user=user.id,
        phone=phone,
        reason=reason,
        identified=identified,
        asked_by=staff.id,
        asked_under=staff.stamp,
        until=now() + timedelta(seconds=settings().phone_change_lifetime),
        seen=_as_it_is(user.id),
    )
    Audit.record("staff-phone-change-asked", staff.actor, user.id, ip, change=made.id)
    if user.email and user.email_confirmed_at:  # the number may be a thief's
        user.notify("phone_change_asked", sms=False)
    return made


def approve(change: PhoneChange, staff: Staff, ip: str) -> None:
    """Change the number; the old one and the e-mail are told, and all that signed in with it ends.

    Raises NotForYouError, NotTwoError, OverError, ChangedMeanwhileError, PhoneTakenError, RightsLostError,
    and CredentialsChangedError for who is gone; nothing is changed then.
    """
    try:
        with db.atomic():
            user = User.find(change.user_id)
            # locked; what it must be is compared next
            if user is None or (stamp := user.current_stamp()) is None:
                raise CredentialsChangedError
            user.stamp = stamp
            _decide(change, staff, "approved", "")
            if _as_it_is(user.id) != change.seen:
                raise ChangedMeanwhileError
            if Staff.live(change.asked_by, change.asked_under or "") is None:
                raise NotForYouError
            if not _are_two(change, staff):
                raise NotTwoError
            _move(user, change.phone, staff)
            Audit.record("staff-phone-changed", staff.actor, user.id, ip, change=change.id)
    except IntegrityError:
        raise PhoneTakenError from None


@whole
def refuse(change: PhoneChange, staff: Staff, words: str, ip: str) -> None:
    """Refuse it, in words for the colleague who asked. Raises NotForYouError, OverError, RightsLostError."""
    _decide(change, staff, "refused", words)
    Audit.record("staff-phone-change-refused", staff.actor, change.user_id, ip, change=change.id)


@whole
def withdraw(change: PhoneChange, staff: Staff, ip: str) -> bool:
    """Take it back, by who asked for it; False if it is decided or another's. Raises RightsLostError."""
    _keep_rights(staff)
    mine = (PhoneChange.id == change.id, PhoneChange.outcome == "", PhoneChange.asked_by == staff.id)
    if not PhoneChange.update(_decision(staff, "withdrawn")).where(*mine).execute():
        return False
    Audit.record("staff-phone-change-withdrawn", staff.actor, change.user_id, ip, change=change.id)
    return True


def _keep_rights(staff: Staff) -> None:
    """Who acts may not be blocked or changed until the caller's transaction ends, nor be so already."""
    if staff.held() is None:
        raise RightsLostError


def _decide(change: PhoneChange, staff: Staff, outcome: str, words: str) -> None:
    _keep_rights(staff)
    if change.asked_by == staff.id:
        raise NotForYouError
    mine = (PhoneChange.id == change.id, PhoneChange.outcome == "", PhoneChange.until > now())
    if not PhoneChange.update(_decision(staff, outcome, words)).where(*mine).execute():
        raise OverError


def _are_two(change: PhoneChange, staff: Staff) -> bool:
    """Of two who work together since ACQUAINTED one may have invited the other: an office has one admin."""
    (by, since), (asker_by, asker_since) = way_in(staff.id), way_in(change.asked_by)
    new = now() - ACQUAINTED
    by_asker = by == f"staff:{change.asked_by}" and since > new
    by_staff = asker_by == staff.actor and asker_since > new
    return not by_asker and not by_staff and since < change.asked_at


def _decision(staff: Staff, outcome: str, words: str = "") -> dict[Any, Any]:
    return {
        PhoneChange.outcome: outcome,
        PhoneChange.words: words,
        PhoneChange.decided_by: staff.id,
        PhoneChange.decided_at: now(),
    }


def _move(user: User, phone: str, staff: Staff) -> None:
    before, had_number = user.phone, user.has_number
    replace_number(user, phone)
    WayBack.close(user)  # two members of staff have looked whose it is
    told = {"before": before if had_number else "", **by_staff(staff.actor)}
    user.notify_staff("profile_changed", what="phone", **told)


def _as_it_is(user_id: str) -> str:
    """Changes with the phone, the e-mail, the name, the stamp, passkeys, accounts and mergers."""
    user: User = User.get_by_id(user_id)
    links = AccountLink.select().where(AccountLink.user == user_id)
    told = [user.stamp, user.phone, user.email, user.full_name, str(user.delete_at), str(user.blocked_at)]
    told += [*sorted(one.id for one in Passkey.of(user)), "", *sorted(one.account_id for one in links), ""]
    told += ids_of(user)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
