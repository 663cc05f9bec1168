"""The files of a connection request: its receipt, and what came with replies and answers.

Each can be kept, and looked at as a picture. Only what was drawn anew by us is shown, as a picture that the
browser runs nothing of.
"""

from flask import abort
from werkzeug.wrappers import Response

from cabinet.models.request import ConnectionRequest
from cabinet.models.request_note import RequestNote
from cabinet.staff.guard import bp, get_or_404, record
from cabinet.web.stored_file import download, picture, stored_path


@bp.get("/request/<number>/receipt")
def request_receipt(number: str) -> Response:
    """The file that came with the request, to keep."""
    found = _with_receipt(number)
    record("receipt-downloaded", found.number)
    return download(found.receipt, found.receipt_type, found.number)


@bp.get("/request/<number>/receipt/picture")
def request_receipt_picture(number: str) -> Response:
    """The file that came with the request, to look at."""
    found = _with_receipt(number)
    seen = picture(found.receipt, found.receipt_type)
    record("receipt-seen", found.number)
    return seen


@bp.get("/request/<number>/files/<entry>")
def request_file(number: str, entry: str) -> Response:
    """A file that came with a reply or an answer, to keep."""
    found, note = _entry(number, entry)
    record("request-file-downloaded", found.number, entry=note.id)
    return download(note.file, note.file_type, f"{number}-{note.id}")


@bp.get("/request/<number>/files/<entry>/picture")
def request_file_picture(number: str, entry: str) -> Response:
    """A file that came with a reply or an answer, to look at."""
    found, note = _entry(number, entry)
    seen = picture(note.file, note.file_type)
    record("request-file-seen", found.number, entry=note.id)
    return seen


def _with_receipt(number: str) -> ConnectionRequest:
    found: ConnectionRequest = get_or_404(ConnectionRequest, ConnectionRequest.number == number)
    stored_path(found.receipt)
    return found


def _entry(number: str, entry: str) -> tuple[ConnectionRequest, RequestNote]:
    found: ConnectionRequest = get_or_404(ConnectionRequest, ConnectionRequest.number == number)
    with_files = {str(one.id): one for one in found.notes() if one.file}
    note = with_files.get(entry) or abort(404)
    stored_path(note.file)
    return found, note
