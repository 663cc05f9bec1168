"""Residents."""

from typing import Any

from peewee import BlobField, CharField, DateField, DateTimeField

from cabinet.models.audit import Audit
from cabinet.models.base import Model, new_id, now
from cabinet.models.database import db
from cabinet.models.message import Message
from cabinet.models.session import WebSession


class User(Model):
    """A resident, known by the phone. `password_hash` is None for residents imported without a password."""

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
    delete_at = DateTimeField(null=True, index=True)
    search_name: Any = BlobField(null=True)  # bytes: the same order on both databases
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
        return cls.get_or_none(cls.phone == phone)

    @property
    def full_name(self) -> str:
        """Last, first and middle name."""
        return " ".join(n for n in (self.last_name, self.first_name, self.middle_name) if n)

    @property
    def needs_email(self) -> bool:
        """Whether there is an e-mail address that is not confirmed yet."""
        return bool(self.email) and self.email_confirmed_at is None

    def set_locale(self, locale: str) -> None:
        """Send e-mails and SMS in the language that the resident chose."""
        if locale != self.locale:
            with db.atomic():
                self.locale = locale
                self.save(only=[User.locale])

    def rehash(self, password_hash: str) -> None:
        """Store the same password under a higher cost."""
        with db.atomic():
            User.update(password_hash=password_hash).where(User.id == self.id).execute()

    def block(self, blocked: bool, actor: str, ip: str) -> None:
        """Block the resident from the next request on, or unblock."""
        with db.atomic():
            self.blocked_at = now() if blocked else None
            self.save(only=[User.blocked_at])
            if blocked:
                WebSession.end_all(self.id)
            Audit.record("user-blocked" if blocked else "user-unblocked", actor, self.id, ip)

    def notify(self, template: str, sms: bool, **data: Any) -> None:
        """Enqueue a notice to the resident: by mail where there is an address, by SMS if `sms` or else."""
        data = {"name": self.first_name, **data}
        if self.email:
            Message.enqueue("mail", template, to=self.email, data=data, locale=self.locale)
        if sms or not self.email:
            Message.enqueue("sms", template, to=self.phone, data=data, locale=self.locale)

    def notify_staff(self, event: str, **data: Any) -> None:
        """Notify the staff of an event, with the resident's details."""
        person = {"user": self.id, "phone": self.phone, "name": self.full_name, "email": self.email}
        Message.enqueue("staff", event, data={**person, **data, "at": now().isoformat()})


def search_key(name: str) -> bytes:
    """A name in the form used for searching: lower case, ё as е, single spaces."""
    return " ".join(name.casefold().replace("ё", "е").split()).encode()
