"""The Flask extensions, and what else the application holds."""

from typing import Any, cast

from flask import Flask, current_app
from flask_babel import Babel
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from cabinet.passwords.hashing import Hasher
from cabinet.web.security import client_network

babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(key_func=client_network)
login_manager = LoginManager()


def init_app(app: Flask) -> None:
    """Bind the extensions to the application; `templating` binds Babel, whose language it chooses."""
    csrf.init_app(app)
    login_manager.init_app(app)
    limits: Any = limiter.limit_manager
    limits.set_default_limits([])  # not those of another application
    limiter.init_app(app)
    limits.set_default_limits([limits.default_limits])  # once: it would parse their text for each request


def hasher() -> Hasher:
    """The hasher of passwords of this application."""
    return cast(Hasher, current_app.extensions["hasher"])
