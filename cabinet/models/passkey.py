"""Passkeys: keys of a resident's own devices, which sign in after a finger, a face or the device's PIN.

The table holds public keys only. What answers with them is judged in `passkey_answers`.
"""

from typing import Any

from peewee import BigIntegerField, BlobField, BooleanField, CharField, DateTimeField, ForeignKeyField

from cabinet.models.account_event import AccountEvent
from cabinet.models.base import Model, new_id, now
from cabinet.models.database import transaction
from cabinet.models.device import SETTLED
from cabinet.models.prepared import Prepared, insert
from cabinet.models.user import User

MOST = 10  # of one resident: more than people have devices
LONGEST_NAME = 60


class TooManyPasskeysError(Exception):
    """The resident has as many as one may have."""


class Passkey(Model):
    """One passkey. `credential` is its id as browsers write it (base64url).

    `sign_count` is what its device counted last, 0 for those that do not count; `backed_up` says whether its
    maker's cloud has a copy, `may_be_backed_up` whether it ever can.
    """

    id = CharField(22, primary_key=True, default=new_id)
    user_id: str
    user = ForeignKeyField(User, backref="passkeys", on_delete="CASCADE")
    credential = CharField(1400, unique=True)
    public_key: Any = BlobField()
    sign_count = BigIntegerField(default=0)
    may_be_backed_up = BooleanField(default=False)
    backed_up = BooleanField(default=False)
    aaguid = CharField(36, default="")
    name = CharField(LONGEST_NAME)
    created_at = DateTimeField(default=now)
    used_at = DateTimeField(null=True)

    @property
    def is_settled(self) -> bool:
        """Whether it was added more than a day ago: the resident, who was told of it, minded nothing."""
        return bool(self.created_at < now() - SETTLED)

    @classmethod
    def of(cls, user: User) -> "list[Passkey]":
        """A resident's passkeys, oldest first."""
        return list(cls.select().where(cls.user == user.id).order_by(cls.created_at, cls.id))

    @classmethod
    def own(cls, user: User, key: str) -> "Passkey | None":
        """A resident's own passkey by its id, or None."""
        return cls.get_or_none(cls.id == key, cls.user == user.id)

    @classmethod
    def find(cls, credential: str) -> "Passkey | None":
        """The passkey that a browser names, whosever it is, or None."""
        return _by_credential.first(credential)

    @classmethod
    def add(cls, user: User, ip: str, browser: str, **values: Any) -> "Passkey":
        """One more; the resident is told.

        Raises TooManyPasskeysError; peewee.IntegrityError where it is registered already, and, as all changes
        of what signs in, CredentialsChangedError.
        """
        with transaction():
            user.hold()
            if cls.select().where(cls.user == user.id).count() >= MOST:
                raise TooManyPasskeysError
            passkey = cls(user=user.id, **values)
            insert(passkey)
            user.notify("passkey_added", sms=False, passkey=passkey.name, at=passkey.created_at.isoformat())
            AccountEvent.record("passkey-added", user.phone, ip, browser, user.id, passkey=passkey.id)
        return passkey

    def rename(self, name: str) -> None:
        """Give it another name."""
        with transaction():
            Passkey.update(name=name).where(Passkey.id == self.id).execute()

    def remove(self, user: User, ip: str, browser: str) -> None:
        """It signs in no more; the resident is told. Removing it twice changes nothing."""
        with transaction():
            user.hold()
            if Passkey.delete().where(Passkey.id == self.id).execute():
                user.notify("passkey_removed", sms=False, passkey=self.name, at=now().isoformat())
                AccountEvent.record("passkey-removed", user.phone, ip, browser, user.id, passkey=self.id)

    def used(self, sign_count: int, backed_up: bool) -> bool:
        """Keep what its device said; False if it was used meanwhile with the same count, so by a copy."""
        with transaction():
            return bool(_use.changed(sign_count, backed_up, now(), self.id))

    @classmethod
    def forget(cls, user: User, but: str | None = None) -> None:
        """End those of a resident whose password changed, but that by which this very session began."""
        with transaction():
            cls.delete().where(cls.user == user.id, cls.id != (but or "")).execute()


_use: Prepared[Passkey] = Prepared(
    lambda count, backed_up, moment, key: Passkey.update(
        sign_count=count, backed_up=backed_up, used_at=moment
    ).where(
        Passkey.id == key,
        (Passkey.sign_count < count) | ((Passkey.sign_count == 0) & (Passkey.sign_count == count)),
    )
)
_by_credential: Prepared[Passkey] = Prepared(
    lambda credential: Passkey.select().where(Passkey.credential == credential)
)
