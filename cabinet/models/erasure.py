"""What names a resident without belonging to them: messages, attempts, events, drafts, visits, staff's words.

Looking for it reads every message: outside of any transaction. It is erased in small ones (`cleared`) first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

from cabinet.models import half_written
from cabinet.models.account_event import AccountEvent, ids_of
from cabinet.models.attempt import Attempt
from cabinet.models.audit import Audit
from cabinet.models.base import now
from cabinet.models.code import OneTimeCode
from cabinet.models.consent import Consent
from cabinet.models.database import db, rare
from cabinet.models.email import EmailLink
from cabinet.models.former_numbers import left, seen_at
from cabinet.models.inbox import InboxItem
from cabinet.models.invitation import Invitation
from cabinet.models.mailbox import counted_as
from cabinet.models.message import Message
from cabinet.models.own_requests import of_cabinet
from cabinet.models.passed_number import PassedNumber
from cabinet.models.phone_proof import by_contact_alone
from cabinet.models.registration import Registration
from cabinet.models.request import ConnectionRequest
from cabinet.models.traces import Traces, name_of
from cabinet.models.user import User

KEYS = ("naming", "sent", "attempts", "events", "visits")  # of rows, as `Traces` names them
BATCH = 200  # rows of a transaction: SQLite's other writers wait for it


def traces_of(user: User) -> Traces:
    """Look through all messages and attempts: before the transaction that erases, so that nobody waits."""
    requests = list(ConnectionRequest.select().where(of_cabinet(user)))
    links = EmailLink.select().where(EmailLink.user == user.id)
    nobodys = (Registration.phone == user.phone) & Registration.completed_at.is_null()
    nobodys &= Registration.proved_by.is_null()  # else another's: their mailbox is none of the resident's
    drafts = Registration.select().where((Registration.user == user.id) | nobodys)
    consents = Consent.select().where(Consent.user_id == user.id)
    phones = seen_at(user, requests, drafts, consents)
    emails = {row.email for rows in (requests, drafts, links) for row in rows}
    known = Traces(
        user,
        tuple(ids_of(user)),
        _nobody_elses(User.phone, user, phones if not user.has_number else {*phones, user.phone}),
        _nobody_elses(User.email, user, emails | {user.email}),
        tuple(request.number for request in requests),
        now(),
        frozenset(map(name_of, (user, *requests, *drafts))),
        by_contact=by_contact_alone(user.id, user.phone),
    )
    return looked_for(replace(known, left=left(user, known.ids, phones)))


def looked_for(known: Traces) -> Traces:
    """The same with the keys of all rows that name what is known."""
    return replace(
        known,
        naming=_keys(Message, _named(known)),
        sent=_keys(Message, _sent(known)),
        attempts=_keys(Attempt, _counted(known)),
        events=_keys(AccountEvent, _happened(known)),
        visits=_keys(Audit, _came(known) & (Audit.ip != "")),
        desks=half_written.desks(),
    )


def cleared(user: User) -> Traces:
    """Erase what `traces_of` finds, a few rows at a time; what comes after that moment is left to find."""
    found, files = traces_of(user), []
    for part in _parts(found.desks):
        with db.atomic():
            files += half_written.forget(found, part)
    for erase, keys in (
        (_forget_sent, found.sent),
        (_empty, found.naming),
        (_forget_attempts, found.attempts),
        (lambda keys: AccountEvent.delete().where(AccountEvent.id.in_(keys)).execute(), found.events),
        (_forget_visits, found.visits),
    ):
        for part in _parts(keys):
            with db.atomic():
                erase(part)
    done: dict[str, Any] = dict.fromkeys(KEYS, ())
    return replace(found, files=files, **done)


def erase_traces(found: Traces) -> list[str]:
    """Erase what was found, and what came since, inside the caller's transaction.

    Returns the files of replies that are not to be sent any more.
    """
    since = rare(Message.created_at >= found.at)
    for part in _parts([*found.sent, *_keys(Message, since & _sent(found))]):
        _forget_sent(part)
    for part in _parts([*found.naming, *_keys(Message, since & _named(found))]):
        _empty(part)
    for part in _parts(found.attempts):
        _forget_attempts(part)
    AccountEvent.delete().where(_happened(found)).execute()
    Audit.forget_addresses(_came(found))
    InboxItem.delete().where(_shown(found)).execute()
    PassedNumber.delete().where(PassedNumber.taken_by == found.user.id).execute()
    OneTimeCode.delete().where(found.by_phone(OneTimeCode.phone, OneTimeCode.created_at)).execute()
    _erase_drafts(found)
    return half_written.forget(found, found.desks)


def _forget_sent(keys: Sequence[str]) -> None:
    """Messages to the resident go; what waits to be sent goes once it is over."""
    these, over = Message.id.in_(keys), Message.due_at.is_null()
    Message.delete().where(these, over).execute()
    Message.update(blank_after=True, erased_at=now()).where(these).execute()


def _empty(keys: Sequence[str]) -> None:
    """Copies for staff and webhooks are emptied; what waits to be sent, once it is over."""
    these, over = Message.id.in_(keys), Message.due_at.is_null()
    Message.update(data={}, error="").where(these, over).execute()
    Message.update(blank_after=True, erased_at=now()).where(these, ~over).execute()


def forget_erased() -> int:
    """Forget what waited to be sent when its resident was erased, and is over now; returns how many.

    The staff's own row stays without its data, for those who read the feed.
    """
    gone = 0
    over = Message.erased_at.is_null(False) & Message.due_at.is_null()
    for part in _parts(_keys(Message, over)):
        with db.atomic():
            these = (Message.id.in_(part), over)
            gone += Message.delete().where(*these, Message.channel != "staff").execute()
            gone += Message.update(data={}, error="", erased_at=None).where(*these).execute()
    return gone


def _forget_attempts(keys: Sequence[int]) -> None:
    Attempt.delete().where(Attempt.id.in_(keys)).execute()


def _forget_visits(keys: Sequence[int]) -> None:
    Audit.forget_addresses(Audit.id.in_(keys))


def _erase_drafts(found: Traces) -> None:
    """Unfinished registrations, invitations; a consent stays on record without the browser's traces."""
    begun = found.by_phone(Registration.phone, Registration.created_at) & Registration.completed_at.is_null()
    Registration.delete().where(begun).execute()
    if not found.by_contact:  # it waits for who has the SIM
        invited = found.by_phone(Invitation.phone, Invitation.created_at)
        Invitation.delete().where(invited, Invitation.user.is_null()).execute()
    given = (found.by_phone(Consent.phone, Consent.at), Consent.user_id.is_null())
    Consent.update(withdrawn_at=now()).where(*given, Consent.withdrawn_at.is_null()).execute()
    Consent.update(ip="", user_agent="").where(*given).execute()


def _nobody_elses(column: Any, user: User, values: Iterable[str]) -> tuple[str, ...]:
    """Those that are no other resident's by now."""
    kept = {one for one in values if one}
    others: Any = User.select(column).where(column.in_(kept), User.id != user.id).tuples()
    return tuple(sorted(kept - {row[0] for row in others}))


def _named(found: Traces) -> Any:
    """Messages whose data name the resident."""
    text: Any = Message.data.cast("TEXT")
    whole = (*found.emails, *found.numbers)  # another's may end with one
    said = [text.contains(one) for one in (*found.ids, *(f'"{one}"' for one in whole))]
    at = Message.created_at
    said += [found.while_theirs(phone, text.contains(phone), at) for phone in found.phones]
    return reduce(or_, said)


def _sent(found: Traces) -> Any:
    """Messages to the resident."""
    return found.by_phone(Message.to, Message.created_at) | Message.to.in_(found.emails)


def _shown(found: Traces) -> Any:
    """What the demonstration shows as sent to the resident, or about them."""
    to, at = InboxItem.to, InboxItem.sent_at
    said = {one: InboxItem.text.contains(one) | InboxItem.html.contains(one) for one in found.addresses}
    texts = [found.while_theirs(one, text, at) for one, text in said.items()]
    return reduce(or_, texts, found.by_phone(to, at) | to.in_(found.emails))


def _came(found: Traces) -> Any:
    """What the audit has of the resident's own acts, and of those before there was a cabinet."""
    mine = Audit.actor.in_([f"user:{one}" for one in found.ids])
    # not ==, or SQLite would read what the audit has of all visitors
    before = Audit.subject.in_(found.numbers) & ~(Audit.actor != "visitor")
    return mine | before if found.numbers else mine


def _happened(found: Traces) -> Any:
    nobodys = found.by_phone(AccountEvent.phone, AccountEvent.at) & AccountEvent.user_id.is_null()
    return (AccountEvent.user_id == found.user.id) | nobodys


def _counted(found: Traces) -> Any:
    """Attempts of the resident, of a number, and of a number together with one browser or network."""
    subject = Attempt.subject
    mailboxes = [counted_as(email)[1] for email in found.emails]
    named = subject.in_([*found.ids, *found.numbers, *mailboxes])
    for phone in found.phones:
        its = (subject == phone) | subject.startswith(f"{phone}+") | subject.startswith(f"{phone} ")
        named |= found.while_theirs(phone, its, Attempt.at)
    return named


def _keys(model: Any, condition: Any) -> list[Any]:
    return [row[0] for row in model.select(model._meta.primary_key).where(condition).tuples()]


def _parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (keys[at : at + BATCH] for at in range(0, len(keys), BATCH))
