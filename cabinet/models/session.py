"""Server-side web sessions: one row each, keyed by the digest of a token that only the browser holds."""

import hmac
from datetime import datetime, timedelta
from typing import Any

from peewee import CharField, DateTimeField, JSONField

from cabinet.models.base import Model, now, settings, unix_time
from cabinet.models.database import db
from cabinet.models.prepared import Prepared
from cabinet.models.signing import accepted
from cabinet.models.unit import unit, whole

SEEN_EVERY = 60  # seconds between writes of `seen_at`, so that reading pages writes little
GRACE = 60  # seconds for which a replaced token keeps the rights it had, for double clicks and lost replies
HAND_OVER = 60  # seconds in which another tab may take a session over


class WebSession(Model):
    """A browser's session. `data` is what Flask's `session` holds; `user_id` is set once signed in.

    `kept_until` is when one ends that stays on its resident's own device, however long nobody uses it.
    """

    key = CharField(64, primary_key=True)
    user_id = CharField(22, null=True, index=True)
    data: Any = JSONField(default=dict)
    ip = CharField(45, default="")
    user_agent = CharField(300, default="")
    created_at = DateTimeField(default=now)
    seen_at = DateTimeField(default=now)
    expires_at = DateTimeField(index=True)
    kept_until = DateTimeField(null=True)

    @classmethod
    def find(cls, key: str) -> "WebSession | None":
        """The live session of this key, or None: unknown, ended, idle too long, or too old."""
        row = _by_key.first(key)
        return row if row and row.live else None

    @property
    def live(self) -> bool:
        """Whether the session has not been idle for too long and is not too old."""
        moment = now()
        used = self.seen_at > moment - timedelta(seconds=settings().session_idle)
        return self.expires_at > moment and (used or self.kept_until is not None)

    @classmethod
    @whole
    def store(
        cls,
        key: str,
        data: dict[str, Any],
        user_id: str | None,
        ip: str,
        user_agent: str,
        kept_until: datetime | None = None,
    ) -> "WebSession":
        """Write the session of this key, new or changed. A row that was ended meanwhile stays ended."""
        moment = now()
        end = kept_until or moment + timedelta(seconds=settings().session_absolute)
        _store.changed(key, data, user_id, ip, user_agent[:300], moment, end, kept_until)
        row = {"data": data, "user_id": user_id, "ip": ip, "kept_until": kept_until}
        return cls(key=key, seen_at=moment, expires_at=end, **row)

    @classmethod
    @whole
    def change(cls, key: str, data: dict[str, Any], user_id: str | None, ip: str) -> None:
        """Write a session that was loaded before; nothing happens if it was ended meanwhile."""
        _change.changed(key, data, user_id, ip, now())

    def touch(self, ip: str) -> None:
        """Record that the session is in use, and where; at most once in SEEN_EVERY seconds per place."""
        moment = now()
        if self.ip != ip or self.seen_at < moment - timedelta(seconds=SEEN_EVERY):
            unit(lambda: _touch.changed(self.key, ip, moment))

    @classmethod
    @whole
    def retire(cls, key: str) -> bool:
        """A token was replaced: the old one keeps for GRACE seconds the rights it had, and gains none.

        Replaced again, by a second click, it does not live longer. False if its session was ended before.
        """
        later = _retire.changed(key, now() + timedelta(seconds=GRACE))
        return bool(later or _by_key.first(key))

    @classmethod
    @whole
    def give_way(cls, key: str) -> bool:
        """As `retire`; False too where another request has replaced the token: of several one does."""
        return bool(_retire.changed(key, now() + timedelta(seconds=GRACE)))

    @classmethod
    @whole
    def strip(cls, key: str, data: dict[str, Any]) -> None:
        """A token was replaced with the credentials: for GRACE seconds the old one keeps `data` alone."""
        end = now() + timedelta(seconds=GRACE)
        cls.update(data=data, user_id=None, expires_at=end).where(cls.key == key).execute()

    @classmethod
    def hand_over(cls, key: str) -> str:
        """A code by which another tab takes this session over, once and within HAND_OVER seconds."""
        return _signed(key, int(unix_time()) + HAND_OVER)[0]

    @classmethod
    def take_over(cls, code: str) -> dict[str, Any] | None:
        """The data of the session that a code hands over; where it was, the session ends.

        None for a code that is made up, used or too old, and when the session has ended or got another token.
        """
        key, _, rest = code.partition(".")
        until = rest.partition(".")[0]
        if not (code.isascii() and until.isdigit() and len(until) < 12):
            return None
        genuine = any(hmac.compare_digest(one, code) for one in _signed(key, int(until)))
        if not genuine or int(until) < int(unix_time()):
            return None
        with db.atomic():
            row = cls.find(key)
            current = cls.expires_at > now() + timedelta(seconds=GRACE)
            ended = row is not None and cls.delete().where(cls.key == key, current).execute()
            return row.data if row and ended else None

    @property
    def handle(self) -> str:
        """What names the session on the page of devices: a part of the key, which opens nothing."""
        return self.key[:24]

    @classmethod
    def live_of(cls, user_id: str) -> "list[WebSession]":
        """A user's live sessions, latest first; without the tokens that were just replaced."""
        moment = now()
        return list(
            cls.select()
            .where(
                cls.user_id == user_id,
                cls.expires_at > moment + timedelta(seconds=GRACE),
                (cls.seen_at > moment - timedelta(seconds=settings().session_idle))
                | cls.kept_until.is_null(False),
            )
            .order_by(cls.seen_at.desc())
        )

    @classmethod
    def of_user(cls, user_id: str, handle: str) -> "WebSession | None":
        """A user's own session by its handle, or None."""
        rows = cls.select().where(cls.user_id == user_id)
        return next((row for row in rows if row.handle == handle), None)

    @classmethod
    @whole
    def end(cls, key: str) -> None:
        """End one session at once, and with it the tokens of its user that were just replaced."""
        user_id = cls.select(cls.user_id).where(cls.key == key).scalar()
        cls.delete().where(cls.key == key).execute()
        if user_id:
            replaced = cls.expires_at <= now() + timedelta(seconds=GRACE)
            cls.delete().where(cls.user_id == user_id, replaced).execute()

    @classmethod
    def end_kept(cls, user_id: str, browser: str, but: str) -> None:
        """Somebody signs in anew: what stayed in this `browser` ends, whoever holds a copy of its cookie.

        Inside the caller's transaction; the session of the key `but` is their own.
        """
        kept = [row.key for row in _kept.all(user_id) if row.data.get("browser") == browser]
        if others := [key for key in kept if key != but]:
            cls.delete().where(cls.key.in_(others)).execute()

    @classmethod
    @whole
    def end_all(cls, user_id: str, but: str = "") -> int:
        """End every session of a user, except that of the key `but`; returns how many."""
        return int(cls.delete().where(cls.user_id == user_id, cls.key != but).execute())


_by_key: Prepared[WebSession] = Prepared(lambda key: WebSession.select().where(WebSession.key == key))
_kept: Prepared[WebSession] = Prepared(
    lambda user_id: WebSession.select().where(
        WebSession.user_id == user_id, WebSession.kept_until.is_null(False)
    )
)
_store: Prepared[WebSession] = Prepared(
    lambda key, data, user_id, ip, user_agent, moment, end, kept_until: WebSession.insert(
        key=key,
        data=data,
        user_id=user_id,
        ip=ip,
        user_agent=user_agent,
        created_at=moment,
        seen_at=moment,
        expires_at=end,
        kept_until=kept_until,
    ).on_conflict(
        conflict_target=[WebSession.key],
        update={"data": data, "user_id": user_id, "ip": ip, "user_agent": user_agent, "seen_at": moment},
    ),
    documents=("data",),
)
_change: Prepared[WebSession] = Prepared(
    lambda key, data, user_id, ip, moment: WebSession.update(
        data=data, user_id=user_id, ip=ip, seen_at=moment
    ).where(WebSession.key == key),
    documents=("data",),
)
_touch: Prepared[WebSession] = Prepared(
    lambda key, ip, moment: WebSession.update(seen_at=moment, ip=ip).where(WebSession.key == key)
)
_retire: Prepared[WebSession] = Prepared(
    lambda key, end: WebSession.update(expires_at=end).where(
        WebSession.key == key, WebSession.expires_at > end
    )
)


def _signed(key: str, until: int) -> list[str]:
    """The code, and that of before SECRET_KEY was replaced."""
    text = f"{key}.{until}"
    return [f"{text}.{signature.hex()}" for signature in accepted("hand-over", text)]
