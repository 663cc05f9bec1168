"""A registration in progress: the answers so far, from the phone to the finished cabinet."""

from contextlib import suppress
from datetime import date, timedelta
from functools import cached_property
from typing import Any, cast

from peewee import BigIntegerField, CharField, DateField, DateTimeField, ForeignKeyField, IntegrityError

from cabinet.models import invitation, unclaimed_request
from cabinet.models.account import Account, Offered
from cabinet.models.attempt import TooManyError
from cabinet.models.audit import Audit
from cabinet.models.awaited import awaited
from cabinet.models.base import Model, new_id, now, settings
from cabinet.models.consent import Consent
from cabinet.models.database import transaction
from cabinet.models.email import EmailLink
from cabinet.models.linking import AccountLink, notify_holders
from cabinet.models.look_up import look_up
from cabinet.models.max_contact import MaxContact
from cabinet.models.message import Message
from cabinet.models.passed_number import release, tell_of
from cabinet.models.prepared import Prepared, insert, update
from cabinet.models.registered import PhoneTakenError, claim_consents, told_to_staff
from cabinet.models.request import ConnectionRequest
from cabinet.models.resident_words import write_first_words
from cabinet.models.user import User

FROM_REQUEST = ("last_name", "first_name", "middle_name", "email")
PROVED = ("period", "account", "amount", "invitation")
STEPS = ("code", "account", "address", "profile", "password")


def step_of(completed: Any, *answers: Any) -> str:
    """The step, one of STEPS or "done", after these answers to all steps but the last."""
    if completed:
        return "done"
    return next((name for name, answer in zip(STEPS, answers, strict=False) if not answer), STEPS[-1])


class Registration(Model):
    """The draft of a resident. Each step may be answered again until the cabinet exists.

    `replaces` is the id of a resident whose cabinet is closed to this phone when the new one is made.
    `invitation` answered for the account, in place of a receipt. `proved_by` is "max" where a contact in MAX
    brought the code, else None: that is less than the SIM, so it opens nothing that waits for the phone.
    """

    id = CharField(22, primary_key=True, default=new_id)
    account_id: str | None
    phone = CharField(16, index=True)
    locale = CharField(8, default="ru")
    created_at = DateTimeField(default=now)
    phone_verified_at = DateTimeField(null=True)
    period = DateField(null=True)
    account = ForeignKeyField(Account, null=True)
    amount = BigIntegerField(null=True)
    address_confirmed_at = DateTimeField(null=True)
    last_name = CharField(60, default="")
    first_name = CharField(60, default="")
    middle_name = CharField(60, default="")
    birth_date = DateField(null=True)
    email = CharField(254, default="")
    profile_at = DateTimeField(null=True)
    user = ForeignKeyField(User, null=True, on_delete="SET NULL")
    completed_at = DateTimeField(null=True)
    replaces = CharField(22, null=True)
    invitation: Any = CharField(22, null=True)
    proved_by: Any = CharField(8, null=True)

    class Meta:
        indexes = ((("created_at", "id"), False),)

    @classmethod
    def find(cls, registration_id: str | None) -> "Registration | None":
        """The registration with this id, unless it has expired."""
        found = _by_id.first(registration_id) if registration_id else None
        return found if found and not found.expired else None

    @property
    def expired(self) -> bool:
        """Whether it was begun too long ago to be continued."""
        return self.created_at <= now() - timedelta(seconds=settings().registration_lifetime)

    @property
    def step(self) -> str:
        """The current step, one of STEPS; "done" once the cabinet exists."""
        reached = (self.phone_verified_at, self.account_id, self.address_confirmed_at, self.profile_at)
        return step_of(self.completed_at, *reached)

    def may_see(self, step: str) -> bool:
        """Whether `step` is the current one or an earlier one."""
        return (current := self.step) != "done" and STEPS.index(step) <= STEPS.index(current)

    @classmethod
    def begin(
        cls, phone: str, locale: str, consent: tuple[str, str], ip: str, user_agent: str
    ) -> "Registration":
        """Start with a phone and the consent given for it: (version, exact text)."""
        with transaction():
            registration = cls(phone=phone, locale=locale)
            insert(registration)
            Consent.give("consent", *consent, phone, registration.id, ip, user_agent)
            return registration

    @classmethod
    def begin_anew(
        cls,
        known: User,
        receipt: tuple[str, date, int],
        locale: str,
        consent: tuple[str, str],
        ip: str,
        user_agent: str,
    ) -> "Registration":
        """Start where the phone has a cabinet, whose owner is not who proved this receipt.

        `receipt` is what was found: number of the account, period, amount in kopecks.
        """
        with transaction():
            registration = cls.begin(known.phone, locale, consent, ip, user_agent)
            registration.account_id, registration.period, registration.amount = receipt
            registration.replaces = known.id
            registration._keep("account", "period", "amount", "replaces")
            return registration

    @cached_property
    def latest_request(self) -> ConnectionRequest | None:
        """The newest connection request of this phone, if it is not too old to be of the same person."""
        return None if self.replaces or self.proved_by else unclaimed_request.latest_of(self.phone)

    def verify_phone(self, code: str = "") -> None:
        """The `code` of this id was right; what an invitation or a request says need not be typed."""
        self.proved_by = "max" if MaxContact.brought(code) else None
        alone = self.account_id or self.replaces or self.proved_by
        waits = awaited(self.phone)
        told = invitation.opened(self.phone) if waits.invitation and not alone else {}
        self.latest_request = self.latest_request if waits.request else None
        if not (self.last_name or "invitation" in told) and (asked := self.latest_request):
            told |= {name: getattr(asked, name) for name in FROM_REQUEST}
        for name, value in {"phone_verified_at": now(), **told}.items():
            setattr(self, name, value)
        self._keep("phone_verified_at", "proved_by", *told)

    def keeps_invitation(self) -> bool:
        """False where an invitation answered for the account and is over: it is asked for anew."""
        if not self.invitation or invitation.lives(self.invitation):
            return True
        self._forget_invitation()
        return False

    def _forget_invitation(self) -> None:
        """What a clerk wrote down goes: it may be of another person, whose number was misheard."""
        self.period = self.account = self.amount = self.address_confirmed_at = self.invitation = None
        gone = () if self.profile_at else invitation.PERSON
        for name in gone:
            setattr(self, name, None if name == "birth_date" else "")
        self._keep("address_confirmed_at", *PROVED, *gone)

    def match_account(self, period: date, number: str, amount: int, ip: str, offered: Offered = None) -> bool:
        """Look the account up; if found, store it and ask again whether the address is right.

        Every miss is counted before the look-up and does not reveal which of the three was wrong.
        `offered` as for `look_up`. Raises TooManyError when a limit of misses is reached.
        """

        def keep(account: Account) -> None:
            self.period, self.account, self.amount, self.address_confirmed_at = period, account, amount, None
            self.invitation = None
            self._keep("address_confirmed_at", *PROVED)

        return look_up(self.phone, period, number, amount, ip, offered, keep) is not None

    def confirm_address(self) -> None:
        """«Да»: the address found is the resident's."""
        self.address_confirmed_at = now()
        self._keep("address_confirmed_at")

    def deny_address(self, ip: str) -> None:
        """«Нет»: back to the account; an invitation that named it is over."""
        with transaction():
            if self.invitation:
                invitation.deny(self.invitation, ip)
                self._forget_invitation()
            self.account, self.address_confirmed_at = None, None
            self._keep("account", "address_confirmed_at")

    def fill_profile(self, profile: dict[str, Any], terms: tuple[str, str], ip: str, user_agent: str) -> None:
        """Keep names, birth date and e-mail; going on accepts the terms: (version, exact text)."""
        for name in invitation.PERSON:
            setattr(self, name, profile[name])
        self.profile_at = now()
        with transaction():
            self._keep(*invitation.PERSON, "profile_at")
            Consent.give("terms", *terms, self.phone, self.id, ip, user_agent)

    def complete(self, password_hash: str, ip: str) -> User:
        """Create the resident, link the account and notify the staff, all or nothing.

        Raises PhoneTakenError if the phone has a cabinet already, invitation.OverError if the invitation is
        over. Completing twice gives the same resident.
        """
        try:
            with transaction():
                moment = now()
                if not _claim.changed(moment, self.id):
                    return cast(User, Registration.get_by_id(self.id).user)
                former = release(self.phone, by_receipt=True) if self.replaces else None
                user = User.add(
                    phone=self.phone,
                    **{name: getattr(self, name) for name in invitation.PERSON},
                    password_hash=password_hash,
                    locale=self.locale,
                )
                insert(AccountLink(user=user, account=self.account_id))
                sim = "" if self.proved_by else self.phone
                waits = awaited(sim, cast(str, self.account_id))
                if self.invitation or waits.invitation:
                    invitation.settle(user, cast(str, self.account_id), self.invitation, sim)
                if waits.request:
                    unclaimed_request.adopt(self.phone, user.id)
                account = notify_holders(user, cast(str, self.account_id))
                write_first_words(user, account.address)
                self.user, self.completed_at = user, moment
                update(self, "user")
                told = told_to_staff(self, user, account, claim_consents(user, self.id, self.invitation))
                letters = [Message.drafted("staff", "registered", data=told)]
                # a mailbox that others flood: the cabinet offers the e-mail again
                with suppress(TooManyError):
                    letters.append(EmailLink.first_letter(user))
                Message.write(*letters)
                Audit.record("registered", f"user:{user.id}", user.id, ip)
                if former:
                    tell_of(former, user)
                return user
        except IntegrityError as error:
            raise PhoneTakenError from error

    def _keep(self, *names: str) -> None:
        with transaction():
            update(self, *names)


_claim: Prepared[Registration] = Prepared(
    lambda moment, key: Registration.update(completed_at=moment).where(
        Registration.id == key, Registration.completed_at.is_null()
    )
)
_by_id: Prepared[Registration] = Prepared(lambda key: Registration.select().where(Registration.id == key))
