"""Passkeys of the staff: in place of the authenticator's code, beside the password. Public keys only."""

from typing import Any

from peewee import BigIntegerField, BlobField, BooleanField, CharField, DateTimeField, ForeignKeyField

from cabinet.models.audit import Audit
from cabinet.models.base import Model, new_id, now
from cabinet.models.database import db
from cabinet.models.passkey import LONGEST_NAME, MOST, TooManyPasskeysError
from cabinet.models.staff import Staff


class StaffPasskey(Model):
    """One passkey of a member of staff; its columns are those of a resident's `Passkey`."""

    id = CharField(22, primary_key=True, default=new_id)
    staff_id: str
    staff = ForeignKeyField(Staff, backref="passkeys", on_delete="CASCADE")
    credential = CharField(1400, unique=True)
    public_key: Any = BlobField()
    sign_count = BigIntegerField(default=0)
    may_be_backed_up = BooleanField(default=False)
    backed_up = BooleanField(default=False)
    aaguid = CharField(36, default="")
    name = CharField(LONGEST_NAME)
    created_at = DateTimeField(default=now)
    used_at: Any = DateTimeField(null=True)

    @classmethod
    def of(cls, staff: Staff) -> "list[StaffPasskey]":
        """A person's passkeys, oldest first."""
        return list(cls.select().where(cls.staff == staff.id).order_by(cls.created_at, cls.id))

    @classmethod
    def add(cls, staff: Staff, ip: str, **values: Any) -> bool:
        """One more; False if the person is not who signed in any more.

        Raises TooManyPasskeysError; peewee.IntegrityError where it is registered already.
        """
        with db.atomic():
            if staff.held() is None:
                return False
            if cls.select().where(cls.staff == staff.id).count() >= MOST:
                raise TooManyPasskeysError
            made = cls.create(staff=staff.id, **values)
            Audit.record("staff-passkey-added", staff.actor, ip=ip, passkey=made.id)
            return True

    @classmethod
    def remove(cls, staff: Staff, key: str, ip: str) -> bool:
        """It signs in no more; False where the person has none of this id."""
        with db.atomic():
            gone = bool(cls.delete().where(cls.id == key, cls.staff == staff.id).execute())
            if gone:
                Audit.record("staff-passkey-removed", staff.actor, ip=ip, passkey=key)
            return gone

    def refuse(self, ip: str) -> None:
        """Put on record that something answered for it and was not it, or was a copy."""
        with db.atomic():
            Audit.record("staff-passkey-refused", f"staff:{self.staff_id}", ip=ip, passkey=self.id)

    def use(self, sign_count: int, backed_up: bool, ip: str) -> bool:
        """Keep what its device said; False if it was used meanwhile with the same count, so by a copy."""
        cls = type(self)
        counts = (cls.sign_count < sign_count) | ((cls.sign_count == 0) & (sign_count == 0))
        fresh: dict[str, Any] = {"sign_count": sign_count, "backed_up": backed_up, "used_at": now()}
        with db.atomic():
            used = bool(cls.update(**fresh).where(cls.id == self.id, counts).execute())
            if used:
                Staff.update(signed_in_at=now()).where(Staff.id == self.staff_id).execute()
                Audit.record("staff-passkey-used", f"staff:{self.staff_id}", ip=ip, passkey=self.id)
            return used
