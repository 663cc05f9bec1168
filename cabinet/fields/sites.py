"""Parses the address of a site as the origin that its pages have."""

import re
from urllib.parse import urlsplit

from cabinet.fields.cleaning import INVISIBLE, FieldError

LONGEST = 1000  # characters; the address of a page may be copied whole
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.I)


def site(text: str) -> str:
    """The origin of an address, `https://www.example.ru`; `пример.рф` becomes punycode.

    It is https where no scheme is typed. What follows the host is left out, and a port that is implied.
    Codes: empty, not_a_site.
    """
    if len(text) > LONGEST:
        raise FieldError("not_a_site")
    text = text.translate(INVISIBLE).strip()
    if not text:
        raise FieldError("empty")
    if not text.isprintable() or " " in text:
        raise FieldError("not_a_site")
    try:
        parts = urlsplit(text if _SCHEME.match(text) else f"https://{text.lstrip('/')}")
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host.encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError):
        raise FieldError("not_a_site") from None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host):
        raise FieldError("not_a_site")
    if "." not in host and host != "localhost":
        raise FieldError("not_a_site")
    implied = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, implied) else "")
