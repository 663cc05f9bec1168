"""What names a resident without belonging to them: messages to staff and webhooks, attempts, drafts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from cabinet.models.attempt import Attempt
from cabinet.models.base import now
from cabinet.models.consent import Consent
from cabinet.models.inbox import InboxItem
from cabinet.models.message import Message
from cabinet.models.passed_number import PassedNumber
from cabinet.models.registration import Registration
from cabinet.models.user import User

BATCH = 500


@dataclass(frozen=True)
class Traces:
    """Keys of messages and attempts that name the resident, as they were at a moment."""

    messages: list[str]
    attempts: list[int]
    at: datetime


def traces_of(user: User) -> Traces:
    """Look through all messages and attempts: before the transaction that erases, so that nobody waits."""
    moment = now()
    return Traces(_messages(user), _attempts(user), moment)


def erase_traces(user: User, found: Traces) -> None:
    """Erase them, inside the caller's transaction; what waits to be sent is emptied once it is."""
    to = [one for one in (_number(user), user.email) if one]
    for part in _parts([*found.messages, *_messages(user, found.at)]):
        these, over = Message.id.in_(part), Message.due_at.is_null()
        Message.update(data={}).where(these, over).execute()
        Message.update(blank_after=True).where(these, ~over).execute()
    Message.delete().where(Message.due_at.is_null(), Message.to.in_(to)).execute()
    for numbers in _parts(found.attempts):
        Attempt.delete().where(Attempt.id.in_(numbers)).execute()
    InboxItem.delete().where(InboxItem.to.in_(to)).execute()
    PassedNumber.delete().where(PassedNumber.taken_by == user.id).execute()
    _erase_drafts(user)


def _erase_drafts(user: User) -> None:
    """Registrations that were not finished; a consent stays in the register without the browser's traces."""
    if number := _number(user):
        Registration.delete().where(
            Registration.phone == number, Registration.completed_at.is_null()
        ).execute()
        given = (Consent.phone == number, Consent.user_id.is_null())
        Consent.update(withdrawn_at=now()).where(*given, Consent.withdrawn_at.is_null()).execute()
        Consent.update(ip="", user_agent="").where(*given).execute()


def _number(user: User) -> str:
    return user.phone if user.has_number else ""


def _messages(user: User, since: datetime | None = None) -> list[str]:
    text: Any = Message.data.cast("TEXT")
    naming = reduce(or_, [text.contains(one) for one in (user.id, _number(user), user.email) if one])
    rows = Message.select(Message.id).where(naming)
    return [row.id for row in (rows.where(Message.created_at >= since) if since else rows)]


def _attempts(user: User) -> list[int]:
    """Those of the resident, of the number, and of the number together with one browser or network."""
    number, subject = _number(user), Attempt.subject
    named = subject.in_([one for one in (number, user.id) if one])
    if number:
        named |= subject.startswith(f"{number}+") | subject.startswith(f"{number} ")
    return [row.id for row in Attempt.select(Attempt.id).where(named)]


def _parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (keys[at : at + BATCH] for at in range(0, len(keys), BATCH))
