"""Endpoints by which the page's script gets, hands over and takes over a session without cookies."""

from flask import Blueprint, g, jsonify, request
from flask_login import current_user
from werkzeug.wrappers import Response

from cabinet.models import WebSession
from cabinet.web import session_keys as keys
from cabinet.web.sessions import session
from cabinet.web.tokens import new_token

bp = Blueprint("session", __name__, url_prefix="/session")


@bp.get("")
def token() -> Response:
    """A session token for a page that gets no cookie from its browser; nothing if cookies work."""
    presented = session.presented
    g.no_session_cookie = True
    return Response(status=204) if presented else jsonify(token=new_token())


@bp.post("/hand-over")
def hand_over() -> Response:
    """A code for a new tab of a browser that stores nothing; none if a cookie holds the session."""
    if session.by_cookie or not session.row:
        return Response(status=204)
    return jsonify(code=WebSession.hand_over(session.key))


@bp.post("/take-over")
def take_over() -> Response:
    """Take over the session of the frame whose code this is, unless somebody is signed in here."""
    data = None if current_user.is_authenticated else WebSession.take_over(request.form.get("code", ""))
    if data:
        session.update({name: value for name, value in data.items() if name not in keys.STAFF_KEYS})
        session.rotate()
    return Response(status=204)
