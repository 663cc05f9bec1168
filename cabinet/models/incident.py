"""Whose data an incident concerns, by what is on record: of all, or those reached by one door."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cabinet.models.account_event import AccountEvent
from cabinet.models.audit import Audit
from cabinet.models.invitation import Invitation
from cabinet.models.linking import AccountLink
from cabinet.models.message import Message
from cabinet.models.registration import Registration
from cabinet.models.request import ConnectionRequest
from cabinet.models.user import User

Person = tuple[str, str, str, str, str]  # how we know them, name, phone, e-mail, number of the request
BATCH = 500
INSIDE = ("signed-in", "signed-in-new", "recovered", "downloaded", "cabinet-proved")
BY_ACCOUNT = (  # what they showed are accounts
    *("staff-accounts-searched", "staff-request-accounts-searched"),
    *("staff-invitation-accounts-searched", "staff-invitation-account-seen"),
)


@dataclass(frozen=True)
class Scope:
    """What happened when, and by which door: a member of staff, an address, a phone; none of them: any."""

    since: datetime
    until: datetime
    staff: str = ""  # as in the audit
    ip: str = ""
    phone: str = ""

    def acts(self) -> Any:
        """The rows of the audit from this time, of the member of staff if it is about one."""
        by = Audit.actor == self.staff if self.staff else Audit.actor.startswith("staff:")
        return Audit.select().where(Audit.at.between(self.since, self.until), by)

    def exports(self) -> list[Audit]:
        """The files of residents and requests that were taken out in this time: they may name anybody."""
        if self.ip or self.phone:
            return []
        taken = Audit.action.in_(("staff-export-residents", "staff-export-requests"))
        return list(self.acts().where(taken).order_by(Audit.at))

    @property
    def everybody(self) -> bool:
        """Whether anybody may be concerned: no door is known, or lists were taken out by it."""
        return not (self.staff or self.ip or self.phone) or bool(self.exports())


def people(scope: Scope) -> Iterator[Person]:
    """Those concerned, each cabinet and each request without one once."""
    if scope.everybody:
        yield from _persons("житель", User.select().order_by(User.id).iterator())
        nobodys = ConnectionRequest.select().where(ConnectionRequest.user.is_null())
        yield from _persons("заявка", nobodys.order_by(ConnectionRequest.id).iterator())
        begun = Registration.select().where(Registration.completed_at.is_null())
        yield from _persons("регистрация", begun.order_by(Registration.id).iterator())
        invited = Invitation.select().where(Invitation.user.is_null())
        yield from _persons("приглашение", invited.order_by(Invitation.id).iterator())
        return
    found, numbers, drafts = _seen(scope)
    keys = found | _merged_into(found)
    yield from _persons("житель", _chosen(User, User.id, keys))
    without = (row for row in _chosen(ConnectionRequest, ConnectionRequest.number, numbers))
    yield from _persons("заявка", (row for row in without if row.user_id not in keys))
    yield from _persons("регистрация", _chosen(Registration, Registration.id, drafts))
    yield from _persons("приглашение", _chosen(Invitation, Invitation.id, drafts, Invitation.user.is_null()))


def _seen(scope: Scope) -> tuple[set[str], set[str], set[str]]:
    """Ids of residents, numbers of requests and ids of registrations."""
    if scope.phone:
        user = User.by_phone(scope.phone)
        mine = ConnectionRequest.select().where(ConnectionRequest.phone == scope.phone)
        had_it = {e.user_id for e in _events(scope, AccountEvent.phone == scope.phone) if e.user_id}
        return had_it | ({user.id} if user else set()), {row.number for row in mine}, set()
    if scope.ip:
        come = _events(scope, AccountEvent.ip == scope.ip)
        return {e.user_id for e in come.where(AccountEvent.kind.in_(INSIDE)) if e.user_id}, set(), set()
    named, accounts = set[str](), set[str]()
    for row in scope.acts().iterator():
        shown = {str(one) for one in _shown(row.detail.get("shown"))}
        accounts |= {str(row.detail.get("account") or "")}
        if row.action in BY_ACCOUNT:
            accounts, shown = accounts | shown, set()
        named |= {row.subject, *shown}
    return named | _told_of(named) | _holders_of(accounts), named, named


def _holders_of(accounts: set[str]) -> set[str]:
    """Ids of residents who have these accounts now: whoever sees an account sees their address."""
    return {link.user_id for link in _chosen(AccountLink, AccountLink.account, accounts)}


def _events(scope: Scope, these: Any) -> Any:
    return AccountEvent.select().where(AccountEvent.at.between(scope.since, scope.until), these)


def _merged_into(ids: set[str]) -> set[str]:
    """Ids of the residents that these, whom the journal names by what they were then, are a part of now."""
    found: set[str] = set()
    while ids:
        rows = _chosen(Audit, Audit.subject, ids, Audit.action == "cabinet-merged-away")
        ids = {row.detail["into"] for row in rows} - found
        found |= ids
    return found


def _told_of(messages: set[str]) -> set[str]:
    """Ids of residents whom messages name or went to."""
    rows = list(_chosen(Message, Message.id, messages))
    to = {row.to for row in rows}
    found = [*_chosen(User, User.phone, to), *_chosen(User, User.email, to)]
    return {str(row.data.get("user") or "") for row in rows} | {user.id for user in found}


def _shown(found: Any) -> Iterator[Any]:
    """What a list showed, however it was noted."""
    if isinstance(found, dict):
        for one in found.values():
            yield from _shown(one)
    elif isinstance(found, list):
        for one in found:
            yield from _shown(one)
    elif found is not None:
        yield found


def _chosen(model: Any, column: Any, keys: set[str], *also: Any) -> Iterator[Any]:
    chosen = sorted(keys - {""})
    for at in range(0, len(chosen), BATCH):
        yield from model.select().where(column.in_(chosen[at : at + BATCH]), *also).order_by(column)


def _persons(known: str, rows: Iterator[Any]) -> Iterator[Person]:
    for row in rows:
        name = " ".join(filter(None, (row.last_name, row.first_name, row.middle_name)))
        phone = row.phone if row.phone.startswith("+") else ""
        yield known, name, phone, row.email, getattr(row, "number", "")
