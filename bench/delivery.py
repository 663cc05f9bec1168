"""Whether delivery keeps its word: python bench/delivery.py [--url postgresql://…] [--seconds 20] [--disk 0]

Printed: how many of 50 SMS a second are handed over within 2 s, while the first gateway answers 503 and the
second takes 0.2 s to answer; what an idle worker uses of a core; and how a webhook fares that was away for 30
minutes, by a clock that is set forward: how often it was asked meanwhile, and when all that waited was
delivered. It takes a minute.

The worker is a process of its own and the servers of others are real, on this machine. `--url` is an empty
database; without it SQLite in a folder that is removed. `--disk` are milliseconds that each commit of SQLite
takes besides, as on a slow disk: a state of the machine that can be had again.
"""

import argparse
import json
import multiprocessing
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import time_machine

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from bench.support.processes import cpu_seconds
from cabinet.delivery.sending import handler_of, send_next
from cabinet.models import Heartbeat, Message, base, migrations
from cabinet.models.database import connected, db
from cabinet.models.sqlite import QueuedSqliteDatabase
from cabinet.telemetry import logs
from cabinet.worker.lanes import lanes
from cabinet.worker.loop import Worker
from config import Settings

RATE = 50  # messages a second
SOON = 2.0  # seconds in which they are to be handed over
BEGINS, IDLE = 5.0, 30.0  # seconds for what a worker does first, and for which it is watched then
OUTAGE, EVENT_EVERY, STEP = 1800, 6, 2.0  # seconds
TAKING = 0.2  # seconds that the second gateway takes to answer
GOAL = 300  # seconds after which all that waited is delivered
ANSWER = 0.1  # seconds that each event takes, by the same clock


class Others(BaseHTTPRequestHandler):
    """A gateway that is down, one that works, and a webhook."""

    protocol_version = "HTTP/1.1"
    taken: list[str] = []

    def do_POST(self) -> None:
        """Read what is posted and answer."""
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.taken.append(self.path)
        if self.path.startswith("/sys/"):
            status, body = 503, b""
        else:
            time.sleep(TAKING if self.path.startswith("/v2/") else 0)
            status, body = 200, json.dumps({"success": True, "data": {"id": len(self.taken)}}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


class OfOthers(ThreadingHTTPServer):
    """Their server; whoever was cut off in the middle is none of our figures."""

    def handle_error(self, *_: object) -> None:
        """Nothing."""


class SlowDisk:
    """Has each commit take so many seconds longer, while other writers wait."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def install(self) -> None:
        """In this process."""
        commit = QueuedSqliteDatabase.commit

        def late(database: QueuedSqliteDatabase) -> None:
            time.sleep(self.seconds)
            commit(database)

        if self.seconds:
            setattr(QueuedSqliteDatabase, "commit", late)  # noqa: B010


@contextmanager
def others(port: int = 0) -> Iterator[int]:
    """Let the servers of others run; the port."""
    server = OfOthers(("127.0.0.1", port), Others)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def work(settings: Settings, disk: SlowDisk) -> None:
    """The worker's process."""
    disk.install()
    logs.configure("CRITICAL", "console")
    base.configure(settings)
    Worker(settings).run()


@contextmanager
def working(settings: Settings, disk: SlowDisk) -> Iterator[int]:
    """Let a worker run; its id."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=(settings, disk))
    process.start()
    assert process.pid
    yield process.pid
    process.terminate()
    process.join()


def handed_over(settings: Settings, seconds: int, disk: SlowDisk) -> None:
    """SMS at a steady rate, while the first gateway fails."""
    with working(settings, disk) as worker:
        while Heartbeat.age("worker") is None:
            time.sleep(0.1)
        time.sleep(BEGINS)
        used = cpu_seconds(worker)
        time.sleep(IDLE)
        print(f"idle worker: {(cpu_seconds(worker) - used) / IDLE * 100:.2f} % of a core (goal: < 0.5)")
        begin = time.monotonic()
        for number in range(RATE * seconds):
            time.sleep(max(0.0, begin + number / RATE - time.monotonic()))
            with db.atomic():
                Message.enqueue("sms", "password_changed", to=f"+7916{number:07}")
        time.sleep(SOON)
        used = cpu_seconds(worker) - used
    sent = Message.select().where(Message.sent())
    waits = sorted((one.sent_at - one.created_at).total_seconds() for one in sent if one.sent_at)
    soon = sum(wait <= SOON for wait in waits) / (RATE * seconds) * 100
    slowest = waits[len(waits) * 99 // 100 - 1]
    asked = sum(path.startswith("/sys/") for path in Others.taken)
    late = f", each commit {disk.seconds * 1e3:.0f} ms longer" if disk.seconds else ""
    print(
        f"{RATE} SMS a second for {seconds} s, first gateway down (asked {asked} times){late}:"
        f" {soon:.2f} % handed over within {SOON:.0f} s (goal: 99); median"
        f" {statistics.median(waits) * 1e3:.0f} ms, 99th percentile {slowest * 1e3:.0f} ms;"
        f" worker {used:.1f} s of processor time"
    )


def after_an_outage(settings: Settings) -> None:
    """Events for a webhook that is away, tried by the rules of the worker, a step of the clock at a time."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hook"
    here = replace(settings, staff_webhooks=(url,), staff_webhook_secret="s" * 32)
    [lane] = [one for one in lanes(here) if one.only.to == url]
    handler = handler_of("webhook", here)
    waiting = Message.select().where(Message.channel == "webhook", Message.waiting())
    with time_machine.travel(time.time(), tick=False) as clock:
        for second in range(0, OUTAGE, int(STEP)):
            if second % EVENT_EVERY == 0:
                with db.atomic():
                    Message.enqueue("webhook", "registered", to=url)
            while send_next(lane.channel, handler, lane.only):
                pass
            clock.shift(STEP)
        tries, owed = asked(), waiting.count()
        Others.taken.clear()
        with others(port):
            back = time.time()
            while waiting.exists() and time.time() < back + 3600:
                if send_next(lane.channel, handler, lane.only):
                    clock.shift(ANSWER)
                else:
                    clock.shift(STEP)
            took = time.time() - back
    print(
        f"webhook away for {OUTAGE // 60} minutes: asked {tries} times about {owed} events; all delivered"
        f" {took:.0f} s after its return (goal: {GOAL}), by {len(Others.taken)} requests, one at a time"
    )


def asked() -> int:
    """How often a webhook was asked: what was put off counts no try."""
    return sum(one.tries for one in Message.select(Message.tries).where(Message.channel == "webhook"))


def main(seconds: int, disk: SlowDisk) -> None:
    """Measure all."""
    with others() as port, connected():
        migrations.upgrade()
        gateways = {"smsc_login": "a", "smsc_password": "b", "smsc_api_url": f"http://127.0.0.1:{port}/sys"}
        gateways |= {"smsaero_email": "a", "smsaero_api_key": "b"}
        gateways |= {"smsaero_api_url": f"http://127.0.0.1:{port}/v2"}
        settings = replace(base.settings(), sms_gateways=("smsc", "smsaero"), gateway_settings=gateways)
        disk.install()
        handed_over(settings, seconds, disk)
        after_an_outage(settings)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", default="")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--disk", type=float, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        where = given.url or f"sqlite:///{folder}/delivery.db"
        logs.configure("CRITICAL", "console")
        base.configure(Settings(database_url=where, public_url="http://localhost", secret_key="k" * 40))
        main(given.seconds, SlowDisk(given.disk / 1000))
