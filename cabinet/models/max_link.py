"""Residents who linked the company's bot in MAX: codes and notices may go there.

A link is begun in the cabinet and made by the bot: `MaxStart` is what connects both, once and shortly.
"""

from datetime import UTC, datetime, timedelta

from peewee import BigIntegerField, CharField, DateTimeField, ForeignKeyField

from cabinet.models import max_payload
from cabinet.models.account_event import AccountEvent
from cabinet.models.base import Model, new_id, now, settings
from cabinet.models.database import transaction
from cabinet.models.limits import take
from cabinet.models.locks import lock_names
from cabinet.models.message import Message
from cabinet.models.prepared import Prepared, insert
from cabinet.models.unit import whole
from cabinet.models.user import User

LIFE = timedelta(minutes=15)  # of what is begun in the cabinet
PURPOSE = "max-start"


class MaxLink(Model):
    """A resident's MAX user: one of each. `started` is when MAX says that the bot was started."""

    user_id: str
    user = ForeignKeyField(User, unique=True, on_delete="CASCADE")
    max_user = BigIntegerField(unique=True)
    started = DateTimeField()
    created_at = DateTimeField(default=now)

    @classmethod
    def of(cls, user: User) -> "MaxLink | None":
        """The resident's link, or None."""
        return _of.first(user.id)

    @classmethod
    def of_phone(cls, phone: str) -> "MaxLink | None":
        """The link of the resident who has this number now, or None."""
        return cls.select().join(User).where(User.phone == phone).first() if phone else None

    @classmethod
    def forget(cls, user: User) -> None:
        """End the link of a resident whose password, number or both changed; nobody is told besides.

        What was begun is void by the stamp that changes with them.
        """
        with transaction():
            cls.delete().where(cls.user == user.id).execute()

    def end(self, ip: str = "", browser: str = "") -> None:
        """Nothing goes there any more; the resident is told. Ending it twice changes nothing."""
        with transaction():
            user = User.find(self.user_id)
            if (
                MaxLink.delete()
                .where(MaxLink.user == self.user_id, MaxLink.max_user == self.max_user)
                .execute()
                and user
            ):
                user.notify("max_unlinked", sms=False, at=now().isoformat())
                AccountEvent.record("max-unlinked", user.phone, ip, browser, user.id)


class MaxStart(Model):
    """A link that was begun under the resident's `stamp`. What MAX passes on is the id and a signature."""

    id = CharField(22, primary_key=True, default=new_id)
    user_id: str
    user = ForeignKeyField(User, on_delete="CASCADE")
    stamp = CharField(22)
    created_at = DateTimeField(default=now)
    expires_at = DateTimeField(index=True)
    used_at = DateTimeField(null=True)

    @property
    def payload(self) -> str:
        """What the bot is told when it is started."""
        return max_payload.payload(PURPOSE, self.id, self.stamp)

    @property
    def url(self) -> str:
        """Where the bot is started and told the payload."""
        return max_payload.start_url(self.payload)

    @property
    def live(self) -> bool:
        """Whether the bot can still be started by it."""
        return self.used_at is None and self.expires_at > now()

    @classmethod
    def begin(cls, user: User) -> "MaxStart":
        """What a link is made by; earlier ones become void.

        Raises TooManyError, and, as all changes of what signs in, CredentialsChangedError.
        """
        with transaction():
            take("max-link", user.id)
            user.hold()
            cls.delete().where(cls.user == user.id).execute()
            start = cls(user=user.id, stamp=user.stamp, expires_at=now() + LIFE)
            insert(start)
        return start

    @classmethod
    def find(cls, key: str | None) -> "MaxStart | None":
        """The one of this id, or None."""
        return cls.get_or_none(cls.id == key) if key else None

    @classmethod
    def meant(cls, payload: str) -> "MaxStart | None":
        """The one that a payload means, if it is genuine and live."""
        start = cls.find(max_payload.key_in(payload))
        genuine = start and max_payload.is_genuine(payload, PURPOSE, start.id, start.stamp)
        return start if start and genuine and start.live else None


def is_on() -> bool:
    """Whether the company has a bot."""
    return bool(settings().gateway_settings.get("max_bot_token"))


@whole
def started(payload: str, max_user: int, at: int) -> bool:
    """The bot was started: link its user to the resident who began that, in place of what was linked before.

    False, and nothing is changed, for a payload that is made up, used or old, or begun under credentials
    that are no more. `at` is MAX's time, in milliseconds.
    """
    lock_names("max-link")
    start = MaxStart.meant(payload)
    user = User.find(start.user_id) if start else None
    if start is None or user is None or user.current_stamp() != start.stamp or not user.is_active:
        return False
    mine = (MaxStart.id == start.id, MaxStart.used_at.is_null())
    if not user.has_number or not MaxStart.update(used_at=now()).where(*mine).execute():
        return False
    before = MaxLink.get_or_none(MaxLink.max_user == max_user)
    if before and before.user_id != user.id:
        before.end()
    MaxLink.delete().where((MaxLink.user == user.id) | (MaxLink.max_user == max_user)).execute()
    insert(MaxLink(user=user.id, max_user=max_user, started=moment(at)))
    user.notify("max_linked", sms=False, at=now().isoformat())
    AccountEvent.record("max-linked", user.phone, "", "", user.id)
    Message.enqueue(
        "max", "max_hello", to=user.phone, data={"name": user.first_name}, locale=user.locale, expires=3600
    )
    return True


@whole
def stopped(max_user: int, at: int) -> bool:
    """The user stopped the bot: the link ends, unless it was made later. Whether there was one."""
    lock_names("max-link")
    link = MaxLink.get_or_none(MaxLink.max_user == max_user)
    if link is None or link.started > moment(at):
        return False
    link.end()
    return True


def moment(at: int) -> datetime:
    """A time of MAX, in milliseconds, as those in the database; now for what is none."""
    try:
        return datetime.fromtimestamp(at / 1000, UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return now()


_of: Prepared[MaxLink] = Prepared(lambda user: MaxLink.select().where(MaxLink.user == user))
