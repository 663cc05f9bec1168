"""Browsers that a resident signed in from before."""

import hashlib
import secrets
from datetime import timedelta

from peewee import SQL, CharField, DateTimeField, ForeignKeyField

from cabinet.models.base import Model, now
from cabinet.models.database import transaction
from cabinet.models.prepared import Prepared
from cabinet.models.user import User

SETTLED = timedelta(days=1)  # within which a stranger's sign-in, which is told of, is noticed


class Device(Model):
    """A browser known to a resident, by the digest of a token it keeps. It grants nothing by itself: it only
    says that lock-outs caused by strangers are not for this browser.
    """

    key = CharField(64)
    user_id: str
    user = ForeignKeyField(User, backref="devices", on_delete="CASCADE")
    user_agent = CharField(300, default="")
    created_at = DateTimeField(default=now)
    seen_at = DateTimeField(default=now)

    class Meta:
        indexes = ((("key", "user"), True),)

    @classmethod
    def knows(cls, token: str | None, user: User | None) -> bool:
        """Whether the browser that holds `token` signed in as `user` before."""
        if not token or user is None:
            return False
        return _known.value(mark_of(token), user.id) is not None

    @classmethod
    def is_settled(cls, token: str | None, user: User) -> bool:
        """Whether the browser that holds `token` is known to the user for more than a day."""
        mine = (cls.key == mark_of(token or ""), cls.user == user.id, cls.created_at < now() - SETTLED)
        return cls.select().where(*mine).exists()

    @classmethod
    def remember(cls, token: str | None, user: User, user_agent: str) -> tuple[str, bool]:
        """Record a sign-in; returns the token for the browser to keep, and whether the browser is new."""
        known = token if token and len(token) == 43 else None
        token = known or secrets.token_urlsafe(32)
        with transaction():
            seen = known and _see.changed(mark_of(token), user.id, now())
            if not seen:
                _add.changed(mark_of(token), user.id, user_agent[:300], now())
        return token, not seen

    @classmethod
    def others(cls, token: str, user: User) -> bool:
        """Whether the user signed in from another browser, too."""
        return _others.value(mark_of(token), user.id) is not None

    @classmethod
    def forget(cls, user: User, but: str | None = None) -> None:
        """Forget the user's browsers, all but the one that holds the token `but`."""
        kept = mark_of(but) if but else ""
        with transaction():
            cls.delete().where(cls.user == user.id, cls.key != kept).execute()


_known: Prepared[Device] = Prepared(
    lambda key, user: Device.select(SQL("1")).where(Device.key == key, Device.user == user)
)
_others: Prepared[Device] = Prepared(
    lambda key, user: Device.select(SQL("1")).where(Device.user == user, Device.key != key).limit(1)
)
_see: Prepared[Device] = Prepared(
    lambda key, user, moment: Device.update(seen_at=moment).where(Device.key == key, Device.user == user)
)
_add: Prepared[Device] = Prepared(
    lambda key, user, user_agent, moment: Device.insert(
        key=key, user=user, user_agent=user_agent, created_at=moment, seen_at=moment
    ).on_conflict_ignore()
)


def mark_of(token: str) -> str:
    """What is kept of a browser's token."""
    return hashlib.sha256(b"device|" + token.encode("utf-8", "replace")).hexdigest()
