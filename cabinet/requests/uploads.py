"""Raises the size limit for the forms that take a file, for those who may send it."""

from flask import Flask
from werkzeug.wrappers import Response

from cabinet.forms.sent_file import LARGEST_BODY
from cabinet.requests.sender import current_sender
from cabinet.web import session_keys as keys
from cabinet.web.current import request
from cabinet.web.flow import start_over
from cabinet.web.sessions import session

WITH_FILES = (
    *("requests.submit_new", "requests.submit_answer"),
    *("register.read_photo", "home.read_photo", "returning.read_photo", "merging_receipt.read_photo"),
)


def init_app(app: Flask) -> None:
    """To be called after the guards that read no form, and before anything that reads one."""
    app.before_request(make_room)


def make_room() -> Response | None:
    """Raise the limit only for them; files from others are not even read.

    Others are told so at once if their form is too large to look for its token; then nothing is kept of it.
    """
    if request.endpoint not in WITH_FILES:
        return None
    if current_sender() is not None or session.get(keys.RETURNING):
        request.max_content_length = LARGEST_BODY
        return None
    too_large = (request.content_length or 0) > (request.max_content_length or 0)
    return start_over() if too_large else None
