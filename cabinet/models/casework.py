"""What staff do with connection requests; every action adds an entry and an audit row."""

from typing import Any

from cabinet.models.audit import Audit
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.limits import take
from cabinet.models.locks import lock_names
from cabinet.models.message import Message
from cabinet.models.request import OPEN_STATES, ConnectionRequest
from cabinet.models.request_merging import followed
from cabinet.models.request_note import RequestNote, Unread
from cabinet.models.staff import Staff

# the transitions allowed from each state
WAYS = {
    "new": ("in_work", "refused"),
    "in_work": ("done", "refused", "new"),
    "done": ("in_work",),
    "refused": ("in_work",),
}


def ways_of(request: ConnectionRequest) -> tuple[str, ...]:
    """Where the request can go from here: nowhere, once it is a part of another."""
    return () if request.merged_into else WAYS[request.state]


class ChangedError(Exception):
    """Somebody moved the request, answered, or wrote a note since it was looked at."""


class UnreachableError(Exception):
    """The resident has neither that number any more nor a mailbox: whatever is sent reaches nobody."""


def move(request: ConnectionRequest, state: str, staff: Staff, ip: str, seen: int | None = None) -> bool:
    """Change the request's state and tell the resident; taking it into work also assigns it.

    False, and nothing changes, when somebody else was at work on it after the entry `seen` (see
    `ConnectionRequest.last_entry`), or the transition is not allowed. One refuses by `answer`, with words.
    """
    with db.atomic():
        lock_names(f"casework:{request.number}")
        if state == "refused" or seen not in (None, request.last_entry()):
            return False
        first = state == "in_work" and request.state == "new" and not _was_taken(request)
        moved = shift(request, state, staff, ip)
        if moved and (first or state == "done"):
            request.notify("request_done" if state == "done" else "request_taken")
        return moved


def _was_taken(request: ConnectionRequest) -> bool:
    """Whether its sender knows that somebody is at work on it."""
    told = (RequestNote.kind == "state", RequestNote.text == "in_work")
    return RequestNote.select().where(RequestNote.request == request, *told).exists()


def shift(
    request: ConnectionRequest, state: str, staff: Staff, ip: str, ways: tuple[str, ...] | None = None
) -> bool:
    """Change the state if it is the one that `request` was loaded with, and tell nobody; in a transaction.

    `ways`: where it may go, if not as usual.
    """
    if state not in (ways_of(request) if ways is None else ways):
        return False
    changes: dict[object, object] = {ConnectionRequest.state: state}
    changes[ConnectionRequest.closed_at] = None if state in OPEN_STATES else now()
    if state == "in_work":
        changes[ConnectionRequest.assignee] = staff.id
    if state == "new":
        changes[ConnectionRequest.assignee] = None
    moved = (
        ConnectionRequest.update(changes)
        .where(ConnectionRequest.number == request.number, ConnectionRequest.state == request.state)
        .execute()
    )
    if moved:
        RequestNote.create(request=request, staff=staff.id, kind="state", text=state)
        _take_up(request)
        Audit.record("staff-request-moved", staff.actor, request.number, ip, state=state)
    return bool(moved)


def hand_over(
    request: ConnectionRequest, colleague: Staff, staff: Staff, ip: str, seen: int | None = None
) -> bool:
    """Give an open request to somebody at work; a new one is thereby taken into work.

    False, and nothing changes, as for `move`; also for a closed request and for who has it already.
    """
    with db.atomic():
        lock_names(f"casework:{request.number}")
        if request.assignee == colleague.id or seen not in (None, request.last_entry()):
            return False
        first = request.state == "new" and not _was_taken(request)
        unchanged = (ConnectionRequest.number == request.number, ConnectionRequest.state == request.state)
        changes: dict[object, object] = {ConnectionRequest.assignee: colleague.id}
        changes[ConnectionRequest.state] = "in_work"
        open_now = ConnectionRequest.state.in_(OPEN_STATES)
        if not ConnectionRequest.update(changes).where(*unchanged, open_now).execute():
            return False
        if request.state == "new":
            RequestNote.create(request=request, staff=staff.id, kind="state", text="in_work")
        RequestNote.create(request=request, staff=staff.id, kind="handed", text=colleague.id)
        Audit.record("staff-request-handed", staff.actor, request.number, ip, to=colleague.actor)
        if first:
            request.notify("request_taken")
        return True


def next_after(request: ConnectionRequest) -> str:
    """The number of the new request that has waited longest, other than this; "" for none."""
    new = ConnectionRequest.select(ConnectionRequest.number).where(ConnectionRequest.state == "new")
    order = (ConnectionRequest.created_at, ConnectionRequest.number)
    waiting = [row.number for row in new.order_by(*order).limit(2)]
    return next((number for number in waiting if number != request.number), "")


def write_note(request: ConnectionRequest, text: str, staff: Staff, ip: str) -> None:
    """Add a note that only staff see."""
    with db.atomic():
        RequestNote.create(request=request, staff=staff.id, kind="note", text=text)
        _take_up(request)
        Audit.record("staff-request-noted", staff.actor, request.number, ip)


def answer(
    request: ConnectionRequest,
    text: str,
    channel: str,
    staff: Staff,
    ip: str,
    *,
    state: str = "",
    seen: int | None = None,
    file: str = "",
    file_type: str = "",
) -> bool:
    """Send a reply to the resident by "mail" or "sms", and close the request where `state` says so.

    Who has no number any more gets a letter. False for a second click. Nothing is sent, and raised are
    ChangedError when somebody else was at work on it after the entry `seen`, or `state` cannot be reached;
    and UnreachableError.
    """
    with db.atomic():
        lock_names(f"casework:{request.number}")
        if _is_repeated(request, text, staff):
            return False
        if request.merged_into or seen not in (None, request.last_entry()):
            raise ChangedError
        to = request.phone_now if channel == "sms" else ""
        if not (to or request.email):
            raise UnreachableError
        told = {"kind": "reply", "text": text, "file": file, "file_type": file_type}
        RequestNote.create(request=request, staff=staff.id, **told)
        _take_up(request)
        if state and not shift(request, state, staff, ip):
            raise ChangedError
        channel = channel if to else "mail"
        Message.enqueue(
            channel,
            "staff_reply",
            to=to or request.email,
            data=letter_data(request, text, channel, state, bool(file)),
            locale=request.locale,
            blank_after=True,  # the request's history keeps the words
        )
        Audit.record("staff-request-answered", staff.actor, request.number, ip, lane=channel)
        return True


def letter_data(
    request: ConnectionRequest, text: str, channel: str, state: str, has_file: bool
) -> dict[str, Any]:
    """What the template `staff_reply` says by "mail" or "sms"."""
    name = request.first_name if channel == "sms" or request.mailbox_is_proved else ""
    closed = {"state": state} if state else {}
    return {
        "name": name,
        "number": request.number,
        "text": text,
        **closed,
        **({"file": True} if has_file else {}),
    }


def write_back(request: ConnectionRequest, text: str, ip: str, file: str = "", file_type: str = "") -> bool:
    """Write down what the resident answers, and tell the staff; `file` is the name of a stored one.

    It goes to the request that this one has become a part of, where it has. False for a second click. Raises
    TooManyError at a limit.
    """
    with db.atomic():
        request = _held(request)
        last = (
            RequestNote.select().where(RequestNote.request == request).order_by(RequestNote.id.desc()).first()
        )
        if last and (last.kind, last.text) == ("answer", text) and bool(last.file) == bool(file):
            return False
        take("request-answer", request.phone)
        told = {"kind": "answer", "text": text, "file": file, "file_type": file_type}
        RequestNote.create(request=request, **told)
        Unread.insert(request=request.id).on_conflict_ignore().execute()
        user = request.user_id or ""
        data = {"number": request.number, "name": request.full_name, "text": text, "file": bool(file)}
        person = {"phone": request.phone, "email": request.email, "user": user, "at": now().isoformat()}
        Message.enqueue("staff", "request_answered", data={**data, **person})
        Audit.record("request-answered", f"user:{user}" if user else "visitor", request.number, ip)
        return True


def _held(request: ConnectionRequest) -> ConnectionRequest:
    """The request as it is now, or the one it is a part of by now, to which nothing happens meanwhile."""
    lock_names(f"casework:{request.number}")
    fresh = ConnectionRequest.get_or_none(ConnectionRequest.id == request.id) or request
    kept = followed(fresh)
    return fresh if kept.number == fresh.number else _held(kept)


def mark_read(request: ConnectionRequest, staff: Staff, ip: str) -> None:
    """Somebody has read what the resident wrote, and there is nothing to answer."""
    with db.atomic():
        if _take_up(request):
            Audit.record("staff-request-read", staff.actor, request.number, ip)


def _take_up(request: ConnectionRequest) -> bool:
    return bool(Unread.delete().where(Unread.request == request.id).execute())


def _is_repeated(request: ConnectionRequest, text: str, staff: Staff) -> bool:
    """Whether the last that happened is this very reply, with or without the closing that came with it."""
    last = list(
        RequestNote.select().where(RequestNote.request == request).order_by(RequestNote.id.desc()).limit(2)
    )
    if last and last[0].kind == "state" and last[0].staff == staff.id and last[0].text not in OPEN_STATES:
        last.pop(0)
    return bool(last) and (last[0].kind, last[0].text, last[0].staff) == ("reply", text, staff.id)
