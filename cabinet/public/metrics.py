"""`/metrics` for Prometheus, with the bearer token; 404 if no token is set."""

import hmac

from flask import Blueprint, Response, abort, g, request
from peewee import fn
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from cabinet.models import Heartbeat, Message
from cabinet.models.base import now, settings
from cabinet.models.message import CHANNELS
from cabinet.models.request import OPEN_STATES, ConnectionRequest
from cabinet.public.alarm_gauge import add_alarms

bp = Blueprint("metrics", __name__)


@bp.get("/metrics")
def metrics() -> Response:
    """Waiting and dead messages and the worker's heartbeat; from the database, so any process can answer."""
    token = settings().metrics_token
    given = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        abort(404)
    g.no_session_cookie = True
    registry = CollectorRegistry()
    waiting = Gauge("cabinet_messages_waiting", "Messages to be sent", ["lane"], registry=registry)
    dead = Gauge("cabinet_messages_dead", "Messages given up", ["lane"], registry=registry)
    slow = Gauge(
        "cabinet_messages_late", "Messages that wait for over 5 minutes", ["lane"], registry=registry
    )
    oldest = Gauge(
        "cabinet_message_oldest_seconds", "Age of the oldest that waits", ["lane"], registry=registry
    )
    alive = Gauge("cabinet_worker_silence_seconds", "Since the worker's last beat", registry=registry)
    requests = Gauge("cabinet_requests_open", "Connection requests by state", ["state"], registry=registry)
    found, moment = Message.late(), now()
    for channel in CHANNELS:
        pending = (Message.channel == channel) & Message.waiting()
        count, since = (
            Message.select(fn.COUNT(Message.id), fn.MIN(Message.created_at))
            .where(pending)
            .scalar(as_tuple=True)
        )
        waiting.labels(channel).set(count)
        oldest.labels(channel).set((moment - since).total_seconds() if since else 0)
        given_up = (Message.channel == channel) & Message.dead()
        dead.labels(channel).set(Message.select(fn.COUNT(Message.id)).where(given_up).scalar())
        slow.labels(channel).set(found.get(channel, 0))
    for state in OPEN_STATES:
        mine = ConnectionRequest.state == state
        requests.labels(state).set(
            ConnectionRequest.select(fn.COUNT(ConnectionRequest.number)).where(mine).scalar()
        )
    add_alarms(registry)
    age = Heartbeat.age("worker")
    alive.set(float("inf") if age is None else age)
    return Response(generate_latest(registry), mimetype="text/plain; version=0.0.4")
