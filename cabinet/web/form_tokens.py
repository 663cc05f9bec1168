"""The token that a session's forms bring back, as Flask-WTF checks it, at a quarter of its cost there.

Flask-WTF makes the signer anew for each page and tries to compress the token, which saves seven letters.
"""

import hashlib
import hmac
import json
from typing import Any

from flask import Flask, current_app
from flask_wtf.csrf import generate_csrf
from itsdangerous import TimestampSigner
from itsdangerous.encoding import base64_encode

from cabinet.web import session_keys as keys
from cabinet.web.current import g
from cabinet.web.sessions import session


class Signer(TimestampSigner):
    """Flask-WTF's, which takes its key once."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.begun = hmac.new(self.derive_key(), digestmod=hashlib.sha1)  # nosec B303 # itsdangerous's own

    def get_signature(self, value: str | bytes) -> bytes:
        """The signature by the latest key."""
        made = self.begun.copy()
        made.update(value.encode() if isinstance(value, str) else value)
        return base64_encode(made.digest())

    def made(self, token: str, secret: str) -> bool:
        """Whether a token is of this secret, by the latest key; of any other Flask-WTF judges."""
        value, _, signature = token.rpartition(".")
        mine = hmac.compare_digest(value.rpartition(".")[0].encode(), _payload(secret))
        return mine and hmac.compare_digest(signature.encode(), self.get_signature(value))


def _payload(secret: str) -> bytes:
    return base64_encode(json.dumps(secret))


def init_app(app: Flask) -> None:
    """Let templates have the token as `csrf_token()`."""
    app.extensions["form_tokens"] = Signer(app.config["WTF_CSRF_SECRET_KEY"], "wtf-csrf-token")
    app.jinja_env.globals["csrf_token"] = form_token


def form_token() -> str:
    """The token of this request's forms; the same in all of them."""
    made: str | None = g.get("csrf_token")
    if made is None and keys.CSRF_TOKEN in session:
        made = current_app.extensions["form_tokens"].sign(_payload(session[keys.CSRF_TOKEN])).decode()
        g.csrf_token = made
    return made or str(generate_csrf())
