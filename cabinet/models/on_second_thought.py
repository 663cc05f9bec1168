"""What staff take back on a request: a note of their own, and that its resident waits for no answer."""

from collections.abc import Iterable

from cabinet.models.audit import Audit
from cabinet.models.database import db
from cabinet.models.locks import lock_names
from cabinet.models.request import ConnectionRequest
from cabinet.models.request_note import TAKEN_BACK, RequestNote, Unread
from cabinet.models.staff import Staff


def take_back_note(request: ConnectionRequest, entry: int, staff: Staff, ip: str) -> str | None:
    """Empty a note of this member of staff; returns its words, None where there is none of theirs.

    The entry stays: were its key used again, pages with an older history would seem to show the newest.
    """
    mine = (RequestNote.id == entry, RequestNote.request == request.id, RequestNote.kind == "note")
    with db.atomic():
        lock_names(f"casework:{request.number}")
        note = RequestNote.get_or_none(*mine, RequestNote.staff == staff.id)
        if note is None:
            return None
        RequestNote.update(kind=TAKEN_BACK, text="").where(RequestNote.id == note.id).execute()
        Audit.record("staff-request-note-taken-back", staff.actor, request.number, ip)
        return str(note.text)


def was_not_answered(entries: Iterable[RequestNote]) -> bool:
    """Whether the resident wrote after all that was said to them."""
    said = [entry.kind for entry in entries if entry.kind in ("reply", "answer")]
    return said[-1:] == ["answer"]


def let_wait_again(request: ConnectionRequest, staff: Staff, ip: str) -> bool:
    """The resident waits for an answer after all. False where they wrote nothing, or it is closed."""
    with db.atomic():
        lock_names(f"casework:{request.number}")
        fresh: ConnectionRequest = ConnectionRequest.get_by_id(request.id)
        entries = fresh.notes()
        if not (fresh.is_open and was_not_answered(entries)):
            return False
        written = [entry for entry in entries if entry.kind == "answer"]
        waits = Unread.insert(request=request.id, at=written[-1].at).on_conflict_ignore()
        if waits.as_rowcount().execute():
            Audit.record("staff-request-waits-again", staff.actor, request.number, ip)
        return True
