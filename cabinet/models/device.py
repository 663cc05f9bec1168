"""Browsers that a resident signed in from before."""

import hashlib
import secrets

from peewee import CharField, DateTimeField, ForeignKeyField

from cabinet.models.base import Model, now
from cabinet.models.database import db
from cabinet.models.user import User


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
        return cls.select().where(cls.key == _digest(token), cls.user == user.id).exists()

    @classmethod
    def remember(cls, token: str | None, user: User, user_agent: str) -> tuple[str, bool]:
        """Record a sign-in; returns the token for the browser to keep, and whether the browser is new."""
        token = token if token and len(token) == 43 else secrets.token_urlsafe(32)
        with db.atomic():
            seen = cls.update(seen_at=now()).where(cls.key == _digest(token), cls.user == user.id).execute()
            if not seen:
                cls.insert(
                    key=_digest(token), user=user, user_agent=user_agent[:300]
                ).on_conflict_ignore().execute()
        return token, not seen

    @classmethod
    def forget(cls, user: User, but: str | None = None) -> None:
        """Forget the user's browsers, all but the one that holds the token `but`."""
        kept = _digest(but) if but else ""
        with db.atomic():
            cls.delete().where(cls.user == user.id, cls.key != kept).execute()


def _digest(token: str) -> str:
    return hashlib.sha256(b"device|" + token.encode("utf-8", "replace")).hexdigest()
