"""A cabinet comes back to the number that it was moved away from: its holder proved the SIM and a receipt."""

from datetime import timedelta

from peewee import IntegrityError

from cabinet.models.account import Account
from cabinet.models.account_event import has_number_since
from cabinet.models.audit import Audit
from cabinet.models.base import now, settings
from cabinet.models.code import OneTimeCode
from cabinet.models.database import db
from cabinet.models.departure import cancel_deletion
from cabinet.models.linking import holds, link
from cabinet.models.phone_proof import proved_by_sim
from cabinet.models.profile import replace_number
from cabinet.models.registration import Registration
from cabinet.models.user import User
from cabinet.models.way_back import WayBack


class NoWayBackError(Exception):
    """There is none (any more): used, closed by staff, too old, or the number has a cabinet."""


def take_back(registration: Registration, ip: str) -> OneTimeCode:
    """Give the cabinet back: all that signed in ends, a deletion that was asked for, too; all are told.

    The number that it had is nobody's then, and has no way back, nor have others that followed. Returns what
    lets this browser set the password, as a code does. Raises NoWayBackError, and nothing is changed.
    """
    try:
        with db.atomic():
            way = WayBack.of(registration)
            # locked: nobody moves it on meanwhile
            if way is None or way.user.current_stamp() is None or not way.take():
                raise NoWayBackError
            user = User.get_by_id(way.user_id)
            if not user.is_active or (user.delete_at and not cancel_deletion(user, ip)):
                raise NoWayBackError
            before = user.phone if user.has_number else ""
            _doubt_email(user)
            replace_number(user, way.phone)
            proved_by_sim(user)
            if not holds(user, str(registration.account_id)):
                link(user, Account.get_by_id(registration.account_id), ip)
            user.notify_staff("profile_changed", what="phone", before=before, by="former_number")
            Audit.record("phone-taken-back", f"user:{user.id}", user.id, ip)
            moment = now()
            return OneTimeCode.create(purpose="recovery", phone=way.phone, expires_at=moment, used_at=moment)
    except IntegrityError:
        raise NoWayBackError from None


def _doubt_email(user: User) -> None:
    """An address that was put in lately may be that of who took the cabinet."""
    since = has_number_since(user) - timedelta(seconds=2 * settings().way_back_kept)
    changed = (Audit.actor == f"user:{user.id}", Audit.action == "email-changed", Audit.at > since)
    if Audit.select().where(*changed).exists():
        user.email_confirmed_at = None
        user.save(only=[User.email_confirmed_at])
