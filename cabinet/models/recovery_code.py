"""Codes that take the authenticator's place, once each, when the telephone is gone; stored as digests."""

import hashlib
import re
import secrets

from peewee import CharField, DateTimeField, ForeignKeyField

from cabinet.models.audit import Audit
from cabinet.models.base import Model, now
from cabinet.models.database import db
from cabinet.models.staff import Staff

SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
LENGTH, NUMBER = 16, 8  # signs of five bits: too many to try


class RecoveryCode(Model):
    """One code of a member of staff, until it is used."""

    staff = ForeignKeyField(Staff, backref="recovery_codes", on_delete="CASCADE")
    digest = CharField(64, unique=True)
    created_at = DateTimeField(default=now)

    @classmethod
    def renew(cls, staff: Staff, ip: str) -> list[str]:
        """New codes in place of all earlier ones, inside the caller's transaction; never shown again."""
        made = ["".join(secrets.choice(SIGNS) for _ in range(LENGTH)) for _ in range(NUMBER)]
        cls.delete().where(cls.staff == staff).execute()
        for code in made:
            cls.create(staff=staff, digest=_digest(staff, code))
        Audit.record("staff-recovery-codes-made", staff.actor, ip=ip)
        return ["-".join(re.findall(".{4}", code)) for code in made]

    @classmethod
    def use(cls, staff: Staff, code: str, ip: str) -> bool:
        """Whether this is a code of the person; it is used up."""
        with db.atomic():
            mine = (cls.staff == staff, cls.digest == _digest(staff, code))
            used = bool(cls.delete().where(*mine).execute())
            if used:
                Staff.update(signed_in_at=now()).where(Staff.id == staff.id).execute()
                Audit.record("staff-recovery-code-used", staff.actor, ip=ip)
            return used

    @classmethod
    def left(cls, staff: Staff) -> int:
        """How many are left."""
        return int(cls.select().where(cls.staff == staff).count())


def as_typed(text: str) -> str | None:
    """A code as it is kept, however it was typed; None for what is none."""
    signs = re.sub(r"[\s-]", "", text).upper()
    return signs if re.fullmatch(f"[{SIGNS}]{{{LENGTH}}}", signs) else None


def _digest(staff: Staff, code: str) -> str:
    return hashlib.sha256(f"{staff.id}|{code}".encode()).hexdigest()
