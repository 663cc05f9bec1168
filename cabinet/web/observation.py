"""Every request gets an id, a line in the log and its place in the figures.

It stands around Flask's application, so that it sees what the visitor is answered, whatever failed. The line
names the rule of an address, never the address, and the client's network, never the client.
"""

import time
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, cast

from flask import Flask

from cabinet.models.database import connections
from cabinet.passwords.hashing import Hasher
from cabinet.telemetry import cause, events, logs
from cabinet.web.extensions import limiter
from cabinet.web.figures import shared

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def init_app(app: Flask, behind_proxy: bool) -> None:
    """To be called before what stands in front of the application, such as ProxyFix, wraps it.

    `behind_proxy`: a proxy that is trusted may have given the request its id.
    """
    app.wsgi_app = Observer(app, app.wsgi_app, behind_proxy)  # type: ignore[method-assign]
    app.extensions["figures"] = shared
    events.count_by(shared.own.count_event)
    shared.gauge("hashes_waiting", lambda: hasher_of(app).taken)
    shared.gauge("hashes_most", lambda: hasher_of(app).waiting)
    shared.gauge("connections_used", lambda: connections()[0])
    shared.gauge("connections_most", lambda: connections()[1])
    shared.gauge("limits_without_redis", lambda: int(limiter._storage_dead))


def hasher_of(app: Flask) -> Hasher:
    """The application's hasher of passwords."""
    return cast(Hasher, app.extensions["hasher"])


class Observer:
    """The WSGI application around Flask's."""

    def __init__(self, app: Flask, inner: Any, behind_proxy: bool) -> None:
        self.app = app
        self.inner = inner
        self.behind_proxy = behind_proxy

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer, and tell of it when the answer begins to be sent."""
        began = time.perf_counter()
        name = cause.begin(environ.get("HTTP_X_REQUEST_ID", "") if self.behind_proxy else "")
        status, route = 500, "none"
        events.hold()

        def start(line: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            nonlocal status, route
            status, route = int(line[:3]), route_of(environ)
            headers.append(("X-Request-ID", name))
            return start_response(line, headers, *more)

        try:
            answer: Iterable[bytes] = self.inner(environ, start)
            return answer
        finally:
            events.let_out()
            tell(environ, route, status, time.perf_counter() - began)
            cause.end()


def tell(environ: dict[str, Any], route: str, status: int, seconds: float) -> None:
    """Write the line of a request, and count it."""
    method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in METHODS else "other"
    shared.own.count_request(method, route, status, seconds)
    logs.logger().info(
        "request",
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        client=masked(environ.get("REMOTE_ADDR", "")),
    )


def route_of(environ: dict[str, Any]) -> str:
    """The rule that the address fits, such as `/requests/<number>`; "none" where there is none.

    Flask has its request there until the answer has begun.
    """
    request = environ.get("werkzeug.request")
    rule = request.url_rule if request is not None else None
    return rule.rule if rule is not None else "none"


@lru_cache(maxsize=4096)
def masked(address: str) -> str:
    """The network around an address: /24 of IPv4, /48 of IPv6; "none" for what is no address."""
    try:
        ip = ip_address(address.split("%")[0])
    except ValueError:
        return "none"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if ip.version == 4:
        return f"{str(ip).rpartition('.')[0]}.0/24"
    return str(ip_network((ip, 48), strict=False))
