"""Everything stored about a resident, for the download. What is in it and why not says the map of data."""

from datetime import date, datetime
from typing import Any

from cabinet.models.account_event import has_number_since, history_of, ids_of
from cabinet.models.audit import Audit
from cabinet.models.base import new_id, now
from cabinet.models.consent import Consent, ConsentText
from cabinet.models.data_request import DataRequest
from cabinet.models.device import Device
from cabinet.models.email import EmailLink
from cabinet.models.invitation import PERSON, Invitation
from cabinet.models.linking import AccountLink, accounts_with_charges
from cabinet.models.max_link import MaxLink
from cabinet.models.message import Message
from cabinet.models.passed_number import PassedNumber
from cabinet.models.passkey import Passkey
from cabinet.models.phone_change import PhoneChange
from cabinet.models.registration import Registration
from cabinet.models.request import ConnectionRequest
from cabinet.models.session import WebSession
from cabinet.models.user import User
from cabinet.models.way_back import WayBack

Rows = list[dict[str, Any]]
MOST = 10_000  # events of each kind; enough for the whole term that they are kept
SECRET = ("link", "code", "max")  # of what is said in messages: they open something, or name another


def own_data(user: User) -> dict[str, Any]:
    """Everything stored about the resident, for the download."""
    return {
        "phone": user.phone if user.has_number else "",
        **_plain(user, "last_name", "first_name", "middle_name", "birth_date", "email", "email_confirmed_at"),
        "language": user.locale,
        **_plain(user, "created_at", "seen_at", "blocked_at", "delete_at"),
        "accounts": _accounts(user),
        "requests": [_request(one) for one in ConnectionRequest.of_user(user.id)],
        "registrations": _registrations(Registration.user == user.id),
        "invitations": _invitations(Invitation.user == user.id),
        "consents": _consents(Consent.user_id == user.id),
        **_visits(user),
        "email_links": _rows(
            EmailLink, user, email="email", sent="created_at", expires="expires_at", used="used_at"
        ),
        "passed_numbers": _rows(PassedNumber, user, phone="phone", at="at"),
        "ways_back": _rows(WayBack, user, phone="phone", at="at", came_at="came_at"),
        "phone_changes": _phone_changes(user),
        "data_requests": _data_requests(DataRequest.select().where(DataRequest.user == user.id)),
        "messages": _messages(user),
        "events": [
            {"at": _iso(one.at), "what": one.what, "ip": one.ip, "browser": one.browser}
            for one in reversed(history_of(user, most=MOST))
        ],
        "staff_access": _staff_access(user),
    }


def data_of_phone(phone: str) -> dict[str, Any]:
    """The same of somebody without a cabinet, who is known by the phone alone.

    Messages and events count from the first request, registration or consent that is kept: before, the
    number may have been another's. What came since somebody began a cabinet for it is that cabinet's.
    """
    until = _cabinet_begun(phone)
    theirs = ConnectionRequest.theirs(phone, "") & (ConnectionRequest.created_at < until)
    requests = list(ConnectionRequest.select().where(theirs).order_by(ConnectionRequest.created_at.desc()))
    begun = (Registration.phone == phone) & Registration.completed_at.is_null()
    begun &= Registration.proved_by.is_null() & (Registration.created_at < until)
    given = (Consent.phone == phone) & Consent.user_id.is_null() & (Consent.at < until)
    invited = (Invitation.phone == phone) & Invitation.user.is_null() & (Invitation.created_at < until)
    known = [one.created_at for one in (*requests, *Registration.select().where(begun))]
    known += [one.at for one in Consent.select().where(given)]
    asked = DataRequest.select().where(DataRequest.phone == phone, DataRequest.user.is_null())
    told = own_data(User(id=new_id(), phone=phone, email="", created_at=min(known, default=now())))
    return {
        **told,
        "requests": [_request(one) for one in requests],
        "registrations": _registrations(begun),
        "invitations": _invitations(invited),
        "consents": _consents(given),
        "data_requests": _data_requests(asked),
        "messages": [one for one in told["messages"] if one["written"] < until.isoformat()],
        "events": [one for one in told["events"] if one["at"] < until.isoformat()],
    }


def _cabinet_begun(phone: str) -> datetime:
    """When somebody began to make the cabinet that the phone has; the end of time where it has none."""
    user = User.by_phone(phone)
    if user is None:
        return datetime.max
    begun = Registration.select().where(Registration.user == user.id, Registration.phone == phone)
    return min([has_number_since(user), *(row.created_at for row in begun)])


def _accounts(user: User) -> Rows:
    since = {
        link.account_id: link.created_at for link in AccountLink.select().where(AccountLink.user == user.id)
    }
    return [
        {
            "number": account.printed,
            "key": account.number,
            **_plain(account, "address", "els", "zhku_id", "fias_house_guid", "premises"),
            "linked_at": _iso(since[account.number]),
            "charges": [
                {
                    "period": _iso(one.period),
                    "due": one.amount_due,
                    "charged": one.amount_charged,
                    "paid": one.amount_paid,
                }
                for one in charges
            ],
        }
        for account, charges in accounts_with_charges(user)
    ]


def _request(request: ConnectionRequest) -> dict[str, Any]:
    """As it was entered, what became of it, and what was written about it."""
    return {
        **request.own_data(),
        **_plain(request, "state", "closed_at", "matched_account", "merged_into", "proved_by"),
        "language": request.locale,
        "conversation": [
            {
                "at": _iso(note.at),
                "by": "company" if note.kind == "reply" else "resident",
                **_plain(note, "text", "file_type", "origin"),
            }
            for note in request.conversation()
        ],
    }


def _registrations(which: Any) -> Rows:
    """A resident's are those that made or filled the cabinet; an unfinished one may be another person's."""
    rows = Registration.select().where(which).order_by(Registration.created_at)
    told = ("phone", "phone_verified_at", "period", "amount", "address_confirmed_at")
    more = (*PERSON, "profile_at", "completed_at", "proved_by")
    return [
        {
            "began": _iso(row.created_at),
            "language": row.locale,
            "account": row.account_id,
            **_plain(row, *told, *more),
        }
        for row in rows
    ]


def _invitations(which: Any) -> Rows:
    """Those by telephone: what a clerk wrote down."""
    told = ("phone", "account", "period", "amount", *PERSON, "created_at", "until", "opened_at", "ended_at")
    return [_plain(one, *told) for one in Invitation.select().where(which).order_by(Invitation.created_at)]


def _consents(which: Any) -> Rows:
    mine = Consent.select(Consent, ConsentText).join(ConsentText).where(which)
    return [
        {
            **_plain(one, "kind", "version", "sha256", "phone", "at", "ip"),
            "browser": one.user_agent,
            "way": one.way or "page",
            "withdrawn_at": _iso(one.withdrawn_at),
            "text": one.text.text,
        }
        for one in mine.order_by(Consent.at, Consent.id)
    ]


def _visits(user: User) -> dict[str, Rows]:
    """What the resident's visits left behind, oldest first."""
    sessions = WebSession.select().where(WebSession.user_id == user.id).order_by(WebSession.created_at)
    seen = {"began": "created_at", "seen": "seen_at", "browser": "user_agent"}
    return {
        "sessions": [
            _named(row, ip="ip", ends="expires_at", kept_until="kept_until", **seen) for row in sessions
        ],
        "devices": _rows(Device, user, **seen),
        "max": _rows(MaxLink, user, added="created_at", number="max_user"),
        "passkeys": _rows(Passkey, user, added="created_at", used="used_at", name="name"),
    }


def _phone_changes(user: User) -> Rows:
    """Other numbers that staff asked for; until it is decided not which, for whoever is in may be a thief."""
    told = ("phone", "reason", "identified", "asked_at", "until", "outcome", "words", "decided_at")
    mine = PhoneChange.select().where(PhoneChange.user == user.id)
    withheld = {"phone": "", "identified": ""}
    return [
        _plain(one, *told) | ({} if one.outcome else withheld) for one in mine.order_by(PhoneChange.asked_at)
    ]


def _data_requests(mine: Any) -> Rows:
    """What was asked about these very data, by letter or at the office."""
    told = ("kind", "way", "came_on", "words", "until", "outcome", "answer", "decided_at", "erase_at")
    return [{"recorded_at": _iso(one.at), **_plain(one, *told)} for one in mine.order_by(DataRequest.at)]


def _messages(user: User) -> Rows:
    """Those to the resident's own number and confirmed mailbox, since they are theirs alone."""
    told = Message.created_at >= has_number_since(user)
    to = [user.phone]  # nothing goes to what stands for a number
    if user.email_confirmed_at and not _shares_mailbox(user):
        to.append(user.email)
        told &= (Message.to != user.email) | (Message.created_at >= user.email_confirmed_at)
    names = {"channel": "channel", "to": "to", "what": "template", "language": "locale", "status": "status"}
    times = {"written": "created_at", "sent": "sent_at", "given_up": "dead_at"}
    return [
        {**_named(row, **names, **times), "said": {k: v for k, v in row.data.items() if k not in SECRET}}
        for row in Message.select().where(Message.to.in_(to), told).order_by(Message.created_at)
    ]


def _shares_mailbox(user: User) -> bool:
    return bool(User.select().where(User.email == user.email, User.id != user.id).exists())


def _staff_access(user: User) -> Rows:
    """When members of staff looked at the resident or a request of theirs, or changed something."""
    subjects = [*ids_of(user), *(one.number for one in ConnectionRequest.of_user(user.id))]
    rows = Audit.select().where(Audit.subject.in_(subjects), Audit.actor.startswith("staff:"))
    latest = list(rows.order_by(Audit.at.desc(), Audit.id.desc()).limit(MOST))
    return [_plain(row, "at") | {"what": row.action} for row in reversed(latest)]


def _rows(model: Any, user: User, **names: str) -> Rows:
    """The resident's rows, oldest first, with columns under other names."""
    when = model.at if hasattr(model, "at") else model.created_at
    return [_named(row, **names) for row in model.select().where(model.user == user.id).order_by(when)]


def _named(row: Any, **names: str) -> dict[str, Any]:
    return {name: _iso(getattr(row, column)) for name, column in names.items()}


def _plain(row: Any, *columns: str) -> dict[str, Any]:
    return _named(row, **{column: column for column in columns})


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
