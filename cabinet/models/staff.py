"""Staff who work on requests: e-mail, password and second factor; separate from residents."""

import hashlib
import hmac
import time
from base64 import b32encode
from typing import Any

import pyotp
from peewee import BigIntegerField, CharField, DateTimeField

from cabinet.models import second_factor
from cabinet.models.audit import Audit
from cabinet.models.base import Model, new_id, now, unix_time
from cabinet.models.database import db, is_sqlite
from cabinet.models.unit import whole

ROLES = ("clerk", "admin")
SHORTEST_PASSWORD = 12  # characters
TOTP_SECONDS = 30
TOTP_DRIFT = 1  # codes before and after the present one that are accepted, for clocks that differ


class Staff(Model):
    """A member of staff. The secret of the second factor is derived, not stored: see `second_factor`.

    Until an invitation is taken there is no password; `invitation` is the digest of its secret.
    """

    id = CharField(22, primary_key=True, default=new_id)
    email = CharField(254, unique=True)
    name = CharField(100, default="")
    role = CharField(16, default="clerk")
    password_hash = CharField(80)
    totp_salt = CharField(22, default=new_id)
    totp_kept = CharField(64, default="")
    totp_step = BigIntegerField(default=0)
    created_at = DateTimeField(default=now)
    signed_in_at = DateTimeField(null=True)
    blocked_at = DateTimeField(null=True)
    invitation: Any = CharField(64, null=True)
    invited_until: Any = DateTimeField(null=True)
    invited_by: Any = CharField(22, null=True)
    ended: Any = CharField(22, null=True)  # another one with each block: what began before is over
    recovery_codes: Any
    passkeys: Any

    @property
    def actor(self) -> str:
        """How audit rows name this person."""
        return f"staff:{self.id}"

    @property
    def shown(self) -> str:
        """What others call this person: the name, or the address where none is known."""
        return self.name or self.email

    @property
    def is_admin(self) -> bool:
        """Whether the person may see the audit log."""
        return self.role == "admin"

    @property
    def stamp(self) -> str:
        """Changes with password, second factor, role and each block; a session of another stamp is over."""
        text = f"{self.id}|{self.password_hash}|{self.totp_salt}|{self.role}"
        text += f"|{self.ended}" if self.ended else ""
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @classmethod
    def by_email(cls, email: str) -> "Staff | None":
        """The person with this e-mail address, in any case, or None."""
        return cls.get_or_none(cls.email == email.strip().lower())

    @classmethod
    def live(cls, staff_id: str, stamp: str) -> "Staff | None":
        """The person of a session, unless blocked or changed since."""
        found = cls.get_or_none(cls.id == staff_id, cls.blocked_at.is_null())
        return found if found and hmac.compare_digest(found.stamp, stamp) else None

    @classmethod
    def at_work(cls) -> "list[Staff]":
        """Everybody who is not blocked, by address."""
        return list(cls.select().where(cls.blocked_at.is_null()).order_by(cls.email))

    @classmethod
    @whole
    def add(cls, email: str, role: str, password_hash: str, name: str = "") -> "Staff":
        """A new person. Raises peewee.IntegrityError if the address is known, ValueError for a role."""
        if role not in ROLES:
            raise ValueError(role)
        staff = cls.create(
            email=email.strip().lower(),
            name=name,
            role=role,
            password_hash=password_hash,
            totp_kept=second_factor.marked(),
        )
        Audit.record("staff-added", "system", staff.id, role=role)
        return staff

    def rehash(self, password_hash: str) -> None:
        """Store the same password under a higher cost, unless it was reset meanwhile."""
        same = (Staff.id == self.id, Staff.password_hash == self.password_hash)
        with db.atomic():
            if Staff.update(password_hash=password_hash).where(*same).execute():
                self.password_hash = password_hash

    def held(self) -> "Staff | None":
        """The row, for this transaction alone; None if the person was blocked or changed since."""
        rows = Staff.select().where(Staff.id == self.id, Staff.blocked_at.is_null())
        found: Staff | None = (rows if is_sqlite() else rows.for_update()).first()
        return found if found and hmac.compare_digest(found.stamp, self.stamp) else None

    def change_password(self, password_hash: str, ip: str) -> bool:
        """Another password; all sessions end, and so do invitations that were handed out under the old one.

        So do passkeys and recovery codes: whoever knew the old password may have made some.
        False if the person was blocked or changed meanwhile.
        """
        with db.atomic():
            if self.held() is None:
                return False
            self.void_what_was_handed_out()
            self.password_hash = password_hash
            self.save(only=[Staff.password_hash])
            self._end_other_proofs()
            Audit.record("staff-password-changed", self.actor, ip=ip)
            return True

    @whole
    def reset(self, password_hash: str) -> None:
        """A new password and a new second factor; all sessions end."""
        self.password_hash, self.totp_salt = password_hash, new_id()
        self.totp_kept = second_factor.marked()
        self.invitation = None
        self.save(only=[Staff.password_hash, Staff.totp_salt, Staff.totp_kept, Staff.invitation])
        self.void_what_was_handed_out()
        self._end_other_proofs()
        Audit.record("staff-reset", "system", self.id)

    def _end_other_proofs(self) -> None:
        for proof in (*self.recovery_codes, *self.passkeys):
            proof.delete_instance()

    @whole
    def block(self, blocked: bool) -> None:
        """Block the person at once, or unblock."""
        self.set_blocked(blocked)
        Audit.record("staff-blocked" if blocked else "staff-unblocked", "system", self.id)

    def set_blocked(self, blocked: bool) -> None:
        """Inside the caller's transaction: what the person began or handed out is over for good."""
        self.blocked_at = now() if blocked else None
        if blocked:
            self.ended = new_id()
            self.void_what_was_handed_out()
        self.save(only=[Staff.blocked_at, Staff.ended])

    @property
    def awaits_somebody(self) -> bool:
        """Whether an invitation that this person handed out is still to be taken."""
        return Staff.select().where(Staff.invited_by == self.id, Staff.invitation.is_null(False)).exists()

    def void_what_was_handed_out(self) -> None:
        """What was begun under a right ends with it: nobody comes in by this person's invitations."""
        gone: dict[Any, Any] = {"invitation": None, "invited_until": None}
        Staff.update(**gone).where(Staff.invited_by == self.id).execute()

    def provisioning_uri(self, issuer: str) -> str:
        """The otpauth address that an authenticator reads as a QR code. It is a secret."""
        return self._totps()[0].provisioning_uri(name=self.email, issuer_name=issuer)

    def codes_at(self, seconds: float) -> list[str]:
        """The six digits at a moment of Unix time: by each of the keys that their secret may be of."""
        return [str(totp.at(int(seconds))) for totp in self._totps()]

    def use_code(self, code: str) -> bool:
        """Whether the six digits are right now. Uses up this code and all earlier ones.

        Where the host's clock was set, nobody knows whether that or ours is the telephone's.
        """
        now_steps = {int(moment // TOTP_SECONDS) for moment in (time.time(), unix_time())}
        for drift in range(-TOTP_DRIFT, TOTP_DRIFT + 1):
            for step in {now_step + drift for now_step in now_steps}:
                if any(hmac.compare_digest(right, code) for right in self.codes_at(step * TOTP_SECONDS)):
                    return self._claim(step)
        return False

    @whole
    def _claim(self, step: int) -> bool:
        """Use up a time step; of two attempts at the same one, only one succeeds."""
        changes: dict[Any, Any] = {"totp_step": step, "signed_in_at": now()}
        mine = (Staff.id == self.id, Staff.totp_step < step)
        return bool(Staff.update(**changes).where(*mine).execute())

    @classmethod
    def move_factors(cls) -> tuple[int, list[str]]:
        """Have every second factor depend on the present SECRET_KEY alone.

        Returns how many were moved, and the addresses of those whose key is known no more: reset them.
        """
        moved, lost = 0, []
        for staff in cls.select().order_by(cls.email):
            kept = second_factor.moved(staff.id, staff.totp_salt, staff.totp_kept)
            if kept:
                unchanged = (cls.id == staff.id, cls.totp_salt == staff.totp_salt)
                with db.atomic():
                    moved += cls.update(totp_kept=kept).where(*unchanged).execute()
            elif kept is not None:
                lost.append(staff.email)
        return moved, lost

    def _totps(self) -> list[pyotp.TOTP]:
        secrets = second_factor.secrets_of(self.id, self.totp_salt, self.totp_kept)
        return [pyotp.TOTP(b32encode(secret).decode(), interval=TOTP_SECONDS) for secret in secrets]
