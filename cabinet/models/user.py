"""Residents."""

from typing import Any

from peewee import BlobField, CharField, DateField, DateTimeField

from cabinet.models.audit import Audit
from cabinet.models.base import Model, Named, new_id, now
from cabinet.models.database import db, is_sqlite, transaction
from cabinet.models.mailbox import may_write
from cabinet.models.message import Message
from cabinet.models.prepared import Prepared, insert, update
from cabinet.models.session import WebSession

REASONS = ("asked", "stranger", "number", "rules")  # why staff block; "number": it is another person's now
TYPED = {"name", "passkey"}  # what a notice says in the resident's own words


class CredentialsChangedError(Exception):
    """The password or the phone was changed, or all were signed out, since this resident was loaded."""


class User(Named, Model):
    """A resident, known by the phone. `password_hash` is None for residents imported without a password.

    `stamp` changes with the credentials. A session keeps the one that it began under, and is over with it.
    `seen_at` is when the resident signed in last, None if that was before it was kept. `phone` is none once
    it passed on to another (`has_number`).
    """

    id = CharField(22, primary_key=True, default=new_id)
    phone = CharField(16, unique=True)
    last_name = CharField(60, default="")
    first_name = CharField(60, default="")
    middle_name = CharField(60, default="")
    birth_date = DateField(null=True)
    email = CharField(254, default="")
    email_confirmed_at = DateTimeField(null=True)
    password_hash = CharField(80, null=True)
    locale = CharField(8, default="ru")
    created_at = DateTimeField(default=now)
    blocked_at = DateTimeField(null=True)
    stamp = CharField(22, default="")
    seen_at = DateTimeField(null=True)
    delete_at = DateTimeField(null=True, index=True)
    search_name: Any = BlobField(null=True)  # bytes: the same order on both databases
    registration_set: Any  # of Registration
    worded_at = DateTimeField(null=True)  # when the words that find it were written; None: they are to be
    is_anonymous = False  # for Flask-Login, as the two properties below

    class Meta:
        indexes = ((("created_at", "id"), False), (("search_name", "id"), False))

    def save(self, *args: Any, **kwargs: Any) -> int:
        """Write the row; keeps the search key in step with the name."""
        only = kwargs.get("only")
        if only is None or {User.last_name, User.first_name, User.middle_name} & set(only):
            self.search_name = search_key(self.full_name)
            if only is not None:
                kwargs["only"] = [*only, User.search_name]
        return int(super().save(*args, **kwargs))

    @property
    def is_active(self) -> bool:
        """Whether the resident may sign in."""
        return self.blocked_at is None

    @property
    def is_authenticated(self) -> bool:
        """Whether the session of this resident still counts: blocking acts on the next request."""
        return self.is_active

    def get_id(self) -> str:
        """The identifier that the session keeps."""
        return self.id

    @property
    def initials(self) -> str:
        """Two letters for the round avatar: first name, last name."""
        return (self.first_name[:1] + self.last_name[:1]).upper()

    @classmethod
    def by_phone(cls, phone: str) -> "User | None":
        """The resident of this E.164 phone, or None."""
        return _by_phone.first(phone)

    @classmethod
    def find(cls, user_id: str) -> "User | None":
        """The resident of this id, or None."""
        return _by_id.first(user_id)

    @property
    def has_number(self) -> bool:
        """Whether the resident's number is still theirs, so that codes and messages may go to it."""
        return self.phone.startswith("+")

    @property
    def account_name(self) -> str:
        """What password managers file the password under: the phone, else what else names the resident."""
        return self.phone if self.has_number else self.email or self.full_name

    @property
    def needs_email(self) -> bool:
        """Whether there is an e-mail address that is not confirmed yet."""
        return bool(self.email) and self.email_confirmed_at is None

    def set_locale(self, locale: str) -> None:
        """Send e-mails and SMS in the language that the resident chose."""
        if locale != self.locale:
            with transaction():
                self.locale = locale
                update(self, "locale")

    @classmethod
    def add(cls, **values: Any) -> "User":
        """A new resident, inside the caller's transaction, who writes the words next (`resident_words`).

        Raises peewee.IntegrityError for a known phone.
        """
        user = cls(worded_at=now(), **values)
        user.search_name = search_key(user.full_name)
        insert(user)
        return user

    def rehash(self, password_hash: str) -> None:
        """Store the same password under a higher cost, unless it was changed meanwhile."""
        same = (User.id == self.id, User.password_hash == self.password_hash)
        with transaction():
            User.update(password_hash=password_hash).where(*same).execute()

    def hold(self) -> None:
        """Keep the credentials as they are until the caller's transaction ends.

        Raises CredentialsChangedError if they are not those that this resident was loaded with: what is
        under way was begun by somebody who may know the old ones only.
        """
        if self.current_stamp() != self.stamp:
            raise CredentialsChangedError

    def arrive(self) -> None:
        """As `hold`, for whoever signs in: they were seen."""
        self.seen_at = now()
        if not _arrive.changed(self.seen_at, self.id, self.stamp):
            raise CredentialsChangedError

    def current_stamp(self) -> str | None:
        """The stamp as it is, and stays until the caller's transaction ends."""
        stamp: str | None = _stamp.value(self.id)
        return stamp

    def end_sessions(self, but: str = "", **changes: Any) -> int:
        """End all sessions, those that are just being begun as well; returns how many there were.

        The session of the key `but` keeps its row, but is over too until it is given the new stamp. `changes`
        are the columns whose change ends them.
        """
        with db.atomic():
            self.stamp = new_id()
            User.update(stamp=self.stamp, **changes).where(User.id == self.id).execute()
            return WebSession.end_all(self.id, but=but)

    def block(self, blocked: bool, actor: str, ip: str, reason: str = "") -> bool:
        """Block the resident from the next request on, or unblock. `reason`, of REASONS, is told to them.

        False, and nobody is told, if that was done before. Raises CredentialsChangedError for who is gone.
        """
        why = {"reason": reason} if reason else {}
        with db.atomic():
            if self.current_stamp() is None:
                raise CredentialsChangedError
            moment, other = now() if blocked else None, User.blocked_at.is_null(blocked)
            if not User.update(blocked_at=moment).where(User.id == self.id, other).execute():
                return False
            self.blocked_at = moment
            if blocked:
                self.end_sessions()
                if reason == "number":
                    self.notify_by_mail("access_closed", reason=reason)
                elif reason:
                    self.notify("access_closed", sms=True, reason=reason)
            Audit.record("user-blocked" if blocked else "user-unblocked", actor, self.id, ip, **why)
            return True

    @property
    def blocked_for(self) -> str:
        """Why staff blocked the resident, of REASONS; empty where that was not said, or nobody did."""
        mine = Audit.select().where(Audit.subject == self.id, Audit.action == "user-blocked")
        last = mine.order_by(Audit.at.desc(), Audit.id.desc()).first() if self.blocked_at else None
        return str(last.detail.get("reason", "")) if last else ""

    def notify(self, template: str, sms: bool, **data: Any) -> None:
        """Enqueue a notice to the resident: by mail where there is an address, by SMS if `sms` or else."""
        mail = self.notify_by_mail(template, **data)
        if (sms or not mail) and self.has_number:
            named = {"name": self.first_name, **data}
            Message.enqueue("sms", template, to=self.phone, data=named, locale=self.locale)

    def notify_by_mail(self, template: str, **data: Any) -> bool:
        """Enqueue a notice by mail alone, for the number may be another's; False where that cannot be.

        An address that is not confirmed gets nothing of TYPED, for it may be anybody's.
        """
        data, proved = {"name": self.first_name, **data}, self.email_confirmed_at is not None
        mail = bool(self.email) and (proved or may_write(self.email))
        if mail:
            written = data if proved else data | dict.fromkeys(TYPED & set(data), "")
            Message.enqueue("mail", template, to=self.email, data=written, locale=self.locale)
        return mail

    def notify_staff(self, event: str, **data: Any) -> None:
        """Notify the staff of an event, with the resident's details."""
        phone = self.phone if self.has_number else ""
        person = {"user": self.id, "phone": phone, "name": self.full_name, "email": self.email}
        Message.enqueue("staff", event, data={**person, **data, "at": now().isoformat()})


User.add_index(User.index(User.worded_at, where=User.worded_at.is_null(), name="user_unworded"))
_by_phone: Prepared[User] = Prepared(lambda phone: User.select().where(User.phone == phone))
_by_id: Prepared[User] = Prepared(lambda key: User.select().where(User.id == key))


def _stamp_of(key: Any) -> Any:
    mine = User.select(User.stamp).where(User.id == key)
    return mine if is_sqlite() else mine.for_update()


_stamp: Prepared[User] = Prepared(_stamp_of)
_arrive: Prepared[User] = Prepared(
    lambda moment, key, stamp: User.update(seen_at=moment).where(User.id == key, User.stamp == stamp)
)


def by_staff(actor: str) -> dict[str, str]:
    """What a message says besides where a member of staff acted for the resident; nothing for no `actor`."""
    return {"by": "staff"} if actor else {}


def search_key(name: str) -> bytes:
    """A name in the form used for searching: lower case, ё as е, single spaces."""
    return " ".join(name.casefold().replace("ё", "е").split()).encode()
