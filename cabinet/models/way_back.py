"""«Это не я»: who holds a former number can take back the cabinet that was moved away, for some days."""

from datetime import datetime, timedelta
from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField, JSONField

from cabinet.models.account_event import has_number_since
from cabinet.models.audit import Audit
from cabinet.models.base import Model, now, settings
from cabinet.models.linking import AccountLink
from cabinet.models.prepared import Prepared, insert
from cabinet.models.registration import Registration
from cabinet.models.user import User


class WayBack(Model):
    """A number that the password alone moved a cabinet away from. `accounts` are those that were seen in it.

    So a receipt that proves whose it is was not read from what was linked later. Of numbers that follow each
    other each has one, since nobody knows whether the resident or a thief was the first to change it: by an
    earlier one the later ones end, by a later one the earlier ones stay. `came_at` is when the number came
    into the cabinet, None in rows from before that was kept.
    """

    id: Any
    user_id: str
    user = ForeignKeyField(User, on_delete="CASCADE")
    phone = CharField(16, index=True)
    accounts: Any = JSONField()
    at = DateTimeField(default=now, index=True)
    came_at: Any = DateTimeField(null=True)

    @classmethod
    def open(cls, user: User, phone: str, to: str, since: datetime | None = None) -> datetime | None:
        """The number is being changed: until when its holder may take it back; None where that is never.

        It is never where the cabinet comes back to a number that has a way back: what followed that one ends.
        Nor where who changes it was there before that number, by a passkey of `since`: it may be a thief's,
        who has read there what stands on its receipts, and so may all that came after the passkey.
        """
        if not settings().way_back_kept:
            return None
        of_user, came_at = cls.user == user.id, has_number_since(user)
        if came_back := cls.get_or_none(of_user, cls.phone == to, cls.at > _since()):
            cls._end_from(came_back)
            return None
        if since and since < came_at:
            cls.delete().where(of_user, cls.came_at > since).execute()
            return None
        removed = Audit.select().where(
            Audit.actor == f"user:{user.id}", Audit.action == "account-unlinked", Audit.at > _since()
        )
        held = AccountLink.select().where(AccountLink.user == user.id)
        accounts = {*(one.account_id for one in held), *(one.subject for one in removed)}
        way = cls(user=user.id, phone=phone, accounts=sorted(accounts), came_at=came_at)
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
    def all_of(cls, user: User) -> "list[WayBack]":
        """All that are not over, in the order in which the numbers were left."""
        return list(cls.select().where(cls.user == user.id, ~cls.over()).order_by(cls.id))

    @classmethod
    def close(cls, user: User) -> None:
        """Nobody may any more, inside the caller's transaction."""
        cls.delete().where(cls.user == user.id).execute()

    @classmethod
    def _end_from(cls, first: "WayBack") -> None:
        """End one and all that followed it."""
        cls.delete().where(cls.user == first.user_id, cls.id >= first.id).execute()

    @classmethod
    def over(cls) -> Any:
        """The condition of those that are no use any more; for who is not let in, time stands still."""
        closed = User.select(User.id).where(User.blocked_at.is_null(False))
        return (cls.at <= _since()) & cls.user.not_in(closed)

    @classmethod
    def restart(cls, user: User, closed_at: datetime) -> None:
        """The cabinet was closed from this moment until now: whoever could take it back can, as long anew."""
        live = cls.at > closed_at - timedelta(seconds=settings().way_back_kept)
        cls.update(at=now()).where(cls.user == user.id, live).execute()

    def take(self) -> bool:
        """Use it, and end what followed, inside the caller's transaction; False where it is over."""
        mine = (WayBack.id == self.id, WayBack.at > _since())
        taken = bool(WayBack.delete().where(*mine).execute())
        if taken:
            WayBack._end_from(self)
        return taken


def _since() -> datetime:
    return now() - timedelta(seconds=settings().way_back_kept)


_of: Prepared[WayBack] = Prepared(
    lambda phone, since: (
        WayBack.select().where(WayBack.phone == phone, WayBack.at > since).order_by(WayBack.at.desc())
    )
)
