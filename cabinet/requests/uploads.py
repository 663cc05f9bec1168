"""Raises the size limit for the one form that takes a file, for those who may send it."""

from flask import Flask, request
from werkzeug.wrappers import Response

from cabinet.requests.sender import current_sender
from cabinet.web.flow import start_over

LARGEST_BODY = 32 * 1024 * 1024  # more than a receipt may have: a form with too large a file is answered


def init_app(app: Flask) -> None:
    """To be called before anything else that reads forms is set up."""
    app.before_request(make_room)


def make_room() -> Response | None:
    """Raise the limit only for them; files from others are not even read."""
    if request.endpoint != "requests.submit_new":
        return None
    if current_sender() is None:
        return start_over()
    request.max_content_length = LARGEST_BODY
    return None
