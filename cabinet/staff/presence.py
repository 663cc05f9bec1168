"""Tells colleagues who has a request open right now; an obstacle to nobody (see `models/presence.py`)."""

from flask import Response, g, jsonify, request
from flask_babel import format_time
from flask_babel import gettext as _

from cabinet.models import presence
from cabinet.models.presence import Presence
from cabinet.models.request import ConnectionRequest
from cabinet.staff.guard import bp, current_staff
from cabinet.staff.names import staff_names
from cabinet.wording.typography import tie


@bp.post("/presence")
def tell_presence() -> Response:
    """Who else is where; asked again and again by a page that is open, which is no use of the session.

    `number` is the request that this browser shows, if any, `writing` says that a reply is begun there,
    `left` that it is shown no more.
    """
    g.unattended = True
    number, me = request.form.get("number", ""), current_staff().id
    found = None
    if number.isalnum():
        found = ConnectionRequest.get_or_none(ConnectionRequest.number == number)
    if found and "left" in request.form:
        presence.leave(found.id, me)
    elif found:
        presence.come(found.id, me, "writing" in request.form)
    return jsonify(who_else())


def who_else() -> dict[str, str]:
    """Who has a request open besides whoever asks, in words, by the requests' numbers."""
    marks = presence.others(current_staff().id)
    if not marks:
        return {}
    marked = ConnectionRequest.id.in_([mark.request_id for mark in marks])
    rows = ConnectionRequest.select(ConnectionRequest.id, ConnectionRequest.number).where(marked)
    numbers = {row.id: row.number for row in rows}
    names, told = staff_names(), dict[str, list[str]]()
    for mark in marks:
        if number := numbers.get(mark.request_id):
            told.setdefault(number, []).append(_words(mark, names.get(mark.staff, "")))
    return {number: tie("; ".join(words)) for number, words in told.items()}


def _words(mark: Presence, who: str) -> str:
    when = format_time(mark.since, "HH:mm")
    told = {"who": who, "when": when}
    if mark.writing:
        return str(_("%(who)s, с %(when)s, пишет ответ", **told))
    return str(_("%(who)s, с %(when)s", **told))
