"""`/api/events`: the feed of events for systems that ask; docs/webhooks.md is for their authors.

No session and no cookie: a bearer token alone says who asks. Answers are JSON, refusals too.
"""

import re
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, request
from werkzeug.exceptions import HTTPException

from cabinet.delivery.envelope import envelope
from cabinet.models.event_feed import MOST, Page, UnknownEventError, page_after
from cabinet.models.event_reader import EventReader
from cabinet.models.failures import AWAY
from cabinet.models.message import Message
from cabinet.telemetry import events
from cabinet.web.connection import connect
from cabinet.web.outage import RETRY_AFTER
from cabinet.web.sessions import session

bp = Blueprint("event_feed", __name__, url_prefix="/api")

USUAL = 100  # events of a page
EVENT_ID = re.compile(r"[A-Za-z0-9_-]{1,22}")
NUMBER = re.compile(r"[0-9]{1,4}")


@bp.before_request
def authorize() -> None:
    """Require the token of a reader."""
    connect()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    reader = EventReader.by_token(token.strip()) if scheme.lower() == "bearer" else None
    if reader is None:
        events.tell("event_reader_refused")
        abort(_refusal(401, "Send the reader's token: Authorization: Bearer …"))
    reader.seen()


@bp.get("/events")
def read_events() -> Response:
    """The events after the one that `after` names, or the oldest that are kept."""
    after, limit = request.args.get("after"), request.args.get("limit", str(USUAL))
    if after is not None and not EVENT_ID.fullmatch(after):
        abort(_refusal(400, "after is the id of an event: leave it out to begin with the oldest"))
    if not NUMBER.fullmatch(limit) or not 1 <= int(limit) <= MOST:
        abort(_refusal(400, f"limit is a number from 1 to {MOST}"))
    try:
        return _answer(page_after(after, int(limit)), after)
    except UnknownEventError:
        abort(_refusal(410, "The event after which you ask is not kept any more: begin without after"))


def _answer(page: Page, after: str | None) -> Response:
    return jsonify(
        events=[_shown(message) for message in page.events],
        next=page.events[-1].id if page.events else after,
        more=page.more,
    )


def _shown(message: Message) -> dict[str, Any]:
    return envelope(message.id, message.template, message.created_at, message.data)


def _refusal(status: int, words: str, retry_after: int = 0) -> Response:
    answer = make_response(jsonify(error=words), status)
    if retry_after:
        answer.headers["Retry-After"] = str(retry_after)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="events"'
    return answer


@bp.errorhandler(HTTPException)
def refused(error: HTTPException) -> Response:
    """What the outer limit or Flask refuses, in the words of this address."""
    if isinstance(error.response, Response):
        return error.response
    if error.code == 429:
        events.limit_reached("requests")
        return _refusal(429, "Too many requests", 60)
    return _refusal(error.code or 500, error.name)


def away(error: Exception) -> Response:
    """The database does not answer; to be asked again."""
    session.failure = error
    return _refusal(503, "Try again in a moment", RETRY_AFTER)


for failure in AWAY:
    bp.register_error_handler(failure, away)
