"""What a storm of logins does to the other steps: python bench/login_storm.py [--seconds 10]

The production server on SQLite, bcrypt at the default cost. Clients log in without pause (with a wrong
password, which costs the same hash) while first pages are asked for at 20 a second, timed from when they were
due. Printed: logins per second against raw bcrypt on the same cores, and the light requests' 99th percentile
in the storm against idle.
"""

import argparse
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
import bcrypt

from cabinet.models import User, base
from cabinet.models.database import db
from config import Settings

COST = 12
RATE = 20  # light requests per second
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Client:
    """A browser that keeps its connection and its cookies."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie = port, ""
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and body; redirects are not followed."""
        headers = {"Cookie": self.cookie, "HX-Request": "true"} if data else {"Cookie": self.cookie}
        body = urllib.parse.urlencode(data) if data else None
        if data:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self._answer(method, path, body, headers)
        text = answer.read().decode()
        for value in answer.headers.get_all("Set-Cookie") or ():
            if value.startswith("cabinet="):
                self.cookie = value.split(";")[0]
        return answer.status, text

    def _answer(self, *request: Any) -> http.client.HTTPResponse:
        """The answer; like a browser it connects again where the server has closed what it kept."""
        kept = self.connection.sock is not None
        try:
            self.connection.request(*request)
            return self.connection.getresponse()
        except ConnectionError:
            if not kept:
                raise
            self.connection.close()
            self.connection.request(*request)
            return self.connection.getresponse()


def token_in(text: str) -> str:
    """The token of the form in a page."""
    found = TOKEN.search(text)
    assert found, text
    return found[1]


def run(threads: list[threading.Thread]) -> None:
    """Start all and wait until they have ended."""
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def raw_bcrypt(seconds: float) -> float:
    """Hashes per second of all cores, nothing else running."""
    count, end = [0], time.monotonic() + seconds

    def work() -> None:
        while time.monotonic() < end:
            bcrypt.hashpw(b"password", bcrypt.gensalt(COST))
            count[0] += 1

    threads = [threading.Thread(target=work) for _ in range(os.cpu_count() or 1)]
    run(threads)
    return count[0] / seconds


def look(port: int, end: float, late: list[float]) -> None:
    """Ask for the first page five times a second, however long the answers take."""
    client, due = Client(port), time.monotonic()
    client.ask("GET", "/")
    while due < end:
        time.sleep(max(0, due - time.monotonic()))
        client.ask("GET", "/")
        late.append(time.monotonic() - due)
        due += 1 / RATE * 4


def to_password(port: int, number: int) -> tuple[Client, str]:
    """A client at the password of one of the residents, and the page it sees."""
    client = Client(port)
    _, text = client.ask("GET", "/")
    return client, client.ask("POST", "/", {"csrf_token": token_in(text), "phone": f"+7916{number:07d}"})[1]


def storm(port: int, clients: int, seconds: float) -> tuple[float, float, float]:
    """Logins per second, and the median and 99th percentile of the light requests, in seconds.

    All clients have come to the password before anything is measured.
    """
    at_password = [to_password(port, number) for number in range(clients)]
    end, logins, late = time.monotonic() + seconds, [0], list[float]()

    def log_in(client: Client, text: str) -> None:
        while time.monotonic() < end:
            token = token_in(text)
            status, body = client.ask("POST", "/login/password", {"csrf_token": token, "password": "wrong-1"})
            if status == 422:
                logins[0] += 1
                text = body
            else:
                time.sleep(1)

    threads = [threading.Thread(target=log_in, args=each) for each in at_password]
    threads += [threading.Thread(target=look, args=(port, end, late)) for _ in range(4)]
    run(threads)
    late.sort()
    return logins[0] / seconds, statistics.median(late), late[int(len(late) * 0.99)]


def environment_of(port: int, url: str) -> dict[str, str]:
    """A demonstration with limits so wide that every login is hashed."""
    wide = ("LOGIN_FAILURES", "LOGIN_IP_MINUTE", "LOGIN_IP_HOUR")
    return {
        **os.environ,
        **dict.fromkeys(wide, "1000000"),
        "DEMO": "1",
        "LOG_LEVEL": "WARNING",
        "PORT": str(port),
        "DATABASE_URL": url,
        "BCRYPT_COST": str(COST),
    }


def prepare(environment: dict[str, str]) -> None:
    """Build, make the database, and register a hundred residents."""
    for command in (["build"], ["db", "upgrade"]):
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    base.configure(Settings(database_url=environment["DATABASE_URL"], secret_key="x" * 32))
    stored = bcrypt.hashpw(b"x", bcrypt.gensalt(COST)).decode()
    with db.connection_context(), db.atomic():
        for number in range(100):
            User.create(phone=f"+7916{number:07d}", password_hash=stored)


@contextmanager
def server(environment: dict[str, str]) -> Iterator[None]:
    """The production server, once it answers."""
    process = subprocess.Popen([sys.executable, "-m", "cabinet.serve"], cwd=ROOT, env=environment)
    try:
        for _ in range(100):
            try:
                Client(int(environment["PORT"])).ask("GET", "/healthz")
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def measure(port: int, seconds: float, limit: float) -> None:
    """Print what 24 and 100 clients do, against idle and against raw bcrypt."""
    _, idle_median, idle = storm(port, 0, seconds)
    print(f"raw bcrypt {limit:.1f}/s; light idle p50 {idle_median * 1e3:.1f} p99 {idle * 1e3:.1f} ms")
    for clients in (24, 100):
        rate, median, p99 = storm(port, clients, seconds)
        print(
            f"{clients} clients: logins {rate:.1f}/s = {rate / limit:.2f} of raw bcrypt; light p50 "
            f"{median * 1e3:.1f} p99 {p99 * 1e3:.1f} ms = {p99 / idle:.1f} x idle"
        )


def main() -> None:
    """Measure idle, 24 and 100 clients."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10)
    seconds = parser.parse_args().seconds
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as folder:
        environment = environment_of(port, f"sqlite:///{folder}/cabinet.db")
        prepare(environment)
        limit = raw_bcrypt(5)
        with server(environment):
            measure(port, seconds, limit)


if __name__ == "__main__":
    main()
