"""Signs a resident in, for any journey, and looks on every request whether a session still counts."""

from typing import cast

from flask import Flask
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from cabinet.models import ConnectionRequest, User, WebSession, code_streak
from cabinet.models.base import now, settings, unix_time
from cabinet.models.database import transaction
from cabinet.web import session_keys as keys
from cabinet.web.devices import mark, remember_device, sent_in_header
from cabinet.web.extensions import login_manager
from cabinet.web.flow import advance
from cabinet.web.happenings import record
from cabinet.web.security import user_agent
from cabinet.web.sessions import session
from cabinet.web.staying import needs_new_token, new_end


def init_app(app: Flask) -> None:
    """Look whose session it is before any view does anything."""
    login_manager.user_loader(load_user)
    app.before_request(look_whose_session_it_is)


def look_whose_session_it_is() -> None:
    """A session of other credentials than the present ones is nobody's, whatever the view looks at."""
    if keys.USER_ID in session and not current_user.is_authenticated:
        session.disown()
    elif session.by_cookie and session.row and needs_new_token(session.row):
        with transaction():
            if WebSession.give_way(session.key):
                session.go_on()


def load_user(user_id: str) -> User | None:
    """The resident of this session; None if it began under other credentials than the present ones."""
    user, session.user = session.user, None  # as it was when the session was read; later, as it is then
    if user is None or user.id != user_id:
        user = User.find(user_id)
    return user if user and user.stamp == session.get(keys.STAMP, "") else None


def resident() -> User:
    """The signed-in resident; only for views behind a guard."""
    return cast(User, current_user._get_current_object())


def sign_in(user: User) -> Response:
    """Sign in: a new token, nothing of the way here left in the session.

    Raises CredentialsChangedError if the credentials are not those that `user` was loaded with: what was
    checked was the old password.
    """
    with transaction():
        begin_session(user)
    return advance(first_page())


def first_page() -> str:
    """Where a resident goes who has just signed in: what the embedding page begins with, else the cabinet."""
    return "requests.new" if session.pop(keys.START, None) == "request" else "home.home"


def begin_session(user: User, made_now: bool = False, passkey: str | None = None, stay: bool = False) -> None:
    """As `sign_in`, inside the caller's transaction, which may have made the resident; leads nowhere.

    `passkey` is the id of the passkey that was proof, where it was no password. `stay`: the resident stays
    signed in, if this browser keeps its token in a cookie.
    """
    if not made_now:
        user.arrive()
        code_streak.end(user.phone)  # whoever knows the password, or has a passkey, has another proof
    new = remember_device(user, first=made_now)
    if not made_now:
        WebSession.end_kept(user.id, mark(), but=session.key)
    how = {"passkey": passkey} if passkey else {}
    record("signed-in-new" if new else "signed-in", user, **how)
    if new:
        user.notify("new_device", sms=False, browser=user_agent(), at=now().isoformat())
    for name in keys.JOURNEY_KEYS:
        session.pop(name, None)
    _forget_requests_of_others(user.phone)
    session.rotate()
    login_user(user)
    session[keys.STAMP], session[keys.CONFIRMED] = user.stamp, int(unix_time())
    for name in keys.OF_ONE_RESIDENT:
        session.pop(name, None)
    session.update({keys.PASSKEY: passkey} if passkey else {})
    session.update({keys.STAYS: new_end(), keys.BROWSER: mark()} if stay and may_stay() else {})
    if session.get(keys.LANG):
        user.set_locale(session[keys.LANG])
    session.keep()


def may_stay() -> bool:
    """Whether a resident may stay signed in here: not where the page's script holds the token for a tab."""
    return settings().stay_signed_in > 0 and not sent_in_header()


def _forget_requests_of_others(phone: str) -> None:
    """Whoever used this browser before may have sent or looked up some."""
    for name in (keys.REQUESTS_SENT, keys.REQUESTS_FOUND):
        if numbers := session.pop(name, None):
            mine = ConnectionRequest.number.in_(numbers) & (ConnectionRequest.phone == phone)
            session[name] = [row.number for row in ConnectionRequest.select().where(mine)]


def stay_signed_in(user: User) -> None:
    """After a change of credentials, inside its transaction: this session alone goes on, by a new token.

    It stays no longer than others, until the new credentials are typed here.
    """
    session[keys.STAMP] = user.stamp
    session.pop(keys.CODE, None)
    session.pop(keys.STAYS, None)
    session.pop(keys.BROWSER, None)
    session.move()
