"""Keyed digests that only this installation can compute, for sessions, codes, links and second factors.

One rule for all: HMAC-SHA-256 under SECRET_KEY over the purpose and the parts, joined by "|". A "|" or a
backslash inside of one is escaped by a backslash, so that no two lists make the same text. Another rule
would end all sessions and lock the staff out, whose authenticators keep what was derived here.
"""

import hashlib
import hmac

from cabinet.models.base import settings


def keyed(purpose: str, *parts: str) -> bytes:
    """The 32 bytes that sign `parts` for one `purpose`, worth nothing for another."""
    return _digest(settings().secret_key.encode(), purpose, *parts)


def derived(purpose: str, *parts: str) -> bytes:
    """Like `keyed`, with a separate key per purpose: for secrets that are handed out."""
    return _digest(keyed(purpose), *parts)


def _digest(key: bytes, *parts: str) -> bytes:
    text = "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)
    return hmac.digest(key, text.encode(), hashlib.sha256)
