"""Security headers of every response, and requests that are refused before any view runs."""

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request
from werkzeug.routing import IntegerConverter

from cabinet.models.attempt import network
from cabinet.models.base import settings
from cabinet.telemetry import events
from config import Settings

NEVER_FRAMED = "/staff"  # the staff's pages
_PORT = re.compile(r"^(?:\[([^\]]*)\]|([0-9.]+))(?::[0-9]{1,5})?$")
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def client_address() -> str:
    """The client's address as reported by trusted proxies; empty if it is invalid.

    Some balancers report the port, too: `203.0.113.5:4711`, `[2001:db8::1]:4711`.
    """
    return _address(request.remote_addr or "")


@lru_cache(maxsize=1024)
def _address(reported: str) -> str:
    try:
        return str(ip_address(_PORT.sub(r"\1\2", reported).split("%")[0]))
    except ValueError:
        return ""


def client_network() -> str:
    """The client network that limits count; never empty, for an empty key would be no limit."""
    return network(client_address())


def user_agent() -> str:
    """The browser's own name, cut to what is stored."""
    return request.headers.get("User-Agent", "")[:300]


def content_security_policy(settings: Settings, framed: bool = True) -> str:
    """The policy of a page; `framed` pages may be embedded by the configured sites."""
    ancestors = " ".join(["'self'", *settings.frame_ancestors]) if framed else "'none'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-src 'self'; base-uri 'none'; object-src 'none'; "
        f"frame-ancestors {ancestors}"
    )


class BoundedInteger(IntegerConverter):
    """`<int:…>` of an address: no number that the databases cannot hold."""

    regex = r"[0-9]{1,18}"


def init_app(app: Flask) -> None:
    """Refuse forged requests, add the headers; to be called before there are routes."""
    app.url_map.converters["int"] = BoundedInteger
    app.before_request(refuse_foreign_posts)  # before anything that could answer in its place
    app.before_request(refuse_nul)
    app.after_request(add_headers)


def refuse_nul() -> None:
    """Refuse NULs in addresses: none is valid, and PostgreSQL takes none."""
    if "\0" in request.path:
        abort(404)


def refuse_foreign_posts() -> None:
    """A form sent from another site is refused even before its CSRF token is looked at.

    It came without the visitor's cookie, perhaps; the answer gives none, or it would end their session.
    """
    if request.method not in UNSAFE or request.blueprint == "hooks":
        return
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if foreign or request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        g.no_session_cookie = True
        events.tell("foreign_form")
        abort(400)


def add_headers(response: Response) -> Response:
    """Add the security headers; a view may have set its own policy."""
    headers, framed = response.headers, not request.path.startswith(NEVER_FRAMED)
    headers.setdefault("Content-Security-Policy", content_security_policy(settings(), framed))
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Referrer-Policy", "same-origin")
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), otp-credentials=(self)"
    headers.setdefault("Cache-Control", "no-store")
    if settings().secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
