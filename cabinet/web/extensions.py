"""The Flask extensions, and what else the application holds."""

from typing import cast

from flask import Flask, current_app
from flask_babel import Babel
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from cabinet.models import User
from cabinet.passwords.hashing import Hasher
from cabinet.web.security import client_network

babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(key_func=client_network)
login_manager = LoginManager()


def init_app(app: Flask) -> None:
    """Bind the extensions to the application; `templating` binds Babel, whose language it chooses."""
    csrf.init_app(app)
    limiter.init_app(app)
    login_manager.init_app(app)


@login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def load_user(user_id: str) -> User | None:
    """The resident that a session belongs to; None if the id no longer exists."""
    return User.get_or_none(User.id == user_id)


def hasher() -> Hasher:
    """The hasher of passwords of this application."""
    return cast(Hasher, current_app.extensions["hasher"])
