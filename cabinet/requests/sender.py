"""Who may send a connection request: anybody whose phone is verified in this session."""

from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale
from flask_login import current_user

from cabinet.models import ConnectionRequest
from cabinet.models.phone_proof import by_contact_alone
from cabinet.models.request_merging import followed, has_parts
from cabinet.models.unclaimed_request import may_be_of
from cabinet.web import session_keys as keys
from cabinet.web.sessions import session

KEPT_NUMBERS = 20  # numbers of requests that a session remembers


@dataclass(frozen=True)
class Sender:
    """The verified phone, and what is known of its owner; `by_contact` where MAX alone says whose it is."""

    phone: str
    user_id: str | None
    last_name: str
    first_name: str
    middle_name: str
    email: str
    locale: str
    by_contact: bool


def current_sender() -> Sender | None:
    """The resident signed in, else the visitor whose phone is verified for a registration, else None."""
    person: Any = current_user if current_user.is_authenticated else None
    user_id = person.id if person else None
    person = person or session.registration_of(keys.VERIFIED)
    if person is None:
        return None
    names = {name: getattr(person, name) for name in ("last_name", "first_name", "middle_name", "email")}
    by_contact = not user_id and person.proved_by is not None
    return Sender(person.phone, user_id, locale=str(get_locale()), by_contact=by_contact, **names)


def remember_sent(connection: ConnectionRequest) -> None:
    """Let this session see the request."""
    _remember(keys.REQUESTS_SENT, connection.number)
    session.pop(keys.FAILED_LOOKUP, None)


def remember_found(connection: ConnectionRequest) -> None:
    """Remember that number and phone of the request were typed in this session."""
    _remember(keys.REQUESTS_FOUND, connection.number)


def is_own(connection: ConnectionRequest) -> bool:
    """Whether this session sent the request, or belongs to its sender.

    Of one with parts it takes the SIM: who proved the phone by a contact in MAX may not have sent them.
    """
    sender = current_sender()
    proved = sender is not None and not came_by_contact(sender)
    if connection.number in session.get(keys.REQUESTS_SENT, ()) and (proved or not has_parts(connection)):
        return True
    if sender is None:
        return False
    if connection.user_id:
        return connection.user_id == sender.user_id
    return may_be_of(connection, sender.phone) and not came_by_contact(sender)


def came_by_contact(sender: Sender) -> bool:
    """Whether a contact in MAX alone says that the phone is theirs."""
    return by_contact_alone(sender.user_id, sender.phone) if sender.user_id else sender.by_contact


def is_found(connection: ConnectionRequest) -> bool:
    """Whether this session may see how far it is: number and phone were typed here, or it was sent here."""
    return any(connection.number in session.get(key, ()) for key in (keys.REQUESTS_FOUND, keys.REQUESTS_SENT))


def follow(merged: ConnectionRequest) -> ConnectionRequest:
    """The request that one of this session has become a part of, which the session may see as well."""
    kept = followed(merged)
    _remember(keys.REQUESTS_SENT if is_own(merged) else keys.REQUESTS_FOUND, kept.number)
    return kept


def known() -> list[ConnectionRequest]:
    """The requests that were sent or looked up in this session, newest first."""
    numbers = {*session.get(keys.REQUESTS_SENT, ()), *session.get(keys.REQUESTS_FOUND, ())}
    rows = ConnectionRequest.select().where(ConnectionRequest.number.in_(numbers)) if numbers else ()
    whole = {kept.number: kept for kept in (follow(row) if row.merged_into else row for row in rows)}
    return sorted(whole.values(), key=lambda one: (one.created_at, one.id), reverse=True)


def _remember(key: str, number: str) -> None:
    others = [kept for kept in session.get(key, ()) if kept != number]
    session[key] = [*others, number][-KEPT_NUMBERS:]
