"""Signs a resident in, for any journey."""

from typing import cast

from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from cabinet.models import User
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.web import session_keys as keys
from cabinet.web.devices import remember_device
from cabinet.web.flow import advance
from cabinet.web.security import user_agent
from cabinet.web.sessions import session


def resident() -> User:
    """The signed-in resident; only for views behind a guard."""
    return cast(User, current_user._get_current_object())


def sign_in(user: User) -> Response:
    """Sign in: a new token, nothing of the way here left in the session."""
    for name in keys.JOURNEY_KEYS:
        session.pop(name, None)
    session.rotate()
    login_user(user)
    if session.get(keys.LANG):
        user.set_locale(session[keys.LANG])
    with db.atomic():
        if remember_device(user):
            user.notify("new_device", sms=False, browser=user_agent(), at=now().isoformat())
    return advance("home.home")
