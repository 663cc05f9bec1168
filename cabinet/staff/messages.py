"""Messages: what waits, what was sent, what is dead and why; one more try for one or for all."""

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import ngettext
from peewee import Expression, Field
from werkzeug.wrappers import Response

from cabinet.models.base import db
from cabinet.models.message import LANES, Message
from cabinet.staff.guard import bp, note, show
from cabinet.staff.paging import page_of
from cabinet.web import advance, said, say

MOST_COUNTED = 1000
# states with the time that lists are ordered by; each has an index
STATES: dict[str, tuple[Expression, Field, bool]] = {
    "dead": (Message.dead(), Message.dead_at, False),
    "waiting": (Message.waiting(), Message.due_at, True),
    "sent": (Message.sent(), Message.sent_at, False),
}


@bp.get("/messages")
@bp.get("/messages/<state>")
def messages(state: str = "dead") -> Response:
    """One state's messages, latest first; those that wait in the order of their turn."""
    if state not in STATES:
        abort(404)
    mine, order, ascending = STATES[state]
    query = Message.select().where(mine)
    lane = request.args.get("lane", "")
    if lane in LANES:
        query = query.where(Message.lane == lane)
    page = page_of(query, order, Message.id, ascending)
    note("messages-listed", shown=[row.id for row in page.rows])
    return show(
        "messages.html",
        page=page,
        state=state,
        lane=lane if lane in LANES else "",
        lanes=LANES,
        dead=_count("dead"),
        waiting=_count("waiting"),
        notice=said(),
    )


@bp.get("/message/<message_id>")
def message(message_id: str) -> Response:
    """One message with all that is known of its delivery; not its words, which may be personal."""
    found = _find(message_id)
    note("message-seen", found.id)
    children = list(Message.select().where(Message.parent == found.id).order_by(Message.created_at))
    return show("message.html", message=found, state=state_of(found), children=children, notice=said())


@bp.post("/message/<message_id>/retry")
def retry_message(message_id: str) -> Response:
    """One more try for a dead message."""
    found = _find(message_id)
    with db.atomic():
        tried = found.retry()
        if tried:
            note("message-retried", found.id)
    if tried:
        say(_("Сообщение отправим ещё раз."))
    return advance("staff.message", message_id=found.id)


@bp.post("/messages/retry")
def retry_messages() -> Response:
    """One more try for every dead message that has not expired."""
    with db.atomic():
        count = Message.retry_all()
        note("messages-retried", count=count)
    say(ngettext("Отправим ещё раз %(num)d сообщение.", "Отправим ещё раз %(num)d сообщений.", count))
    return advance("staff.messages", state="dead")


def state_of(found: Message) -> str:
    """The name of a message's state, one of STATES."""
    if found.sent_at is not None:
        return "sent"
    return "dead" if found.dead_at is not None else "waiting"


def _count(state: str) -> str:
    """How many, in words: beyond MOST_COUNTED nobody waits for the sum."""
    count = Message.select(Message.id).where(STATES[state][0]).limit(MOST_COUNTED + 1).count()
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def _find(message_id: str) -> Message:
    found = Message.get_or_none(Message.id == message_id)
    if found is None:
        abort(404)
    return found
