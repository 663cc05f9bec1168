"""The Flask extensions, and what else the application holds."""

import logging
import time
from typing import Any, cast

from flask import Flask, current_app
from flask_babel import Babel
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from limits import RateLimitItem
from limits.strategies import RateLimiter

from cabinet.passwords.hashing import Hasher
from cabinet.web import session_keys as keys
from cabinet.web.current import g, request, session
from cabinet.web.security import client_network

log = logging.getLogger(__name__)

TRY_AGAIN = 10.0  # seconds until one request asks a Redis again that did not answer


class OuterLimit(Limiter):
    """The one limit of all views, counted at once; the library looks for those of each view first."""

    every: RateLimitItem | None = None
    ask_at = 0.0  # when Redis is asked again, by the monotonic clock

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        """Count this request. Whatever ends here is the library's business."""
        if self.every is None or not request.endpoint or not self._within(self.every):
            super()._check_request_limit(callable_name, in_middleware)

    def _within(self, limit: RateLimitItem) -> bool:
        """Counted in memory while Redis is away: who asks it waits for a second, so nobody asks twice."""
        who = client_network(), request.endpoint or ""
        if self._storage_dead and time.monotonic() < self.ask_at:
            return self.limiter.hit(limit, *who)
        self.ask_at = time.monotonic() + TRY_AGAIN
        try:
            within = cast(RateLimiter, self._limiter).hit(limit, *who)
            self._storage_dead = False
        except Exception as error:  # a storage's own
            if not self._fallback_limiter:
                return False
            log.warning("Redis does not answer, the outer limit is counted here: %s", type(error).__name__)
            self._storage_dead = True
            within = self.limiter.hit(limit, *who)
        return within

    def _Limiter__should_check_backend(self) -> bool:
        """Whether the library asks Redis, too: by the host's clock, and more often."""
        return False


class FormTokens(CSRFProtect):  # type: ignore[misc]  # Flask-WTF ships no types
    """Flask-WTF's check of forms, which makes a signer anew for each."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Check the token of this request's form: this session's at once, what else may be good as ever."""
        without = any(one.name == request.blueprint for one in self._exempt_blueprints)
        if without or not request.endpoint or not self._is_own():
            super().protect(apply_exemptions)
        else:
            g.csrf_valid = True

    def _is_own(self) -> bool:
        token, secret = request.form.get(keys.CSRF_TOKEN), session.get(keys.CSRF_TOKEN)
        return bool(token and secret and current_app.extensions["form_tokens"].made(token, secret))


class Logins(LoginManager):  # type: ignore[misc]  # Flask-Login ships no types
    """Flask-Login without its protection of sessions, which costs a hash though it is off."""

    def _session_protection_failed(self) -> bool:
        return False


babel = Babel()
csrf = FormTokens()
limiter = OuterLimit(key_func=client_network)
login_manager = Logins()


def init_app(app: Flask) -> None:
    """Bind the extensions to the application; `templating` binds Babel, whose language it chooses.

    Without their functions for each request that do nothing here: sessions.py checks forms, nobody is
    remembered by Flask-Login, and the outer limit adds no headers.
    """
    hooks: list[dict[Any, list[Any]]] = [app.before_request_funcs, app.after_request_funcs]
    hooks += [app.teardown_request_funcs, app.template_context_processors]
    before = [list(one.get(None, ())) for one in hooks]
    csrf.init_app(app)
    login_manager.init_app(app, add_context_processor=False)
    limits: Any = limiter.limit_manager
    limits.set_default_limits([])  # not those of another application
    limiter.init_app(app)
    for one, functions in zip(hooks, before, strict=True):
        one[None] = functions
    if limiter.enabled:
        app.before_request(limiter._check_request_limit)
    limits.set_default_limits([limits.default_limits])  # once: it would parse their text for each request
    limiter.every = next((one.limit for one in limits.default_limits), None)


def hasher() -> Hasher:
    """The hasher of passwords of this application."""
    return cast(Hasher, current_app.extensions["hasher"])
