"""Keyed digests that only this installation can compute, for sessions, codes, links and second factors.

One rule for all: HMAC-SHA-256 under SECRET_KEY over the purpose and the parts, joined by "|". A "|" or a
backslash inside of one is escaped by a backslash, so that no two lists make the same text. Another rule
would end all sessions and lock the staff out, whose authenticators keep what was derived here.

While SECRET_KEY is being replaced, what earlier keys signed (SECRET_KEY_FALLBACKS) is still accepted.
"""

import hashlib
import hmac
from functools import lru_cache

from cabinet.models.base import settings


def accepted(purpose: str, *parts: str) -> list[bytes]:
    """The 32 bytes that sign `parts` for one `purpose`, good for no other; then those of earlier keys."""
    return [keyed_by(key, purpose, *parts) for key in all_keys()]


def six_digits(purpose: str, *parts: str) -> list[str]:
    """The same as six digits each."""
    return [f"{int.from_bytes(one, 'big') % 1_000_000:06d}" for one in accepted(purpose, *parts)]


def all_keys() -> tuple[str, ...]:
    """The present key, then earlier ones, the latest first."""
    return (settings().secret_key, *settings().secret_key_fallbacks)


def keyed_by(key: str, purpose: str, *parts: str) -> bytes:
    """The 32 bytes that sign `parts` for one `purpose`, by one of `all_keys`."""
    return _digest(key.encode(), purpose, *parts)


def derived_by(key: str, purpose: str, *parts: str) -> bytes:
    """Like `keyed_by`, with a separate key per purpose: for secrets that are handed out."""
    return _digest(keyed_by(key, purpose), *parts)


def _digest(key: bytes, *parts: str) -> bytes:
    text = "|".join(parts)
    if "\\" in text or text.count("|") >= len(parts):
        text = "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)
    made = _begun(key).copy()
    made.update(text.encode())
    return made.digest()


@lru_cache(maxsize=64)
def _begun(key: bytes) -> hmac.HMAC:
    """An HMAC that has taken the key: that costs as much as to sign."""
    return hmac.new(key, digestmod=hashlib.sha256)
