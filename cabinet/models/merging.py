"""Two cabinets of one person become one: the other's all moves, and its number opens nothing any more."""

from dataclasses import dataclass

from cabinet.models import unclaimed_request
from cabinet.models.account import Account
from cabinet.models.account_event import AccountEvent
from cabinet.models.audit import Audit
from cabinet.models.base import now
from cabinet.models.code import OneTimeCode
from cabinet.models.consent import Consent
from cabinet.models.data_request import DataRequest
from cabinet.models.invitation import Invitation
from cabinet.models.linking import AccountLink, accounts, update_words
from cabinet.models.message import Message
from cabinet.models.passed_number import PassedNumber
from cabinet.models.passkey import MOST, Passkey
from cabinet.models.phone_proof import by_contact_alone
from cabinet.models.prepared import insert
from cabinet.models.registration import Registration
from cabinet.models.request import ConnectionRequest
from cabinet.models.session import WebSession
from cabinet.models.unit import whole
from cabinet.models.user import CredentialsChangedError, User
from cabinet.models.way_back import WayBack


class CabinetChangedError(Exception):
    """The other cabinet is not as it was when it was proved: changed, merged, blocked, about to go."""


@dataclass(frozen=True)
class Holding:
    """What the other cabinet brings.

    `accounts` are those that its new one does not have, `requests` their number, `passkeys` those that find
    room, and `email` is its address where the new one has none and it is confirmed, else empty.
    """

    accounts: list[Account]
    requests: int
    passkeys: list[Passkey]
    email: str


def brings(user: User, other: User) -> Holding:
    """What moves from `other` to `user` when they are merged."""
    held = {account.number for account in accounts(user)}
    free = MOST - len(Passkey.of(user))
    used_last = sorted(Passkey.of(other), key=lambda one: one.used_at or one.created_at, reverse=True)
    return Holding(
        [account for account in accounts(other) if account.number not in held],
        ConnectionRequest.select().where(ConnectionRequest.user == other.id).count(),
        used_last[: max(0, free)],
        other.email if not user.email and other.email_confirmed_at else "",
    )


def may_merge(user: User, other: User) -> bool:
    """Whether these can be merged: two, both in use and with a number, and neither about to be deleted.

    Nor is the other one somebody's who may still take it back.
    """
    both = (user, other)
    in_use = all(one.is_active and one.has_number and one.delete_at is None for one in both)
    return user.id != other.id and in_use and not WayBack.is_open(other)


@whole
def merge(user: User, other: User, ip: str, with_email: bool = False, with_passkeys: bool = False) -> None:
    """Move all that `other` holds to `user`, whose number, name and password stay, and close it.

    Its number is nobody's then; its sessions, codes, links and known browsers end; passkeys and the address
    come along only if that is wanted (`brings` says which). Both numbers and addresses, and the staff, are
    told. Raises CredentialsChangedError where `user` is not as when it was loaded, CabinetChangedError where
    `other` is not.
    """
    former = _hold(user, other)
    holding = brings(user, former)
    if with_passkeys:
        taken = Passkey.id.in_([one.id for one in holding.passkeys])
        moved = {Passkey.user: user.id, Passkey.created_at: now()}  # new to this cabinet, as any other
        Passkey.update(moved).where(taken, Passkey.user == former.id).execute()
    _move(former, user)
    _tell(user, former, ip)
    OneTimeCode.void_all(former.phone)
    WebSession.end_all(former.id)
    former.delete_instance()
    if with_email and holding.email:
        user.email, user.email_confirmed_at = former.email, former.email_confirmed_at
        user.save(only=[User.email, User.email_confirmed_at])
    update_words(user)


def _hold(user: User, other: User) -> User:
    """Keep both as they are until the transaction ends; the other as it is now.

    In one order, so that two who merge the same in opposite directions do not wait for each other.
    """
    stamps = {one.id: one.current_stamp() for one in sorted((user, other), key=lambda one: one.id)}
    if stamps[user.id] != user.stamp:
        raise CredentialsChangedError
    mine, former = User.find(user.id), User.find(other.id)
    if stamps[other.id] != other.stamp or mine is None or former is None or not may_merge(mine, former):
        raise CabinetChangedError
    user.email, user.email_confirmed_at = mine.email, mine.email_confirmed_at
    return former


def _move(former: User, user: User) -> None:
    held = AccountLink.select(AccountLink.account).where(AccountLink.user == user.id)
    AccountLink.delete().where(AccountLink.user == former.id, AccountLink.account.in_(held)).execute()
    for table in (AccountLink, ConnectionRequest, DataRequest, Registration, PassedNumber, Invitation):
        table.update(user=user.id).where(table.user == former.id).execute()
    PassedNumber.update(taken_by=user.id).where(PassedNumber.taken_by == former.id).execute()
    insert(PassedNumber(phone=former.phone, user=user.id, taken_by=user.id))
    if not by_contact_alone(user.id, former.phone):  # its registration has moved already
        unclaimed_request.adopt(former.phone, user.id)
    Consent.update(user_id=user.id).where(Consent.user_id == former.id).execute()
    AccountEvent.move(former, user)


def _tell(user: User, former: User, ip: str) -> None:
    """Tell both numbers and addresses, each once, and the staff; write it into the journal of both."""
    ends = {"kept": user.phone[-4:], "closed": former.phone[-4:]}
    former.notify("cabinets_merged", sms=True, **ends)
    if user.email and user.email != former.email:
        user.notify("cabinets_merged", sms=True, **ends)
    else:
        data = {"name": user.first_name, **ends}
        Message.enqueue("sms", "cabinets_merged", to=user.phone, data=data, locale=user.locale)
    user.notify_staff("cabinets_merged", merged=former.id, before=former.phone)
    Audit.record("cabinets-merged", f"user:{user.id}", user.id, ip, merged=former.id)
    Audit.record("cabinet-merged-away", "system", former.id, into=user.id)
