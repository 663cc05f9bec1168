"""Several requests of one person become one: the others are closed, what was written goes to the one kept."""

from datetime import timedelta

from cabinet.models.audit import Audit
from cabinet.models.base import now, settings
from cabinet.models.database import db
from cabinet.models.locks import lock_names
from cabinet.models.message import Message
from cabinet.models.phone_proof import by_contact_alone
from cabinet.models.request import ConnectionRequest
from cabinet.models.request_note import RequestNote, Unread
from cabinet.models.staff import Staff
from cabinet.models.user import User

MOST = 200  # requests of one phone that are looked at
SHOWN = 20


def others_of(request: ConnectionRequest) -> list[ConnectionRequest]:
    """Other requests of the same person, newest first; at most SHOWN."""
    theirs = ConnectionRequest.phone == request.phone
    if request.user_id:
        theirs |= ConnectionRequest.user == request.user_id
    found = list(ConnectionRequest.select().where(theirs).limit(MOST))  # sorted here: by their own indexes
    owners = _owners([request, *found])
    same = [one for one in found if one.id != request.id and _is_one_person(request, one, owners)]
    return sorted(same, key=lambda one: (one.created_at, one.id), reverse=True)[:SHOWN]


def may_merge(kept: ConnectionRequest, other: ConnectionRequest) -> bool:
    """Whether `other` may become a part of `kept`, which is open: they are two, and of one person."""
    if kept.id == other.id or not kept.is_open or other.merged_into:
        return False
    return _is_one_person(kept, other, _owners([kept, other]))


def _owners(requests: list[ConnectionRequest]) -> dict[str, User]:
    keys = {one.user_id for one in requests if one.user_id}
    return {user.id: user for user in User.select().where(User.id.in_(keys))} if keys else {}


def _is_one_person(one: ConnectionRequest, two: ConnectionRequest, owners: dict[str, User]) -> bool:
    """By the cabinet; else by the phone, unless it has passed on or may have between the two.

    Nor where a contact in MAX alone proved it for one of them: the other is of whoever has the SIM, and what
    staff write would go to the mailbox of the one that is kept.
    """
    if one.user_id and two.user_id:
        return one.user_id == two.user_id
    owner = owners.get(one.user_id or two.user_id or "")
    if owner and (owner.phone != one.phone or by_contact_alone(owner.id, owner.phone)):
        return False
    return one.phone == two.phone and _proof(one) == _proof(two) and _are_near(one, two)


def _proof(request: ConnectionRequest) -> str:
    """What proved the phone of a request of nobody's cabinet; of a cabinet's it says that itself."""
    return "" if request.user_id else request.proved_by or ""


def _are_near(one: ConnectionRequest, two: ConnectionRequest) -> bool:
    """Whether they came so soon after each other that the number was hardly given away between."""
    least = settings().prove_again_after
    return not least or abs(one.created_at - two.created_at) < timedelta(seconds=least)


def has_parts(request: ConnectionRequest) -> bool:
    """Whether others were merged into it."""
    joined = (RequestNote.request == request.id, RequestNote.kind == "joined")
    return bool(RequestNote.select().where(*joined).exists())


def followed(request: ConnectionRequest) -> ConnectionRequest:
    """The request that this one has become a part of, or itself."""
    while request.merged_into:
        kept = ConnectionRequest.get_or_none(ConnectionRequest.number == request.merged_into)
        if kept is None:  # it may be deleted
            break
        request = kept
    return request


def merge(number: str, other_number: str, staff: Staff, ip: str, seen: int, other_seen: int) -> bool:
    """Make the other request a part of the one of `number`; nobody outside is told but the systems.

    False, and nothing changes, when somebody was at work on either after the entries `seen` and
    `other_seen`, or when they cannot be merged.
    """
    with db.atomic():
        lock_names(f"casework:{number}", f"casework:{other_number}")
        rows = ConnectionRequest.select().where(ConnectionRequest.number.in_([number, other_number]))
        found = {row.number: row for row in rows}
        kept, other = found.get(number), found.get(other_number)
        if kept is None or other is None or not may_merge(kept, other):
            return False
        if (kept.last_entry(), other.last_entry()) != (seen, other_seen):
            return False
        _take_over(kept, other, staff)
        _close(kept, other, staff)
        person = {
            "name": kept.full_name,
            "phone": kept.phone,
            "email": kept.email,
            "user": kept.user_id or "",
        }
        data = {"number": other.number, "into": kept.number, **person, "at": now().isoformat()}
        Message.enqueue("staff", "request_merged", data=data)
        Audit.record("staff-request-merged", staff.actor, other.number, ip, into=kept.number)
        return True


def _take_over(kept: ConnectionRequest, other: ConnectionRequest, staff: Staff) -> None:
    """What was written about the other, and what only it says of the person."""
    theirs = RequestNote.request == other.id
    RequestNote.update(origin=other.number).where(theirs, RequestNote.origin.is_null()).execute()
    RequestNote.update(request=kept.id).where(theirs).execute()
    if Unread.delete().where(Unread.request == other.id).execute():
        Unread.insert(request=kept.id).on_conflict_ignore().execute()
    told = {"kind": "joined", "text": _told(other), "origin": other.number}
    if other.receipt:
        told |= {"file": other.receipt, "file_type": other.receipt_type}
    RequestNote.create(request=kept, staff=staff.id, **told)
    lacking = [name for name in ("email", "user", "assignee", "matched_account") if not getattr(kept, name)]
    lacking += () if kept.account else ("account", "account_key", "period", "amount")
    lacking += ("state",) if (kept.state, other.state) == ("new", "in_work") else ()
    for name in lacking:
        setattr(kept, name, getattr(other, name))
    if lacking:
        kept.save(only=lacking)  # the others may change meanwhile


def _told(other: ConnectionRequest) -> str:
    """What the other asked for, in lines."""
    lines = (other.full_name, other.phone, other.email, other.address, other.account, other.comment)
    return "\n".join(filter(None, lines))


def _close(kept: ConnectionRequest, other: ConnectionRequest, staff: Staff) -> None:
    """Close the other, and lead what was merged with it before to the one kept."""
    theirs = ConnectionRequest.phone == other.phone  # by an index: nothing else is of the same person
    if other.user_id:
        theirs |= ConnectionRequest.user == other.user_id
    earlier = (ConnectionRequest.merged_into == other.number, theirs)
    ConnectionRequest.update(merged_into=kept.number).where(*earlier).execute()
    other.state, other.closed_at = "done", other.closed_at or now()
    other.merged_into, other.receipt = kept.number, ""
    other.save(only=["state", "closed_at", "merged_into", "receipt"])
    RequestNote.create(request=other, staff=staff.id, kind="merged", text=kept.number)
