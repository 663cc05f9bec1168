"""How many SMS one worker hands over in a second, to a gateway that takes its time."""

import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.support.processes import cpu_seconds
from cabinet.models import Message, base
from cabinet.models.database import db
from config import ROOT

LATENCY = 0.1  # seconds in which the gateway answers
SMS = 300


class Gateway(BaseHTTPRequestHandler):
    """Takes each SMS, after a while."""

    taken: list[float] = []

    def do_POST(self) -> None:
        """Answer with an id."""
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(LATENCY)
        self.taken.append(time.monotonic())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"id": "1"}')

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def sms(kind: str, environment: dict[str, str]) -> None:
    """Print how many SMS one worker hands over in a second."""
    Gateway.taken.clear()
    with db.connection_context(), db.atomic():
        Message.update(due_at=None, sent_at=base.now()).execute()
        for number in range(SMS):
            Message.enqueue("sms", "password_changed", to=f"+7916{number:07d}")
    gateway = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=gateway.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{gateway.server_port}/"
    mine = environment | {"SMS_BACKEND": "http", "HTTP_SMS_URL": url, "HTTP_SMS_ID": "id"}
    worker = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT, env=mine)
    try:
        while len(Gateway.taken) < SMS and worker.poll() is None:
            time.sleep(0.1)
        used = cpu_seconds(worker.pid)
    finally:
        worker.terminate()
        worker.wait()
        gateway.shutdown()
    seconds = Gateway.taken[-1] - Gateway.taken[0]
    print(
        f"{kind}: one worker {(SMS - 1) / seconds:.1f} SMS a second, gateway answering in {LATENCY} s; "
        f"{used * 1000 / SMS:.1f} ms of its processor time each, its start included"
    )
