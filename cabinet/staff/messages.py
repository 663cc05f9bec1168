"""The outbox: waiting, sent and dead messages, those to one receiver, and retries."""

from contextlib import suppress

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import ngettext
from peewee import Expression, Field
from werkzeug.wrappers import Response

from cabinet import fields
from cabinet.models.database import db
from cabinet.models.message import CHANNELS, Message
from cabinet.staff.deliveries import tries_of
from cabinet.staff.delivery_words import REASONS
from cabinet.staff.delivery_words import STATES as WORDS
from cabinet.staff.guard import bp, get_or_404, record, show
from cabinet.staff.message_names import message_names
from cabinet.staff.paging import PAGE, Page, page_of
from cabinet.staff.resting import resting
from cabinet.staff.search import MESSAGES
from cabinet.staff.sorting import Order
from cabinet.web.flow import advance, flash, flashed

MOST_COUNTED = 1000
# states with the time that lists are ordered by; each has an index
STATES: dict[str, tuple[Expression, Field]] = {
    "dead": (Message.dead(), Message.dead_at),
    "waiting": (Message.waiting(), Message.due_at),
    "sent": (Message.sent(), Message.sent_at),
}
USUAL = {"waiting": "when", "found": "-created"}  # how a list is in order, where not "-when"


@bp.get("/messages")
@bp.get("/messages/<state>")
def messages(state: str = "dead") -> Response:
    """One state's messages, latest first, those that wait in the order of their turn; or those found."""
    if state not in STATES and state != "found":
        abort(404)
    channel = request.args.get("lane", "")
    channel = channel if channel in CHANNELS else ""
    order = Order.asked(USUAL.get(state, "-when"))
    page = _found(order) if state == "found" else _of_state(state, channel, order)
    record("messages-listed", shown=[row.id for row in page.rows])
    return show(
        "messages.html",
        page=page,
        order=order,
        when=lambda row: getattr(row, STATES[state][1].name),
        times={"dead": _("Не доставлено"), "waiting": _("Следующая попытка"), "sent": _("Отправлено")},
        search=MESSAGES.form(),
        state=state,
        channel=channel,
        channels=CHANNELS,
        dead=_count("dead"),
        waiting=_count("waiting"),
        resting=resting(),
        state_of=state_of,
        reasons=REASONS,
        names=message_names(),
        notice=flashed(),
    )


@bp.post("/messages")
def submit_messages() -> Response:
    """Search; the receiver is personal and stays out of addresses."""
    MESSAGES.submit()
    return advance("staff.messages", state="found")


def _of_state(state: str, channel: str, order: Order) -> Page[Message]:
    mine, when = STATES[state]
    query = Message.select().where(mine)
    if channel:
        query = query.where(Message.channel == channel)
    return page_of(query, when, Message.id, order.is_ascending)


def _found(order: Order) -> Page[Message]:
    """The latest messages to this phone or address, or the first."""
    query = MESSAGES.query
    mine = Message.select().where(Message.to == _receiver(query))
    way = Message.created_at.asc() if order.is_ascending else Message.created_at.desc()
    return Page(list(mine.order_by(way).limit(PAGE)) if query else [], "", True)


def _receiver(typed: str) -> str:
    """A phone or an address as messages have it."""
    for read in (fields.phone, fields.email):
        with suppress(fields.FieldError):
            return read(typed)
    return typed


@bp.get("/message/<message_id>")
def message(message_id: str) -> Response:
    """One message with all that is known of its delivery; not its words, which may be personal."""
    found = get_or_404(Message, Message.id == message_id)
    record("message-seen", found.id)
    children = list(Message.select().where(Message.parent == found.id).order_by(Message.created_at))
    return show(
        "message.html",
        message=found,
        state=state_of(found),
        children=children,
        tries=tries_of(found),
        words=WORDS,
        reasons=REASONS,
        names=message_names(),
        may_retry=found.template != "code",  # another code is the resident's to ask for
        notice=flashed(),
    )


@bp.post("/message/<message_id>/retry")
def retry_message(message_id: str) -> Response:
    """One more try for a dead message."""
    found = get_or_404(Message, Message.id == message_id)
    with db.atomic():
        tried = found.template != "code" and found.retry()
        if tried:
            record("message-retried", found.id)
    if tried:
        flash(_("Сообщение отправим ещё раз."))
    return advance("staff.message", message_id=found.id)


@bp.post("/messages/retry")
def retry_messages() -> Response:
    """One more try for every dead message that has not expired."""
    with db.atomic():
        count = Message.retry_all()
        record("messages-retried", count=count)
    flash(ngettext("Отправим ещё раз %(num)d сообщение.", "Отправим ещё раз %(num)d сообщений.", count))
    return advance("staff.messages", state="dead")


def state_of(found: Message) -> str:
    """The name of a message's state, one of STATES."""
    if found.sent_at is not None:
        return "sent"
    return "dead" if found.dead_at is not None else "waiting"


def _count(state: str) -> str:
    """The count as text; counting stops at MOST_COUNTED."""
    count = Message.select(Message.id).where(STATES[state][0]).limit(MOST_COUNTED + 1).count()
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
