"""`/metrics` for Prometheus, with the bearer token; 404 if no token is set."""

import hmac
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from flask import Blueprint, Response, abort, g, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from cabinet.models.base import settings
from cabinet.models.clock import clock
from cabinet.models.failures import AWAY
from cabinet.public import database_figures
from cabinet.public.alarm_gauge import alarms
from cabinet.telemetry import events
from cabinet.web.connection import connect
from cabinet.web.figures import BOUNDS, Figures, shared

bp = Blueprint("metrics", __name__)

ANSWERS = "1: the database answers this host; 0: it is away, and so are the figures in it"
CLOCK = "Seconds that the cabinet's clock is ahead of this host's, which somebody set; negative: behind"
GAUGES = {
    "hashes_waiting": "Passwords that are hashed or wait for it",
    "hashes_most": "Places for passwords; who finds none is asked to try again",
    "connections_used": "PostgreSQL connections in use; SQLite has none to share",
    "connections_most": "PostgreSQL connections that there may be",
    "limits_without_redis": "Processes that count the outer limit by themselves, for Redis is away",
}


@bp.get("/metrics")
def metrics() -> Response:
    """What this host's processes counted, and what the database tells of all hosts."""
    token = settings().metrics_token
    given = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        if token and given:
            events.tell("metrics_refused")
        abort(404)
    g.no_session_cookie = True
    registry = CollectorRegistry()
    ahead = database_figures.gauge("cabinet_clock_ahead_seconds", CLOCK, {(): round(clock.ahead(), 3)})
    registry.register(_Collected([*_of_the_database(), ahead, *counted(shared.all())]))
    return Response(generate_latest(registry), mimetype="text/plain; version=0.0.4")


def _of_the_database() -> list[Metric]:
    """What the database tells; where it is away, only that: what was counted here is wanted most then."""
    try:
        connect()
        found: list[Metric] = [*database_figures.figures(), alarms()]
    except AWAY:
        found = []
    return [*found, database_figures.gauge("cabinet_database_answers", ANSWERS, {(): bool(found)})]


class _Collected:
    """Figures as prometheus_client asks for them."""

    def __init__(self, found: list[Any]) -> None:
        self.found = found

    def collect(self) -> list[Any]:
        """All of them."""
        return self.found


def counted(found: Figures) -> Iterator[Metric]:
    """What processes counted, as metrics."""
    requests = CounterMetricFamily("cabinet_requests", "Requests", labels=("method", "route", "status"))
    for (method, route, status), number in found.requests.items():
        requests.add_metric((method, route, str(status)), number)
    yield requests
    seconds = HistogramMetricFamily("cabinet_request_seconds", "Until the answer begins", labels=("route",))
    names = [*map(str, BOUNDS), "+Inf"]
    for route, row in found.durations.items():
        steps = list(zip(names, accumulate(row[:-1]), strict=True))
        seconds.add_metric((route,), buckets=steps, sum_value=row[-1])
    yield seconds
    told = CounterMetricFamily("cabinet_security_events", "Events by name", labels=("event",))
    for event, number in found.events.items():
        told.add_metric((event,), number)
    yield told
    refused = CounterMetricFamily("cabinet_limit_refusals", "Refusals by limit", labels=("limit",))
    for limit, number in found.refusals.items():
        refused.add_metric((limit,), number)
    yield refused
    for name, text in GAUGES.items():
        if name in found.gauges:
            yield database_figures.gauge(f"cabinet_{name}", text, {(): found.gauges[name]})
