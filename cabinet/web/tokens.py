"""Tokens of sessions: what the browser holds, and the cookie that it travels in."""

import hashlib
import hmac
import secrets
from typing import Any

from cabinet.models.base import settings
from cabinet.models.signing import keyed


def new_token() -> str:
    """A fresh signed token."""
    raw = secrets.token_urlsafe(32)
    return f"{raw}.{_sign(raw)}"


def digest(token: str) -> str:
    """The key under which a token's row is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def genuine(token: str | None) -> bool:
    """Whether this is a token of ours, of a session or not."""
    raw, _, signature = (token or "").partition(".")
    return (
        len(raw) == 43
        and raw.isascii()
        and signature.isascii()
        and hmac.compare_digest(signature, _sign(raw))
    )


def csrf_secret(token: str) -> str:
    """What the forms of a session with this token are signed with, until something is written."""
    return keyed("csrf", token).hex()


def _sign(raw: str) -> str:
    return keyed("session", raw)[:12].hex()


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
