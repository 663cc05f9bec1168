"""What admins do with the accounts of the staff: invite, change roles, block; never the last admin."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from cabinet.models import second_factor
from cabinet.models.audit import Audit
from cabinet.models.base import new_id, now
from cabinet.models.database import db, is_sqlite
from cabinet.models.recovery_code import RecoveryCode
from cabinet.models.staff import ROLES, Staff
from cabinet.models.staff_passkey import StaffPasskey

INVITED_FOR = timedelta(days=3)


class RightsLostError(Exception):
    """Whoever began this is no admin any more where it takes one, or was blocked or changed since."""


class LastAdminError(Exception):
    """Nobody would be left who can sign in as an admin."""


@contextmanager
def acting(admin: Staff) -> Iterator[None]:
    """Inside the block, one transaction in which no right of an admin changes but by it.

    Raises RightsLostError where the rights under which this began are gone.
    """
    with db.atomic():
        admins = Staff.select().where(Staff.role == "admin").order_by(Staff.id)
        list(admins if is_sqlite() else admins.for_update())  # in one order, or two would wait for each other
        live = Staff.live(admin.id, admin.stamp)
        if live is None or not live.is_admin:
            raise RightsLostError
        yield


def invite(admin: Staff, email: str, name: str, role: str, ip: str) -> tuple[Staff, str]:
    """A new person, and the secret that lets them choose password and authenticator.

    Raises peewee.IntegrityError if the address is known, ValueError for a role.
    """
    if role not in ROLES:
        raise ValueError(role)
    with acting(admin):
        staff = Staff.create(email=email.strip().lower(), name=name, role=role, password_hash="")
        Audit.record("staff-added", admin.actor, staff.id, ip, role=role)
        return staff, _invitation(staff, admin)


def reset(admin: Staff, staff: Staff, ip: str) -> str:
    """Password, authenticator and passkeys are void, all sessions over; returns an invitation's secret."""
    with acting(admin):
        staff = _held(staff)
        _keep_an_admin(staff)
        staff.void_what_was_handed_out()
        RecoveryCode.delete().where(RecoveryCode.staff == staff).execute()
        StaffPasskey.delete().where(StaffPasskey.staff == staff).execute()
        Audit.record("staff-reset", admin.actor, staff.id, ip)
        return _invitation(staff, admin)


def change(admin: Staff, staff: Staff, name: str, role: str, ip: str) -> None:
    """Another name, another role; with the role the person's sessions and invitations end."""
    if role not in ROLES:
        raise ValueError(role)
    with acting(admin):
        staff = _held(staff)
        if role != staff.role:
            if role != "admin":
                _keep_an_admin(staff)
                staff.void_what_was_handed_out()
            Audit.record("staff-role-changed", admin.actor, staff.id, ip, role=role)
        if name != staff.name:
            Audit.record("staff-renamed", admin.actor, staff.id, ip)
        staff.name, staff.role = name, role
        staff.save(only=[Staff.name, Staff.role])


def block(admin: Staff, staff: Staff, blocked: bool, ip: str) -> None:
    """Block the person at once, or unblock."""
    with acting(admin):
        staff = _held(staff)
        if blocked:
            _keep_an_admin(staff)
        staff.set_blocked(blocked)
        Audit.record("staff-blocked" if blocked else "staff-unblocked", admin.actor, staff.id, ip)


def invited(secret: str) -> Staff | None:
    """Whom this secret invites; None when it is used, too old, or void."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    found: Staff | None = Staff.get_or_none(
        Staff.invitation == digest, Staff.invited_until > now(), Staff.blocked_at.is_null()
    )
    return found


def join(staff: Staff, secret: str, code: str, password_hash: str, ip: str) -> bool:
    """Take the invitation: the password is set, and the authenticator proved by its code. False without."""
    with db.atomic():
        held = _held(staff)
        known = invited(secret)
        if known is None or known.id != held.id or not held.use_code(code):
            return False
        held.password_hash, held.invitation, held.invited_until = password_hash, None, None
        held.invited_by = None
        held.save(only=[Staff.password_hash, Staff.invitation, Staff.invited_until, Staff.invited_by])
        Audit.record("staff-joined", held.actor, held.id, ip)
        staff.__data__.update(held.__data__)
        return True


def way_in(staff_id: str) -> tuple[str, datetime]:
    """Who, as the journal names actors, let somebody in last, by an account or a reset; and since when."""
    acts = ("staff-added", "staff-reset", "staff-joined")
    found = Audit.select().where(Audit.subject == staff_id, Audit.action.in_(acts))
    rows = list(found.order_by(Audit.at.desc(), Audit.id.desc()))
    by = next((row.actor for row in rows if row.action != "staff-joined"), "")
    return by, rows[0].at if rows else datetime.min


def _held(staff: Staff) -> Staff:
    rows = Staff.select().where(Staff.id == staff.id)
    found: Staff = (rows if is_sqlite() else rows.for_update()).get()
    return found


def _invitation(staff: Staff, admin: Staff) -> str:
    secret = secrets.token_urlsafe(24)
    changes: dict[str, Any] = {
        "password_hash": "",
        "totp_salt": new_id(),
        "totp_kept": second_factor.marked(),
        "totp_step": 0,
        "invitation": hashlib.sha256(secret.encode()).hexdigest(),
        "invited_until": now() + INVITED_FOR,
        "invited_by": admin.id,
    }
    Staff.update(**changes).where(Staff.id == staff.id).execute()
    return secret


def _keep_an_admin(staff: Staff) -> None:
    """Raise LastAdminError if nobody else can sign in as an admin."""
    others = (
        Staff.role == "admin",
        Staff.id != staff.id,
        Staff.blocked_at.is_null(),
        Staff.password_hash != "",
    )
    if staff.role == "admin" and not Staff.select().where(*others).exists():
        raise LastAdminError
