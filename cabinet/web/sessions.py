"""Server-side sessions behind Flask's `session`: one row each, keyed by a token that only the browser holds.

The token travels in a cookie. Where a browser gives the frame no cookie, the page's script asks for a token,
keeps it and sends it as the header X-Cabinet-Session. It is 256 random bits, signed; the table has a digest.
A visitor who has done nothing costs no row: until the first write everything is derived from the token.
"""

from typing import Any, cast

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from cabinet.models.base import settings
from cabinet.models.failures import AWAY
from cabinet.models.locks import lock_names
from cabinet.models.registration import Registration
from cabinet.models.session import WebSession
from cabinet.models.unit import whole
from cabinet.models.user import User
from cabinet.models.visit import Visit, visit_of
from cabinet.passwords.hashing import BusyError
from cabinet.web import session_keys as keys
from cabinet.web.connection import connect, disconnect, hashes_password, needs_database
from cabinet.web.current import Session, g, request
from cabinet.web.extensions import csrf, hasher
from cabinet.web.security import UNSAFE, client_address, user_agent, vary
from cabinet.web.staying import cookie_life, kept_until
from cabinet.web.tokens import cookie_options, csrf_secret, digest, genuine, new_token

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
        self.rotated = False
        self.user: User | None = None  # whose it is, as it was read with the row
        self.visit: Visit | None = None  # … and what else was read with it
        self.failure: Exception | None = None  # what kept it from being read
        self.moved = False  # the token was replaced already, not only when the request ends

    @property
    def key(self) -> str:
        """The primary key of the session's row."""
        return digest(self.token)

    def registration_of(self, name: str) -> Registration | None:
        """The registration whose id is kept under `name`, unless it has expired."""
        wanted, read = self.get(name), self.visit and self.visit.registration
        if read is None or read.id != wanted:
            return Registration.find(wanted)
        return None if read.expired else read

    def lock(self) -> None:
        """Hold other requests of this session until the transaction ends, and see what they wrote."""
        lock_names(f"session:{self.key}")
        if row := WebSession.find(self.key):
            self.row = row
            self.update(row.data)

    def keep(self) -> None:
        """Write what changed now, inside the caller's transaction, instead of after the request."""
        ip, row = client_address(), self.row
        if self.rotate_to:
            self._replace(self.rotate_to)
        elif row is None:
            self._store()
        elif (data := (dict(self), self.get(keys.USER_ID))) == (row.data, row.user_id):
            row.touch(ip)  # what was changed was changed back, as by a note that was shown at once
        else:
            WebSession.change(self.key, *data, ip)
            row.data, row.user_id = data
        self.modified = False

    @whole
    def _replace(self, token: str) -> None:
        """Go on under another token; whoever has the old one keeps for a while the rights it had."""
        row, user_id = self.row, self.get(keys.USER_ID)
        if row and not WebSession.retire(self.key) and row.user_id == user_id:
            self.disown()  # signed out meanwhile, elsewhere: a new token is no way round that
        self.token, self.rotate_to, self.rotated = token, None, True
        self._store()

    def _store(self) -> None:
        mine = self.get(keys.USER_ID), client_address(), user_agent(), kept_until(self)
        self.row = WebSession.store(self.key, dict(self), *mine)

    def renew(self) -> None:
        """Become a fresh visitor's session with a new token; the row must have been ended."""
        self.token, self.row, self.moved = new_token(), None, True
        self.presented = self.presented and not self.by_cookie
        self[keys.CSRF_TOKEN] = csrf_secret(self.token)
        self.modified = False

    def rotate(self) -> None:
        """Take a new token, because rights are gained: a token planted or seen before becomes worthless."""
        self.rotate_to = self.rotate_to or new_token()
        self.modified = True

    def move(self) -> None:
        """Take a new token at once, inside the caller's transaction; whoever has the old one has no rights.

        For a while it keeps that open forms are its own, so that a second click is led on like any visitor.
        """
        WebSession.strip(self.key, {keys.CSRF_TOKEN: self.get(keys.CSRF_TOKEN)})
        self.go_on()

    def go_on(self) -> None:
        """Take a new token at once; what becomes of the old one is the caller's business."""
        self.token, self.row, self.rotate_to, self.moved = new_token(), None, None, True
        self.keep()

    def disown(self) -> None:
        """Forget whose session it was and all that they did in it; the staff's has a stamp of its own."""
        for name in [one for one in self if one not in (*keys.OF_ANYBODY, *keys.STAFF_KEYS)]:
            self.pop(name)


session = cast(ServerSession, Session())


class TableSessions(SessionInterface):
    """Opens and saves `ServerSession`s. Sends a cookie only when the token is new to the browser."""

    def cookie_name(self) -> str:
        """The cookie's name; the `__Host-` prefix needs https."""
        return "__Host-cabinet" if settings().secure else "cabinet"

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """The session that the request's token names, or a fresh one.

        Flask opens it where no handler could answer an error: it is kept in `failure` until one can.
        """
        token, by_cookie = self._presented(request)
        presented, token = bool(token), token or new_token()
        failure: Exception | None = None
        if hashes_password() and hasher().full:
            failure = BusyError()  # known before anything is asked
        elif needs_database():
            try:
                connect()
                found = _find(token) if presented else None
                if found:
                    found.by_cookie = by_cookie
                    return found
            except AWAY as error:
                failure = error
        session = ServerSession(token, {keys.CSRF_TOKEN: csrf_secret(token)}, None, presented)
        session.by_cookie, session.failure = by_cookie, failure
        return session

    def _presented(self, request: Request) -> tuple[str | None, bool]:
        """The token that the browser sent, and whether by its cookie."""
        cookie = request.cookies.get(self.cookie_name())
        for token, by_cookie in ((request.headers.get(HEADER), False), (cookie, True)):
            if token and genuine(token):
                return token, by_cookie
        return None, False

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Write what changed; give the browser its token if it has another or none.

        If that fails, the answer becomes the page that says so.
        """
        if not needs_database():
            return
        vary(response, f"Cookie, {HEADER}")
        if session.failure:  # nothing was read that could be written
            return
        try:
            self._write(session, response)
        except AWAY as error:
            instead = app.make_response(app.handle_user_exception(error))
            response.status, response.data = instead.status, instead.data
            response.headers.pop("Content-Encoding", None)
            response.headers.update(instead.headers)

    def _write(self, session: ServerSession, response: Response) -> None:
        if session.modified:
            session.keep()
        elif session.row and not getattr(g, "unattended", False):  # asked by a page that is merely open
            session.row.touch(client_address())
        if session.presented and not session.by_cookie:
            response.headers[HEADER] = session.token  # for the page's script, which keeps it
        elif _needs_cookie(session) and not getattr(g, "no_session_cookie", False):
            response.set_cookie(self.cookie_name(), session.token, **cookie_options(cookie_life(session)))


def _find(token: str) -> ServerSession | None:
    """The session of a genuine token, or what follows one that has ended; None if nothing was written yet."""
    visit = visit_of(digest(token), keys.REGISTRATION, keys.CODE)
    if visit is None:
        return None
    row = visit.session
    if not row.live:
        return _after(row)
    found = ServerSession(token, dict(row.data), row, presented=True)
    found.user, found.visit = visit.user, visit
    return found


def _needs_cookie(session: ServerSession) -> bool:
    """Whether the browser has another token than this, or none.

    A form that comes without any may be another site's, sent without the visitor's cookie (SameSite=Lax): a
    cookie in the answer would replace theirs.
    """
    if session.moved:
        return True
    if not session.presented:
        return request.method not in UNSAFE
    return session.rotated or session.replaces_ended


def _after(ended: WebSession) -> ServerSession:
    """A new session for the browser of one that has ended: it keeps of that no more than OF_ENDED."""
    token = new_token()
    kept = {name: ended.data[name] for name in keys.OF_ENDED if name in ended.data}
    session = ServerSession(token, {keys.CSRF_TOKEN: csrf_secret(token), **kept}, None, presented=True)
    session.replaces_ended = session.modified = True
    return session


def init_app(app: Flask) -> None:
    """Use the table for `session`."""
    app.session_interface = TableSessions()
    app.before_request(require_csrf_token)
    app.teardown_request(disconnect)


def require_csrf_token() -> None:
    """A token that the page's own script sends cannot be sent by another site: it is proof enough."""
    if session.presented and not session.by_cookie:
        g.csrf_valid = True
    elif request.method in UNSAFE:
        csrf.protect(apply_exemptions=True)
