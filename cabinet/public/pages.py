"""Pages outside the journeys: legal texts, help, health."""

from flask import Blueprint, abort, current_app, g
from werkzeug.wrappers import Response

from cabinet.models import Heartbeat
from cabinet.models.failures import AWAY
from cabinet.models.heartbeat import WORKER_SILENCE
from cabinet.models.readiness import Readiness
from cabinet.web.connection import connect
from cabinet.web.flow import page
from cabinet.wording import documents

bp = Blueprint("pages", __name__)


@bp.get("/consent", defaults={"kind": "consent", "version": None})
@bp.get("/terms", defaults={"kind": "terms", "version": None})
@bp.get("/privacy", defaults={"kind": "privacy", "version": None})
@bp.get("/consent/<version>", defaults={"kind": "consent"})
@bp.get("/terms/<version>", defaults={"kind": "terms"})
@bp.get("/privacy/<version>", defaults={"kind": "privacy"})
def document(kind: str, version: str | None) -> Response:
    """A legal text: the current version, or a given one."""
    try:
        text = documents.version_of(kind, version) if version else documents.current(kind)
    except LookupError:
        abort(404)
    return page("document.html", document=text)


@bp.get("/help")
def support() -> Response:
    """How to reach support."""
    return page("help.html")


@bp.get("/healthz")
def healthz() -> Response:
    """For load balancers: the process answers `ok` and its version, whatever the database does."""
    return _plain(f"ok {current_app.config['VERSION']}", 200)


@bp.get("/readyz")
def readyz() -> Response:
    """For load balancers: whether this host can serve. A silent worker is named, and no reason against it."""
    readiness: Readiness = current_app.extensions["readiness"]
    try:
        connect()
        missing = readiness.missing()
        age = None if missing else Heartbeat.age("worker")
    except AWAY:
        missing = "database"
    if missing:
        return _plain(missing, 503)
    return _plain("ok" if age is not None and age <= WORKER_SILENCE else "ok\nworker silent", 200)


def _plain(text: str, status: int) -> Response:
    g.no_session_cookie = True
    return Response(text + "\n", status, mimetype="text/plain")
