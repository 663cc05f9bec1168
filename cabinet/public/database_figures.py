"""Figures for `/metrics` that are in the database, so that any process of any host tells the same."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from peewee import fn
from prometheus_client.core import GaugeMetricFamily

from cabinet.models import DeliveryTry, Heartbeat, ImportJob, Message
from cabinet.models.base import now
from cabinet.models.import_job import STATES
from cabinet.models.lateness import late
from cabinet.models.message import CHANNELS
from cabinet.models.request import OPEN_STATES, ConnectionRequest

UNFINISHED = ("checking", "running", "undoing")
LATELY = timedelta(hours=1)

Gauge = GaugeMetricFamily


def gauge(name: str, text: str, values: Mapping[Any, float], *labels: str) -> Gauge:
    """A figure of now; `values` by tuples of the labels' values."""
    family = Gauge(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def figures() -> Iterator[Gauge]:
    """All of them."""
    yield from _messages()
    yield from _tries()
    yield from _imports()
    states = {(state,): _count(ConnectionRequest.state == state) for state in OPEN_STATES}
    yield gauge("cabinet_requests_open", "Connection requests by state", states, "state")
    age = Heartbeat.age("worker")
    silence = float("inf") if age is None else age
    yield gauge("cabinet_worker_silence_seconds", "Since the worker's last beat", {(): silence})


def _messages() -> Iterator[Gauge]:
    found_late, moment = late(), now()
    waiting: dict[Any, float] = {}
    dead: dict[Any, float] = {}
    oldest: dict[Any, float] = {}
    for lane in CHANNELS:
        of_lane = Message.channel == lane
        row: Any = Message.select(fn.COUNT(Message.id), fn.MIN(Message.created_at))
        waiting[lane,], since = row.where(of_lane & Message.waiting()).scalar(as_tuple=True)
        oldest[lane,] = (moment - since).total_seconds() if since else 0.0
        dead[lane,] = Message.select(fn.COUNT(Message.id)).where(of_lane & Message.dead()).scalar()
    yield gauge("cabinet_messages_waiting", "Messages to be sent", waiting, "lane")
    yield gauge("cabinet_messages_dead", "Messages given up", dead, "lane")
    slow = {(lane,): float(found_late.get(lane, 0)) for lane in CHANNELS}
    yield gauge("cabinet_messages_late", "Messages that wait for over 5 minutes", slow, "lane")
    yield gauge("cabinet_message_oldest_seconds", "Age of the oldest that waits", oldest, "lane")


def _tries() -> Iterator[Gauge]:
    """SMS and calls of the last hour: a try is one hand-over to one gateway."""
    by: Any = (DeliveryTry.gateway, DeliveryTry.way, DeliveryTry.state)
    recent = DeliveryTry.select(*by, fn.COUNT(DeliveryTry.id)).where(DeliveryTry.at > now() - LATELY)
    rows: Any = recent.group_by(*by).tuples()
    values = {row[:3]: row[3] for row in rows}
    text = "SMS and calls handed to gateways in the last hour"
    yield gauge("cabinet_sms_last_hour", text, values, "gateway", "way", "state")


def _imports() -> Iterator[Gauge]:
    counted: Any = ImportJob.select(ImportJob.state, fn.COUNT(ImportJob.id)).group_by(ImportJob.state)
    found = dict(counted.tuples())
    by_state = {(state,): float(found.get(state, 0)) for state in STATES}
    yield gauge("cabinet_imports", "Billing files by state", by_state, "state")
    since = ImportJob.select(fn.MIN(ImportJob.created_at)).where(ImportJob.state.in_(UNFINISHED)).scalar()
    oldest = (now() - since).total_seconds() if since else 0.0
    yield gauge("cabinet_import_oldest_seconds", "Age of the oldest file that is worked on", {(): oldest})


def _count(condition: Any) -> float:
    return float(ConnectionRequest.select(fn.COUNT(ConnectionRequest.number)).where(condition).scalar())
