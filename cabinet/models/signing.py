"""Keyed digests that only this installation can compute, for sessions, codes, links and second factors.

One rule for all: HMAC-SHA-256 under SECRET_KEY over the purpose and the parts, joined by "|". A "|" or a
backslash inside of one is escaped by a backslash, so that no two lists make the same text. Another rule
would end all sessions and lock the staff out, whose authenticators keep what was derived here.

While SECRET_KEY is being replaced, what earlier keys signed (SECRET_KEY_FALLBACKS) is still accepted.
"""

import hashlib
from functools import lru_cache
from typing import Any

from cabinet.models.base import settings

BLOCK = 64  # bytes, of SHA-256


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
    text = "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)
    inner, outer = (begun.copy() for begun in _begun(key))
    inner.update(text.encode())
    outer.update(inner.digest())
    return bytes(outer.digest())


@lru_cache(maxsize=64)
def _begun(key: bytes) -> tuple[Any, Any]:
    """HMAC's two hashes, which have taken the key (RFC 2104): that costs as much as to sign."""
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    return hashlib.sha256(block.translate(_INNER)), hashlib.sha256(block.translate(_OUTER))


_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
