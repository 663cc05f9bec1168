"""Server-side sessions behind Flask's `session`: one row each, keyed by a token that only the browser holds.

The token travels in a cookie. Where a browser gives the frame no cookie, the page's script asks for a token,
keeps it and sends it as the header X-Cabinet-Session. It is 256 random bits and a signature; the table knows
its digest only.
A visitor who has done nothing costs no row: until the first write everything is derived from the token.
"""

import hashlib
import hmac
import secrets
from typing import Any, cast

import flask
from flask import Flask, Request, Response, g, request
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from cabinet.models.attempt import advisory_lock
from cabinet.models.base import settings
from cabinet.models.database import db
from cabinet.models.session import WebSession
from cabinet.models.signing import keyed
from cabinet.web import session_keys as keys
from cabinet.web.extensions import csrf
from cabinet.web.security import UNSAFE, client_address, user_agent

HEADER = "X-Cabinet-Session"


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What views see as `session`."""

    def __init__(self, token: str, data: dict[str, Any], row: WebSession | None, presented: bool) -> None:
        def changed(session: "ServerSession") -> None:
            session.modified = True

        super().__init__(data, changed)
        self.token = token
        self.row = row
        self.presented = presented  # the browser sent this token itself
        self.by_cookie = False  # … and by its cookie, not in a header that the page's script set
        self.modified = False
        self.accessed = True
        self.replaces_ended = False  # the browser presented a token whose session has ended
        self.rotate_to: str | None = None
        self.moved = False  # the token was replaced already, not only when the request ends

    @property
    def key(self) -> str:
        """The primary key of the session's row."""
        return digest(self.token)

    def lock(self) -> None:
        """Hold other requests of this session until the transaction ends, and see what they wrote."""
        advisory_lock(f"session:{self.key}")
        row = WebSession.find(self.key)
        if row:
            self.row = row
            self.update(row.data)

    def keep(self) -> None:
        """Write what changed now, inside the caller's transaction, instead of after the request."""
        if self.row:
            WebSession.change(self.key, dict(self), self.get(keys.USER_ID), client_address())
        else:
            WebSession.store(self.key, dict(self), self.get(keys.USER_ID), client_address(), user_agent())
            self.row = WebSession.find(self.key)
        self.modified = False

    def renew(self) -> None:
        """Become a fresh visitor's session with a new token; the row must have been ended."""
        self.token, self.row, self.moved = new_token(), None, True
        self.presented = self.presented and not self.by_cookie
        self[keys.CSRF_TOKEN] = _csrf_secret(self.token)
        self.modified = False

    def rotate(self) -> None:
        """Take a new token, because rights are gained: a token planted or seen before becomes worthless."""
        self.rotate_to = new_token()
        self.modified = True

    def move(self) -> None:
        """Take a new token at once, inside the caller's transaction; whoever has the old one has no rights.

        For a while it keeps that open forms are its own, so that a second click is led on like any visitor.
        """
        WebSession.strip(self.key, {keys.CSRF_TOKEN: self.get(keys.CSRF_TOKEN)})
        self.token, self.row, self.rotate_to, self.moved = new_token(), None, None, True
        self.keep()

    def disown(self) -> None:
        """Forget whose session it was and all that they did in it."""
        for name in (*keys.RESIDENT_KEYS, *keys.LOGIN_KEYS):
            self.pop(name, None)


session = cast(ServerSession, flask.session)  # Flask's own proxy, under the type that it has here


def new_token() -> str:
    """A fresh signed token."""
    raw = secrets.token_urlsafe(32)
    return f"{raw}.{_sign(raw)}"


def digest(token: str) -> str:
    """The key under which a token's row is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def _sign(raw: str) -> str:
    return keyed("session", raw)[:12].hex()


def _genuine(token: str | None) -> bool:
    raw, _, signature = (token or "").partition(".")
    return (
        len(raw) == 43
        and raw.isascii()
        and signature.isascii()
        and hmac.compare_digest(signature, _sign(raw))
    )


def _csrf_secret(token: str) -> str:
    return keyed("csrf", token).hex()


class TableSessions(SessionInterface):
    """Opens and saves `ServerSession`s. Sends a cookie only when the token is new to the browser."""

    def cookie_name(self) -> str:
        """The cookie's name; the `__Host-` prefix needs https."""
        return "__Host-cabinet" if settings().secure else "cabinet"

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """The session that the request's token names, or a fresh one."""
        connect()
        cookie = request.cookies.get(self.cookie_name())
        for token, by_cookie in ((request.headers.get(HEADER), False), (cookie, True)):
            if token and _genuine(token):
                row = WebSession.get_or_none(WebSession.key == digest(token))
                if row and not row.live:
                    session = _after(row)
                else:
                    data = dict(row.data) if row else {keys.CSRF_TOKEN: _csrf_secret(token)}
                    session = ServerSession(token, data, row, presented=True)
                session.by_cookie = by_cookie
                return session
        token = new_token()
        return ServerSession(token, {keys.CSRF_TOKEN: _csrf_secret(token)}, None, presented=False)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Write what changed; give the browser its token if it has another or none."""
        response.vary.update(["Cookie", HEADER])
        data, user_id = dict(session), session.get(keys.USER_ID)
        agent, ip = user_agent(), client_address()
        if session.rotate_to:
            if session.row and not WebSession.retire(session.key) and session.row.user_id == user_id:
                # signed out meanwhile, elsewhere: a new token is no way round that
                session.disown()
                data, user_id = dict(session), None
            session.token, session.row = session.rotate_to, None
            WebSession.store(session.key, data, user_id, ip, agent)
        elif session.modified and session.row:
            WebSession.change(session.key, data, user_id, ip)
        elif session.modified:
            WebSession.store(session.key, data, user_id, ip, agent)
        elif session.row:
            session.row.touch(ip)
        if session.presented and not session.by_cookie:
            response.headers[HEADER] = session.token  # for the page's script, which keeps it
        elif _needs_cookie(session) and not getattr(g, "no_session_cookie", False):
            response.set_cookie(self.cookie_name(), session.token, **cookie_options())


def _needs_cookie(session: ServerSession) -> bool:
    """Whether the browser has another token than this, or none.

    A form that comes without any may be another site's, sent without the visitor's cookie (SameSite=Lax): a
    cookie in the answer would replace theirs.
    """
    if session.moved:
        return True
    if not session.presented:
        return request.method not in UNSAFE
    return bool(session.rotate_to or session.replaces_ended)


def _after(ended: WebSession) -> ServerSession:
    """A new session for the browser of one that has ended: it keeps only that its open forms are its own."""
    token = new_token()
    data = {keys.CSRF_TOKEN: ended.data.get(keys.CSRF_TOKEN) or _csrf_secret(token)}
    session = ServerSession(token, data, None, presented=True)
    session.replaces_ended = session.modified = True
    return session


def cookie_options() -> dict[str, Any]:
    """The attributes of our cookies: partitioned where the cabinet is cross-site to its embedding page."""
    cross = settings().cookie_mode == "cross-site"
    return {
        "httponly": True,
        "secure": settings().secure or cross,
        "samesite": "None" if cross else "Lax",
        "partitioned": cross,
        "path": "/",
    }


def connect() -> None:
    """Open the database for this request; closed when it ends."""
    g.opened_database = db.connect(reuse_if_open=True)


def init_app(app: Flask) -> None:
    """Use the table for `session`."""
    app.session_interface = TableSessions()
    app.before_request(require_csrf_token)
    app.teardown_request(disconnect)


def require_csrf_token() -> None:
    """A token that the page's own script sends cannot be sent by another site: it is proof enough."""
    if session.presented and not session.by_cookie:
        g.csrf_valid = True
    else:
        csrf.protect(apply_exemptions=True)


def disconnect(_error: BaseException | None) -> None:
    """Close the database, if this request opened it."""
    if g.pop("opened_database", False) and not db.is_closed():
        db.close()
