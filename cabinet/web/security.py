"""Security headers of every response, and requests that are refused before any view runs."""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort
from werkzeug.routing import IntegerConverter

from cabinet.models.attempt import network
from cabinet.models.base import settings
from cabinet.telemetry import events
from cabinet.web.current import g, request
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


def vary(response: Response, names: str) -> None:
    """Say that the answer depends on these headers of the request, too."""
    before = response.headers.get("Vary")
    response.headers["Vary"] = f"{before}, {names}" if before else names


class BoundedInteger(IntegerConverter):
    """`<int:…>` of an address: no number that the databases cannot hold."""

    regex = r"[0-9]{1,18}"


def init_app(app: Flask) -> None:
    """Refuse forged requests, add the headers; to be called before there are routes."""
    app.url_map.converters["int"] = BoundedInteger
    app.before_request(refuse_foreign_posts)  # before anything that could answer in its place
    app.before_request(refuse_nul)
    app.wsgi_app = Secured(app.wsgi_app, settings())  # type: ignore[method-assign]


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


class Secured:
    """The WSGI application with the security headers; a view may have set its own policies."""

    def __init__(self, inner: Any, settings: Settings) -> None:
        self.inner = inner
        self.always = [
            ("X-Content-Type-Options", "nosniff"),
            ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), otp-credentials=(self)"),
        ]
        if settings.secure:
            self.always.append(("Strict-Transport-Security", "max-age=31536000"))
        self.framed, self.unframed = (
            [
                ("Content-Security-Policy", content_security_policy(settings, framed)),
                ("Referrer-Policy", "same-origin"),
                ("Cache-Control", "no-store"),
            ]
            for framed in (True, False)
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer, with what is missing of the headers."""
        path = "/" + environ.get("PATH_INFO", "").lstrip("/")  # as routes are matched: `//staff` is a page
        usual = self.unframed if path.startswith(NEVER_FRAMED) else self.framed

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            given = {name.lower() for name, _value in headers}
            headers += self.always
            headers += [header for header in usual if header[0].lower() not in given]
            return start_response(status, headers, *more)

        answer: Iterable[bytes] = self.inner(environ, start)
        return answer
