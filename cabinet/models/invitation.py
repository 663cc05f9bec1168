"""Invitations by telephone: a clerk checked a caller's receipt and heard the consent; an SMS leads in.

The SMS holds no secret: whoever proves the phone by a code finds the answers filled in, is asked whether the
address is theirs, and chooses the password.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from peewee import BigIntegerField, Case, CharField, DateField, DateTimeField, ForeignKeyField

from cabinet.models import code_streak
from cabinet.models.account import Account
from cabinet.models.attempt import network
from cabinet.models.audit import Audit
from cabinet.models.base import Model, Named, new_id, now, settings
from cabinet.models.consent import Consent
from cabinet.models.limits import take_all
from cabinet.models.locks import lock_names
from cabinet.models.message import Message
from cabinet.models.prepared import Prepared
from cabinet.models.staff import Staff
from cabinet.models.staff_admin import RightsLostError
from cabinet.models.unit import whole
from cabinet.models.user import User

PERSON = ("last_name", "first_name", "middle_name", "birth_date", "email")


class KnownPhoneError(Exception):
    """The phone has a cabinet, that of `user`."""

    def __init__(self, user: User) -> None:
        super().__init__(user.id)
        self.user = user


class InvitedOtherwiseError(Exception):
    """The phone is invited already, for another account, by `invitation`."""

    def __init__(self, invitation: "Invitation") -> None:
        super().__init__(invitation.id)
        self.invitation = invitation


class NoCodesError(Exception):
    """No codes are sent to the phone any more, so that nobody could come in."""


class OverError(Exception):
    """The invitation that answered for the account is over."""


@dataclass(frozen=True)
class Receipt:
    """What was read aloud and found: number of the account, month, sum in kopecks."""

    account: str
    period: date
    amount: int


class Invitation(Named, Model):
    """An invitation of the holder of `phone` to see `account`, an `Account.number`.

    `period` and `amount` (kopecks) are what the caller read from the receipt. `asked_under` is the stamp of
    who invited: it is over with their rights. `opened_at` is when the phone was proved. `outcome` is empty
    until it is `used`, `withdrawn`, `denied` (not their address) or `overtaken` (phone or account came in
    otherwise).
    """

    user_id: str | None
    id = CharField(22, primary_key=True, default=new_id)
    phone = CharField(16, index=True)
    account = CharField(32, index=True)
    period = DateField()
    amount = BigIntegerField()
    last_name = CharField(60)
    first_name = CharField(60)
    middle_name = CharField(60, default="")
    birth_date = DateField(null=True)
    email = CharField(254, default="")
    asked_by = CharField(22)
    asked_under = CharField(32)
    created_at = DateTimeField(default=now)
    until = DateTimeField(index=True)
    message: Any = CharField(22, null=True)
    opened_at: Any = DateTimeField(null=True)
    outcome = CharField(9, default="")
    ended_at: Any = DateTimeField(null=True)
    ended_by: Any = CharField(22, null=True)
    user = ForeignKeyField(User, null=True, on_delete="CASCADE")

    class Meta:
        indexes = ((("created_at", "id"), False),)

    @property
    def waits(self) -> bool:
        """Whether it is not over, but for the rights of who invited."""
        return not self.outcome and self.until > now()

    @property
    def live(self) -> bool:
        """Whether it can be used."""
        return self.waits and Staff.live(self.asked_by, self.asked_under) is not None

    @classmethod
    def find(cls, invitation_id: str) -> "Invitation | None":
        """The invitation of this id, or None."""
        return _by_id.first(invitation_id)

    @classmethod
    def of(cls, phone: str) -> "Invitation | None":
        """The one of this phone that can be used, or None."""
        return next((one for one in _open.all(phone, now()) if one.live), None)


@whole
def invite(
    staff: Staff,
    phone: str,
    person: dict[str, Any],
    receipt: Receipt,
    consent: tuple[str, str],
    ip: str,
) -> tuple[Invitation, bool]:
    """Invite, keep the consent that `staff` heard, (version, exact text), and have the SMS sent.

    The invitation, and whether it is new: pressed twice, it is one. `person` has the fields of PERSON. Raises
    RightsLostError, KnownPhoneError, InvitedOtherwiseError, NoCodesError, and TooManyError at a limit.
    """
    if staff.held() is None:
        raise RightsLostError
    lock_names(f"invitation:{phone}")
    if known := User.by_phone(phone):
        raise KnownPhoneError(known)
    before = Invitation.of(phone)
    if before and before.account != receipt.account:
        raise InvitedOtherwiseError(before)
    if before:
        return before, False
    if code_streak.is_stopped(phone):
        raise NoCodesError
    take_all((("invitation-phone", phone), ("invitation-staff", staff.id), ("invitation-ip", network(ip))))
    life = settings().invitation_lifetime
    made = Invitation(phone=phone, **person, **vars(receipt), asked_by=staff.id, asked_under=staff.stamp)
    made.until = made.created_at + timedelta(seconds=life)
    told = {"invitation": made.id}
    made.message = Message.enqueue("sms", "invitation", to=phone, data=told, expires=life).id
    made.save(force_insert=True)
    Consent.give("consent", *consent, phone, made.id, "", "", heard_by=staff.id)
    Audit.record("staff-invitation-sent", staff.actor, made.id, ip, account=made.account)
    return made, True


@whole
def withdraw(invitation: Invitation, staff: Staff, ip: str) -> bool:
    """Take it back; an SMS that still waits is not sent. False once it is over. Raises RightsLostError."""
    if staff.held() is None:
        raise RightsLostError
    if not _end.changed("withdrawn", now(), staff.id, invitation.id):
        return False
    Audit.record("staff-invitation-withdrawn", staff.actor, invitation.id, ip, account=invitation.account)
    return True


def opened(phone: str) -> dict[str, Any]:
    """The phone was proved: what its invitation answers, inside the caller's transaction."""
    found = Invitation.of(phone)
    if found is None or not Account.select().where(Account.number == found.account).exists():
        return {}
    _opened.changed(now(), found.id)
    names = ("account", "period", "amount", *PERSON)
    return {"invitation": found.id, **{name: getattr(found, name) for name in names}}


def deny(invitation_id: str, ip: str) -> None:
    """The invited say that the address is not theirs; inside the caller's transaction."""
    if _end.changed("denied", now(), None, invitation_id):
        Audit.record("invitation-denied", "visitor", invitation_id, ip)


def settle(user: User, account: str, own: str | None = None, phone: str = "") -> None:
    """An account came into a cabinet: its invitations end, in the caller's transaction.

    So do those of `phone`, where its SIM was proved. `own` is the invitation by which the account came;
    raises OverError where that is over.
    """
    if own and not ((found := Invitation.find(own)) and found.live):
        raise OverError
    ended = [row[0] for row in _settle.run(own or "", now(), user.id, phone, account).fetchall()]
    if own and own not in ended:
        raise OverError


def lives(invitation_id: str) -> bool:
    """Whether what was begun by it may go on."""
    found = Invitation.find(invitation_id)
    return found is not None and found.live


def forget(condition: Any) -> int:
    """Delete some, with the consents that were given for them alone, inside the caller's transaction."""
    keys = [row.id for row in Invitation.select(Invitation.id).where(condition)]
    Consent.delete().where(Consent.registration.in_(keys), Consent.user_id.is_null()).execute()
    return int(Invitation.delete().where(Invitation.id.in_(keys)).execute())


_by_id: Prepared[Invitation] = Prepared(lambda key: Invitation.select().where(Invitation.id == key))
_open: Prepared[Invitation] = Prepared(
    lambda phone, moment: (
        Invitation.select()
        .where(Invitation.phone == phone, Invitation.outcome == "", Invitation.until > moment)
        .order_by(Invitation.created_at.desc())
    )
)
_opened: Prepared[Invitation] = Prepared(
    lambda moment, key: Invitation.update(opened_at=moment).where(
        Invitation.id == key, Invitation.opened_at.is_null()
    )
)
_end: Prepared[Invitation] = Prepared(
    lambda outcome, moment, by, key: Invitation.update(outcome=outcome, ended_at=moment, ended_by=by).where(
        Invitation.id == key, Invitation.outcome == "", Invitation.until > moment
    )
)
_settle: Prepared[Invitation] = Prepared(
    lambda own, moment, user, phone, account: (
        Invitation.update(
            outcome=Case(None, ((Invitation.id == own, "used"),), "overtaken"),
            user=Case(None, ((Invitation.id == own, user),), None),
            ended_at=moment,
        )
        .where(
            Invitation.outcome == "",
            Invitation.until > moment,
            (Invitation.phone == phone) | (Invitation.account == account),
        )
        .returning(Invitation.id)
    )
)
