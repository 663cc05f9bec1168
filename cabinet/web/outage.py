"""The database is away or hangs: every page says so at once, and what was typed is kept.

Nothing here needs the database, nor a session that was read from it.
"""

from flask import Flask, Response, url_for
from flask_babel import gettext as _

from cabinet.forms.base import SECRETS
from cabinet.telemetry import cause
from cabinet.web.current import request
from cabinet.web.flow import by_htmx, page
from cabinet.web.sessions import session

RETRY_AFTER = 5  # seconds
LARGEST_FORM = 64 * 1024  # characters of what was typed that are shown again


def init_app(app: Flask) -> None:
    """To be called before whatever looks at the session."""
    app.before_request(stop_without_database)


def stop_without_database() -> None:
    """Raise here, where handlers can answer, what kept the session from being read."""
    if session.failure:
        raise session.failure


def database_away(error: Exception) -> Response:
    """Say that it is our fault and offer to send the same again; with htmx the step just stays as it is."""
    session.failure = error  # nothing of it is written, and nobody's it is on this page
    session.disown()
    if by_htmx():
        response = Response(_("Кабинет сейчас не отвечает."), 503)  # the page's script offers to try again
    else:
        typed = _typed()
        action = url_for(str(request.endpoint), **(request.view_args or {})) if typed else ""
        response = page("away.html", 503, typed=typed, action=action, request_id=cause.current())
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _typed() -> list[tuple[str, str]]:
    """What a form brought, to be sent again; nothing if it has a password, which no page may contain."""
    if (
        not request.endpoint
        or request.method != "POST"
        or request.mimetype != "application/x-www-form-urlencoded"
    ):
        return []
    if (request.content_length or LARGEST_FORM) >= LARGEST_FORM:
        return []
    typed = list(request.form.items(multi=True))
    return [] if SECRETS.intersection(name for name, _value in typed) else typed
