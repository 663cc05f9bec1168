"""Does what a request about data asks for, as the resident's own «Отозвать согласие и удалить кабинет» would.

There is the same time for second thoughts, but for the law's last day. Whoever has no cabinet is known by the
phone alone: their requests, unfinished registrations, messages, attempts and codes go.
"""

from datetime import datetime, timedelta
from typing import Any

from cabinet.models.audit import Audit
from cabinet.models.base import new_id, now, settings
from cabinet.models.consent import Consent
from cabinet.models.data_request import DataRequest, end_of, keep_rights
from cabinet.models.database import db
from cabinet.models.departure import cancel_deletion, request_deletion
from cabinet.models.erasure import erase_traces
from cabinet.models.linking import AccountLink
from cabinet.models.message import Message
from cabinet.models.phone_change import OverError
from cabinet.models.registration import Registration
from cabinet.models.request import ConnectionRequest
from cabinet.models.staff import Staff
from cabinet.models.traces import Traces
from cabinet.models.unit import whole
from cabinet.models.user import CredentialsChangedError, User, by_staff

LEAST = timedelta(days=1)  # for second thoughts, however late it is


class CabinetSinceError(Exception):
    """The request is of whoever had the phone without a cabinet, and somebody has made one for it since."""


@whole
def approve(request: DataRequest, staff: Staff, ip: str) -> None:
    """Let the data be deleted when the time for second thoughts is over; who asked is told.

    Raises OverError if somebody decided before, CabinetSinceError, RightsLostError, CredentialsChangedError.
    """
    keep_rights(staff)
    user = _resident(request)
    if user is None:
        _end_drafts(request)  # first, so that one that is being finished is a cabinet or is none
    if cabinet_since(request):
        raise CabinetSinceError
    day = day_of_deletion(request)
    if user:
        request_deletion(user, ip, staff.actor, day)
    first = user is None or user.delete_at == day  # else it was asked for before, and is not ours to cancel
    _decide(request, staff, "approved", erase_at=day if first else None)
    if user is None:
        _withdraw(request, day)
        Audit.record("staff-person-deletion-requested", staff.actor, request.id, ip)


@whole
def keep(request: DataRequest, staff: Staff, ip: str) -> bool:
    """Who asked thought better of it: nothing is deleted.

    False where the moment has come, and of a deletion that this request did not set.
    Raises RightsLostError, CredentialsChangedError.
    """
    keep_rights(staff)
    user, mine = _resident(request), (DataRequest.id == request.id, DataRequest.outcome == "approved")
    if user and user.delete_at != request.erase_at:
        return False
    in_time = DataRequest.erase_at > now()
    if not DataRequest.update(outcome="kept", erase_at=None).where(*mine, in_time).execute():
        return False
    if user:
        return cancel_deletion(user, ip, staff.actor)
    given = (Consent.phone == request.phone, Consent.user_id.is_null())
    Consent.update(withdrawn_at=None).where(*given, Consent.withdrawn_at == request.decided_at).execute()
    _tell_staff(request, "deletion_cancelled", by="staff")
    Audit.record("staff-person-deletion-cancelled", staff.actor, request.id, ip)
    return True


@whole
def close(request: DataRequest, staff: Staff, answer: str, ip: str) -> None:
    """Nothing is deleted: `answer` says what was done, or why it is refused.

    Raises OverError, RightsLostError.
    """
    keep_rights(staff)
    _decide(request, staff, "closed", answer=answer)
    Audit.record("staff-data-request-closed", staff.actor, request.subject, ip, request=request.id)


def came_back(request: DataRequest) -> bool:
    """Whether the phone has a cabinet by now, or its holder agreed anew: then staff decide again.

    A consent is given before its phone is proved, and anybody may type a number: a proof counts, no consent.
    """
    draft, sent, day = Registration, ConnectionRequest, request.decided_at
    proved = draft.select().where(draft.phone == request.phone, draft.phone_verified_at > day)
    asked = sent.select().where(sent.phone == request.phone, sent.created_at > day)
    if not (cabinet_since(request) or proved.exists() or asked.exists()):
        return False
    again = {"outcome": "", "decided_by": None, "decided_at": None, "erase_at": None}
    with db.atomic():
        DataRequest.update(**again).where(DataRequest.id == request.id).execute()
        Audit.record("deletion-held", "system", request.id)
    return True


def cabinet_since(request: DataRequest) -> User | None:
    """The cabinet that was made for the phone since somebody without one asked: perhaps another's."""
    return None if request.user_id else User.by_phone(request.phone)


def nobody(phone: str) -> User:
    """Who stands for a person that has no cabinet, where their traces are looked for; in no table."""
    return User(id=new_id(), phone=phone, email="", created_at=datetime.min)  # all of the phone is theirs


def erase_person(request: DataRequest, found: Traces) -> None:
    """Delete what is kept of somebody without a cabinet, inside the caller's transaction, and the request."""
    ConnectionRequest.erase_of(request.phone, found.user.id)
    erase_traces(found)
    asked = (DataRequest.phone == request.phone) & (DataRequest.at <= found.at)
    DataRequest.delete().where(asked, DataRequest.user.is_null()).execute()
    _tell_staff(request, "deleted")
    Audit.record("person-deleted", "system", request.id, requests=list(found.numbers))


def what_is_kept(request: DataRequest) -> dict[str, int]:
    """How many there are of what would be deleted; consents stay, marked as withdrawn."""
    user_id, phone = request.user_id or "", request.phone
    drafts = (Registration.phone == phone, Registration.completed_at.is_null())
    mine = (Consent.phone == phone) & Consent.user_id.is_null()
    counted: dict[str, Any] = {
        "accounts": AccountLink.select().where(AccountLink.user == user_id),
        "requests": ConnectionRequest.select().where(ConnectionRequest.theirs(phone, user_id)),
        "drafts": Registration.select().where(*drafts),
        "messages": Message.select().where(Message.to == phone),
        "consents": Consent.select().where(mine | (Consent.user_id == user_id)),
    }
    return {name: rows.count() for name, rows in counted.items()}


def day_of_deletion(request: DataRequest) -> datetime:
    """When the data go if it is approved now.

    After the time for second thoughts, but for the law's last day, and not before LEAST.
    """
    grace = now() + timedelta(seconds=settings().deletion_grace)
    return min(grace, max(now() + LEAST, end_of(request.until)))


def _resident(request: DataRequest) -> User | None:
    """The resident whose request it is; None of somebody without a cabinet."""
    user = User.find(request.user_id) if request.user_id else None
    if request.user_id and user is None:
        raise CredentialsChangedError
    return user


def _decide(request: DataRequest, staff: Staff, outcome: str, **more: object) -> None:
    request.decided_at = now()
    told = {"outcome": outcome, "decided_by": staff.id, "decided_at": request.decided_at, **more}
    open_one = (DataRequest.id == request.id, DataRequest.outcome == "")
    if not DataRequest.update(**told).where(*open_one).execute():
        raise OverError


def _end_drafts(request: DataRequest) -> None:
    """Registrations under way stand on the consent that is withdrawn: whoever goes on begins anew."""
    draft = Registration
    draft.delete().where(draft.phone == request.phone, draft.completed_at.is_null()).execute()


def _withdraw(request: DataRequest, day: datetime) -> None:
    given = (Consent.phone == request.phone, Consent.user_id.is_null(), Consent.withdrawn_at.is_null())
    Consent.update(withdrawn_at=request.decided_at).where(*given).execute()
    told = {"date": day.date().isoformat()}
    Message.enqueue("sms", "deletion_requested", to=request.phone, data={**told, "nobody": True})
    _tell_staff(request, "deletion_requested", **told, **by_staff(request.recorded_by))


def _tell_staff(request: DataRequest, event: str, **data: str) -> None:
    person = {"user": "", "phone": request.phone, "name": "", "email": ""}
    Message.enqueue("staff", event, data={**person, **data, "at": now().isoformat()})
