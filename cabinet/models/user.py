"""Residents and the accounts linked to them."""

from datetime import date, timedelta
from typing import Any

from peewee import BlobField, CharField, DateField, DateTimeField, ForeignKeyField

from cabinet.models.account import Account
from cabinet.models.audit import Audit
from cabinet.models.base import Model, new_id, now, settings
from cabinet.models.code import OneTimeCode
from cabinet.models.consent import Consent
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
        """Write the row, and with a name what it is found by."""
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
        """Two letters for the round picture: first name, last name."""
        return (self.first_name[:1] + self.last_name[:1]).upper()

    @classmethod
    def by_phone(cls, phone: str) -> "User | None":
        """The resident of this E.164 phone, or None."""
        return cls.get_or_none(cls.phone == phone)

    def accounts(self) -> list[Account]:
        """Linked accounts, oldest link first."""
        return list(
            Account.select()
            .join(AccountLink, on=(AccountLink.account == Account.number))
            .where(AccountLink.user == self.id)
            .order_by(AccountLink.created_at)
        )

    @property
    def full_name(self) -> str:
        """Last, first and middle name."""
        return " ".join(n for n in (self.last_name, self.first_name, self.middle_name) if n)

    @property
    def needs_email(self) -> bool:
        """Whether there is an e-mail address that is not confirmed yet."""
        return bool(self.email) and self.email_confirmed_at is None

    def holds(self, number: str) -> bool:
        """Whether the account of this normalised number is linked."""
        return AccountLink.select().where(AccountLink.user == self.id, AccountLink.account == number).exists()

    def link(self, account: Account, ip: str) -> bool:
        """Link one more account; False if it is linked already. Staff and its other holders are told."""
        with db.atomic():
            added = (
                AccountLink.insert(user=self.id, account=account.number)
                .on_conflict_ignore()
                .as_rowcount()
                .execute()
            )
            if not added:
                return False
            self._notify_staff("account_linked", account=account.printed, address=account.address)
            self.notify_holders(account)
            Audit.record("account-linked", f"user:{self.id}", account.number, ip)
            return True

    def unlink(self, account: Account, ip: str) -> bool:
        """Remove an account from the list; False if it was not there. Staff are told."""
        with db.atomic():
            removed = (
                AccountLink.delete()
                .where(AccountLink.user == self.id, AccountLink.account == account.number)
                .execute()
            )
            if removed:
                self._notify_staff("account_unlinked", account=account.printed, address=account.address)
                Audit.record("account-unlinked", f"user:{self.id}", account.number, ip)
            return bool(removed)

    def notify_holders(self, account: Account) -> None:
        """Tell the others who hold the account that one more does; inside the caller's transaction."""
        others = (
            User.select()
            .join(AccountLink, on=(AccountLink.user == User.id))
            .where(AccountLink.account == account.number, User.id != self.id)
        )
        for other in others:
            other.notify("account_linked_by_other", sms=False, address=account.address)

    def recover(self, code: OneTimeCode, password_hash: str, ip: str, keep_device: str | None = None) -> bool:
        """A new password by the right of a code that proved the phone; the code is used up by it.

        False, and nothing changes, when a password was set meanwhile, by the same press or elsewhere.
        """
        with db.atomic():
            claimed = (
                OneTimeCode.update(voided_at=now())
                .where(OneTimeCode.id == code.id, OneTimeCode.voided_at.is_null())
                .execute()
            )
            if claimed:
                self.set_password(password_hash, ip, keep_device=keep_device)
            return bool(claimed)

    def set_password(
        self, password_hash: str, ip: str, keep_session: str = "", keep_device: str | None = None
    ) -> None:
        """A new password: ends all other sessions, codes and links, forgets browsers, tells the resident."""
        from cabinet.models.device import Device
        from cabinet.models.email import EmailLink

        with db.atomic():
            User.update(password_hash=password_hash).where(User.id == self.id).execute()
            WebSession.end_all(self.id, but=keep_session)
            Device.forget(self, but=keep_device)
            _void_codes(self.phone)
            EmailLink.delete().where(EmailLink.user == self.id, EmailLink.used_at.is_null()).execute()
            self.notify("password_changed", sms=True)
            Audit.record("password-changed", f"user:{self.id}", self.id, ip)

    def set_locale(self, locale: str) -> None:
        """Write letters and SMS in the language that the resident chose."""
        if locale != self.locale:
            with db.atomic():
                self.locale = locale
                self.save(only=[User.locale])

    def rehash(self, password_hash: str) -> None:
        """Store the same password under a higher cost."""
        with db.atomic():
            User.update(password_hash=password_hash).where(User.id == self.id).execute()

    def rename(self, last_name: str, first_name: str, middle_name: str, ip: str) -> None:
        """Change the name; staff are told."""
        with db.atomic():
            before = self.full_name
            self.last_name, self.first_name, self.middle_name = last_name, first_name, middle_name
            self.save(only=[User.last_name, User.first_name, User.middle_name])
            self._notify_staff("profile_changed", what="name", before=before)
            Audit.record("renamed", f"user:{self.id}", self.id, ip)

    def change_email(self, email: str, ip: str) -> None:
        """Change the address, to be confirmed anew; the old one is told. Staff are told.

        The address it is already gets the letter again. Raises TooManyError when letters were asked for too
        often; nothing is changed then.
        """
        from cabinet.models.email import EmailLink

        if email == self.email:
            EmailLink.send(self)
            return
        with db.atomic():
            before = self.email
            if before:
                self.notify("email_changed", sms=False)
            User.update(email=email, email_confirmed_at=None).where(User.id == self.id).execute()
            EmailLink.send(User.get_by_id(self.id))
            self.email, self.email_confirmed_at = email, None
            self._notify_staff("profile_changed", what="email", before=before)
            Audit.record("email-changed", f"user:{self.id}", self.id, ip)

    def change_phone(self, phone: str, ip: str, keep_session: str) -> None:
        """Change the phone, proved by a code before; the old one is told, other sessions and its codes end.

        The number it is already changes nothing. Raises peewee.IntegrityError when another resident has it.
        """
        from cabinet.models.email import EmailLink

        before = self.phone
        with db.atomic():
            changed = (
                User.update(phone=phone)
                .where(User.id == self.id, User.phone == before, User.phone != phone)
                .execute()
            )
            if not changed:
                return
            self.notify("phone_changed", sms=True)
            self.phone = phone
            _void_codes(before)
            EmailLink.delete().where(EmailLink.user == self.id, EmailLink.used_at.is_null()).execute()
            WebSession.end_all(self.id, but=keep_session)
            self._notify_staff("profile_changed", what="phone", before=before)
            Audit.record("phone-changed", f"user:{self.id}", self.id, ip)

    def request_deletion(self, ip: str) -> None:
        """Withdraw the consent: the cabinet is deleted after the time for second thoughts. Once is enough."""
        moment = now()
        delete_at = moment + timedelta(seconds=settings().deletion_grace)
        with db.atomic():
            first = (
                User.update(delete_at=delete_at).where(User.id == self.id, User.delete_at.is_null()).execute()
            )
            if not first:
                return
            self.delete_at = delete_at
            Consent.update(withdrawn_at=moment).where(
                Consent.user_id == self.id, Consent.withdrawn_at.is_null()
            ).execute()
            self.notify("deletion_requested", sms=True, date=self.delete_at.date().isoformat())
            self._notify_staff("deletion_requested", date=self.delete_at.date().isoformat())
            Audit.record("deletion-requested", f"user:{self.id}", self.id, ip)

    def cancel_deletion(self, ip: str) -> None:
        """Second thoughts: the cabinet stays, and so do the consents."""
        with db.atomic():
            kept = (
                User.update(delete_at=None).where(User.id == self.id, User.delete_at.is_null(False)).execute()
            )
            if not kept:
                return
            self.delete_at = None
            Consent.update(withdrawn_at=None).where(Consent.user_id == self.id).execute()
            self._notify_staff("deletion_cancelled")
            Audit.record("deletion-cancelled", f"user:{self.id}", self.id, ip)

    def erase(self) -> None:
        """Delete the resident and all that is theirs. The register of consents stays, marked withdrawn."""
        from cabinet.models.registration import Registration
        from cabinet.models.request import ConnectionRequest

        with db.atomic():
            ConnectionRequest.erase_of(self.phone, self.id)
            mine = Consent.user_id == self.id
            Consent.update(withdrawn_at=now()).where(mine, Consent.withdrawn_at.is_null()).execute()
            Consent.update(ip="", user_agent="").where(mine).execute()
            Registration.delete().where(Registration.user == self.id).execute()
            OneTimeCode.delete().where(OneTimeCode.phone == self.phone).execute()
            WebSession.end_all(self.id)
            self._erase_messages()
            Audit.update(ip="").where(Audit.actor == f"user:{self.id}").execute()
            self._notify_staff("deleted")
            self.delete_instance()
            Audit.record("deleted", "system", self.id)

    def _erase_messages(self) -> None:
        """What is over and was sent to the resident, or told staff of them; what waits is still delivered."""
        over = Message.due_at.is_null()
        Message.delete().where(over, Message.to.in_([self.phone, self.email or self.phone])).execute()
        theirs = Message.data.cast("TEXT").contains(self.id)
        Message.update(data={}).where(over, theirs).execute()

    def own_data(self) -> dict[str, Any]:
        """Everything kept about the resident, for the download."""
        from cabinet.models.device import Device
        from cabinet.models.request import ConnectionRequest

        return {
            "phone": self.phone,
            "last_name": self.last_name,
            "first_name": self.first_name,
            "middle_name": self.middle_name,
            "birth_date": _iso(self.birth_date),
            "email": self.email,
            "email_confirmed_at": _iso(self.email_confirmed_at),
            "created_at": _iso(self.created_at),
            "delete_at": _iso(self.delete_at),
            "accounts": [{"number": a.printed, "address": a.address} for a in self.accounts()],
            "requests": [r.own_data() for r in ConnectionRequest.of_user(self.id)],
            "consents": [
                {"kind": c.kind, "version": c.version, "sha256": c.sha256, "at": _iso(c.at), "ip": c.ip}
                for c in Consent.select().where(Consent.user_id == self.id).order_by(Consent.at)
            ],
            "sessions": [
                {"began": _iso(w.created_at), "seen": _iso(w.seen_at), "ip": w.ip, "browser": w.user_agent}
                for w in WebSession.select()
                .where(WebSession.user_id == self.id)
                .order_by(WebSession.created_at)
            ],
            "devices": [
                {"began": _iso(d.created_at), "seen": _iso(d.seen_at), "browser": d.user_agent}
                for d in Device.select().where(Device.user == self.id).order_by(Device.created_at)
            ],
            "events": [
                {"at": _iso(e.at), "what": e.action, "ip": e.ip}
                for e in Audit.select().where(Audit.actor == f"user:{self.id}").order_by(Audit.at)
            ],
        }

    def block(self, blocked: bool, actor: str, ip: str) -> None:
        """Let the resident in no more, from the next request on; or again."""
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

    def _notify_staff(self, event: str, **data: Any) -> None:
        person = {"user": self.id, "phone": self.phone, "name": self.full_name, "email": self.email}
        Message.enqueue("staff", event, data={**person, **data, "at": now().isoformat()})


def search_key(name: str) -> bytes:
    """A name as it is searched for: small letters, ё as е, single spaces."""
    return " ".join(name.casefold().replace("ё", "е").split()).encode()


def _void_codes(phone: str) -> None:
    """No code sent to this phone opens anything any more."""
    OneTimeCode.update(voided_at=now()).where(
        OneTimeCode.phone == phone, OneTimeCode.voided_at.is_null()
    ).execute()


def _iso(value: Any) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else str(value)


class AccountLink(Model):
    """A resident may see an account."""

    user = ForeignKeyField(User, backref="links", on_delete="CASCADE")
    account = ForeignKeyField(Account, backref="links")
    created_at = DateTimeField(default=now)

    class Meta:
        indexes = ((("user", "account"), True),)
