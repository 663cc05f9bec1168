"""What photographs that are being read do to the other visitors: python bench/photos_beside_visitors.py

The production server on SQLite. Residents at the question for the receipt send photographs of 1.5 to 12
megapixels without pause, each as soon as the one before is answered, while first pages are asked for at 20
a second, timed from when they were due. Printed: photographs answered a second, what they were answered, and
the first page's median and 99th percentile beside those of the same server with nothing else to do.
"""

import argparse
import http.client
import io
import itertools
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from bench.login_storm import Client, environment_of, look, prepare, run, server, token_in
from bench.support.photographs import photograph
from cabinet.models import OneTimeCode, base
from cabinet.models.database import db
from config import Settings
from tests.ports import free_port

CLIENTS = (1, 8)
PHOTOGRAPHS = 24  # made before, sent in turn
NUMBERS = itertools.count()  # of phones, each new
PER_PHONE = 15  # of the twenty that one phone may send in an hour


@dataclass
class Storm:
    """What was answered while it lasted."""

    outcomes: Counter[str] = field(default_factory=Counter)
    late: list[float] = field(default_factory=list)

    @property
    def percentiles(self) -> tuple[float, float]:
        """Median and 99th percentile of the first page, in milliseconds."""
        self.late.sort()
        return statistics.median(self.late) * 1e3, self.late[int(len(self.late) * 0.99)] * 1e3


class Resident(Client):
    """A browser of a network of its own, at the question for the receipt."""

    def __init__(self, port: int, number: int) -> None:
        super().__init__(port)
        here = (f"127.0.{number % 250 + 1}.1", 0)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=here)
        phone = f"+7926{number:07d}"
        _, text = self.ask("GET", "/")
        _, text = self.ask("POST", "/", {"csrf_token": token_in(text), "phone": phone, "consent": "y"})
        with db.connection_context():
            codes = OneTimeCode.select().where(OneTimeCode.phone == phone)
            digits = str(codes.order_by(OneTimeCode.created_at.desc()).get().digits)
        _, text = self.ask("POST", "/code", {"csrf_token": token_in(text), "code": digits})
        self.token = token_in(text)

    def send(self, photo: bytes) -> str:
        """Send a photograph: what came of it, or the status."""
        picture = FileStorage(io.BytesIO(photo), "photo.jpg", content_type="image/jpeg")
        boundary, body = encode_multipart({"csrf_token": self.token, "photo": picture})
        headers = {
            "Cookie": self.cookie,
            "HX-Request": "true",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        }
        self.connection.request("POST", "/register/account/photo", body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if "много снимков" in text:
            return "busy"
        return {200: "read", 422: "not read"}.get(answer.status, str(answer.status))


def photographer(port: int, end: float, photos: list[bytes], outcomes: Counter[str]) -> None:
    """Send photographs until the end; a phone that has sent its share gives way to another."""
    while time.monotonic() < end:
        resident = Resident(port, next(NUMBERS))
        for number in range(PER_PHONE):
            if time.monotonic() > end:
                return
            outcomes[resident.send(photos[number % len(photos)])] += 1


def measure(port: int, clients: int, seconds: float, photos: list[bytes]) -> Storm:
    """What photographers and the other visitors met."""
    storm, end = Storm(), time.monotonic() + seconds
    sender = (port, end, photos, storm.outcomes)
    threads = [threading.Thread(target=photographer, args=sender) for _ in range(clients)]
    threads += [threading.Thread(target=look, args=(port, end, storm.late)) for _ in range(4)]
    run(threads)
    return storm


def main() -> None:
    """Measure idle, one and several photographers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20)
    seconds = parser.parse_args().seconds
    photos = [photograph(seed).data for seed in range(PHOTOGRAPHS)]
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as folder:
        environment = environment_of(port, f"sqlite:///{folder}/cabinet.db")
        environment |= {"SMS_GLOBAL_HOUR": "10000", "SMS_GLOBAL_DAY": "10000"}
        prepare(environment)
        with patch.dict(os.environ, environment):
            base.configure(Settings.from_env())  # codes are derived from its key
        with server(environment):
            measure(port, 1, 2, photos)  # what is made once is made now
            _, idle = measure(port, 0, seconds, photos).percentiles
            print(f"idle: first page p99 {idle:.1f} ms")
            for clients in CLIENTS:
                storm = measure(port, clients, seconds, photos)
                median, p99 = storm.percentiles
                answered = sum(storm.outcomes.values()) / seconds
                print(f"{clients} at once: {answered:.1f} photographs a second {dict(storm.outcomes)}; first "
                      f"page p50 {median:.1f} p99 {p99:.1f} ms = {p99 / idle:.1f} x idle")  # fmt: skip


if __name__ == "__main__":
    main()
