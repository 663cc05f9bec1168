"""«Это не я»: who holds a former number can take back the cabinet that was moved away, for some days."""

from datetime import datetime, timedelta
from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField, JSONField

from cabinet.models.audit import Audit
from cabinet.models.base import Model, now, settings
from cabinet.models.linking import AccountLink
from cabinet.models.prepared import Prepared, insert
from cabinet.models.registration import Registration
from cabinet.models.user import User


class WayBack(Model):
    """A number that the password alone moved a cabinet away from. `accounts` are those that were seen in it.

    So a receipt that proves whose it is was not read from what was linked later.
    """

    id: Any
    user_id: str
    user = ForeignKeyField(User, on_delete="CASCADE")
    phone = CharField(16, index=True)
    accounts: Any = JSONField()
    at = DateTimeField(default=now, index=True)

    @classmethod
    def open(cls, user: User, phone: str, to: str) -> datetime | None:
        """The number is being changed: until when its holder may take it back; None where that is never.

        Of numbers that follow each other only the first has a way back: the others may be a thief's, who
        has read in the cabinet what stands on its receipts. It ends where the number comes back otherwise.
        """
        if not settings().way_back_kept or cls.is_open(user):
            cls.delete().where(cls.user == user.id, cls.phone == to).execute()
            return None
        removed = Audit.select().where(
            Audit.actor == f"user:{user.id}", Audit.action == "account-unlinked", Audit.at > _since()
        )
        held = AccountLink.select().where(AccountLink.user == user.id)
        accounts = {*(one.account_id for one in held), *(one.subject for one in removed)}
        way = cls(user=user.id, phone=phone, accounts=sorted(accounts))
        insert(way)
        return way.at + timedelta(seconds=settings().way_back_kept)

    @classmethod
    def of(cls, registration: Registration) -> "WayBack | None":
        """The one of who proved the SIM and a receipt, by nobody else's word; None where there is none."""
        r = registration
        if r.account_id is None or r.invitation or r.proved_by or r.replaces:
            return None
        found = (way for way in _of.all(r.phone, _since()) if r.account_id in way.accounts)
        return next((way for way in found if way.user.is_active), None)

    @classmethod
    def is_open(cls, user: User) -> bool:
        """Whether somebody may still take the cabinet back."""
        return cls.select().where(cls.user == user.id, cls.at > _since()).exists()

    @classmethod
    def close(cls, user: User) -> None:
        """Nobody may any more, inside the caller's transaction."""
        cls.delete().where(cls.user == user.id).execute()

    def take(self) -> bool:
        """Use it, inside the caller's transaction; False where it is used, closed or too old."""
        mine = (WayBack.id == self.id, WayBack.at > _since())
        return bool(WayBack.delete().where(*mine).execute())


def _since() -> datetime:
    return now() - timedelta(seconds=settings().way_back_kept)


_of: Prepared[WayBack] = Prepared(
    lambda phone, since: (
        WayBack.select().where(WayBack.phone == phone, WayBack.at > since).order_by(WayBack.at.desc())
    )
)
