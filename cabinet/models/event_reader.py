"""Systems that may read the feed of events, each by a token of its own."""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta
from typing import Any

from peewee import CharField, DateTimeField

from cabinet.models.audit import Audit
from cabinet.models.base import Model, new_id, now
from cabinet.models.database import db
from cabinet.models.unit import unit

TOKEN = re.compile(r"([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})")
SEEN_EVERY = timedelta(hours=1)
LONGEST_NAME = 100


class EventReader(Model):
    """A reader. Its token is `id.secret`; the table has the SHA-256 of the secret, which has 256 bits."""

    id = CharField(22, primary_key=True, default=new_id)
    name = CharField(LONGEST_NAME)
    digest = CharField(64)
    created_at = DateTimeField(default=now)
    seen_at: Any = DateTimeField(null=True)
    revoked_at: Any = DateTimeField(null=True)

    @classmethod
    def add(cls, name: str, actor: str) -> tuple["EventReader", str]:
        """A new reader and its token, which is not kept."""
        secret = secrets.token_urlsafe(32)
        with db.atomic():
            reader = cls.create(name=name, digest=_digest(secret))
            Audit.record("event-reader-added", actor, reader.id)
        return reader, f"{reader.id}.{secret}"

    @classmethod
    def by_token(cls, token: str) -> "EventReader | None":
        """Whose token this is; None for one that was revoked or never given."""
        parts = TOKEN.fullmatch(token)
        if parts is None:
            return None
        reader = cls.get_or_none(cls.id == parts[1], cls.revoked_at.is_null())
        expected = reader.digest if reader else _digest("")
        return reader if hmac.compare_digest(expected, _digest(parts[2])) else None

    def revoke(self, actor: str) -> bool:
        """End its token at once; False if that was done before."""
        cls = type(self)
        with db.atomic():
            mine = (cls.id == self.id, cls.revoked_at.is_null())
            done = bool(cls.update(revoked_at=now()).where(*mine).execute())
            if done:
                Audit.record("event-reader-revoked", actor, self.id)
        return done

    def seen(self) -> None:
        """Note that it reads, to the hour."""
        moment = now()
        if self.seen_at is None or moment - self.seen_at > SEEN_EVERY:
            cls = type(self)
            unit(lambda: cls.update(seen_at=moment).where(cls.id == self.id).execute(), keyed=True)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
