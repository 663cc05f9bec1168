"""Tokens of sessions: what the browser holds, and the cookie that it travels in."""

import hashlib
import hmac
import secrets
from typing import Any

from cabinet.models.base import settings
from cabinet.models.signing import all_keys, keyed_by


def new_token() -> str:
    """A fresh signed token."""
    raw = secrets.token_urlsafe(32)
    return f"{raw}.{_sign(all_keys()[0], raw)}"


def digest(token: str) -> str:
    """The key under which a token's row is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def genuine(token: str | None) -> bool:
    """Whether this is a token of ours, of a session or not."""
    return _key_of(token or "") is not None


def csrf_secret(token: str) -> str:
    """What the forms of a session with this token are signed with, until something is written.

    By the key that the token is of, so that a form outlives the replacement of SECRET_KEY.
    """
    return keyed_by(_key_of(token) or all_keys()[0], "csrf", token).hex()


def _key_of(token: str) -> str | None:
    """The key that signed a token; None for one that is not of ours."""
    raw, _, signature = token.partition(".")
    if len(raw) != 43 or not raw.isascii() or not signature.isascii():
        return None
    return next((key for key in all_keys() if hmac.compare_digest(signature, _sign(key, raw))), None)


def _sign(key: str, raw: str) -> str:
    return keyed_by(key, "session", raw)[:12].hex()


def cookie_options(life: int | None = None) -> dict[str, Any]:
    """The attributes of our cookies: partitioned where the cabinet is cross-site to its embedding page.

    `life` in seconds; without it the cookie ends with the browser.
    """
    cross = settings().cookie_mode == "cross-site"
    return {
        "httponly": True,
        "secure": settings().secure or cross,
        "samesite": "None" if cross else "Lax",
        "partitioned": cross,
        "path": "/",
        "max_age": life,
    }
