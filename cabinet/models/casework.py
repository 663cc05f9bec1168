"""What staff do with connection requests; every action adds an entry and an audit row."""

from cabinet.models.attempt import advisory_lock
from cabinet.models.audit import Audit
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.message import Message
from cabinet.models.request import OPEN_STATES, ConnectionRequest, RequestNote
from cabinet.models.staff import Staff

# the transitions allowed from each state
WAYS = {
    "new": ("in_work", "refused"),
    "in_work": ("done", "refused", "new"),
    "done": ("in_work",),
    "refused": ("in_work",),
}


def move(request: ConnectionRequest, state: str, staff: Staff, ip: str) -> bool:
    """Change the request's state; taking it into work also assigns it.

    False, and nothing changes, when somebody else moved it meanwhile or the transition is not allowed.
    """
    if state not in WAYS[request.state]:
        return False
    changes: dict[object, object] = {ConnectionRequest.state: state}
    changes[ConnectionRequest.closed_at] = None if state in OPEN_STATES else now()
    if state == "in_work":
        changes[ConnectionRequest.assignee] = staff.id
    if state == "new":
        changes[ConnectionRequest.assignee] = None
    with db.atomic():
        moved = (
            ConnectionRequest.update(changes)
            .where(ConnectionRequest.number == request.number, ConnectionRequest.state == request.state)
            .execute()
        )
        if moved:
            RequestNote.create(request=request, staff=staff.id, kind="state", text=state)
            Audit.record("staff-request-moved", staff.actor, request.number, ip, state=state)
        return bool(moved)


def write_note(request: ConnectionRequest, text: str, staff: Staff, ip: str) -> None:
    """Add a note that only staff see."""
    with db.atomic():
        RequestNote.create(request=request, staff=staff.id, kind="note", text=text)
        Audit.record("staff-request-noted", staff.actor, request.number, ip)


def answer(request: ConnectionRequest, text: str, channel: str, staff: Staff, ip: str) -> bool:
    """Send a reply to the resident by "mail" or "sms". False for a second click."""
    name = request.first_name if channel == "sms" or request.mailbox_is_proved else ""
    with db.atomic():
        advisory_lock(f"answer:{request.number}")
        last = (
            RequestNote.select().where(RequestNote.request == request).order_by(RequestNote.at.desc()).first()
        )
        if last and last.kind == "reply" and last.text == text and last.staff == staff.id:
            return False
        RequestNote.create(request=request, staff=staff.id, kind="reply", text=text)
        Message.enqueue(
            channel,
            "staff_reply",
            to=request.email if channel == "mail" else request.phone,
            data={"name": name, "number": request.number, "text": text},
            locale=request.locale,
            blank_after=True,  # the request's history keeps the words
        )
        Audit.record("staff-request-answered", staff.actor, request.number, ip, lane=channel)
        return True
