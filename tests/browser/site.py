"""The running system for a browser: server and worker as in production, a page elsewhere that embeds them."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from config import ROOT
from tests.browser import seeded
from tests.ports import free_port
from tests.waiting import PATIENCE, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright


ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--lang=ru",
    "--disable-background-networking",
    "--disable-component-update",
    # Playwright's own list switches off storage partitioning, which no user does; the later one wins
    "--disable-features=Translate,MediaRouter,OptimizationHints,HttpsUpgrades,PaintHolding",
]
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# what a day of one visitor allows is spent by the tests of all
WIDE_LIMITS = (
    "SMS_PER_IP_HOUR",
    "SMS_PER_IP_DAY",
    "SMS_GLOBAL_HOUR",
    "SMS_GLOBAL_DAY",
    "LOGIN_IP_MINUTE",
    "LOOKUP_PER_ACCOUNT_DAY",
    "LOOKUP_PER_IP_HOUR",
)


FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")


@dataclass(frozen=True)
class Site:
    """The running cabinet, the page that embeds it on another site, and the environment of its processes."""

    url: str
    embedding: str
    environment: dict[str, str]

    def get_json(self, path: str) -> list[dict[str, str]]:
        """The answer of the cabinet."""
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:
            found: list[dict[str, str]] = json.load(answer)
            return found

    def flask(self, *command: str) -> None:
        """Run a command of the cabinet; raises CalledProcessError."""
        subprocess.run([*FLASK, *command], cwd=ROOT, env=self.environment, check=True)

    def printed_by(self, *command: str) -> str:
        """What a program of the cabinet prints; raises CalledProcessError."""
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def sms_code(self, phone: str, not_this: str = "") -> str:
        """Wait for the newest code sent to a phone (E.164), as the demonstration's inbox shows it."""

        def newest() -> str:
            for item in self.get_json("/demo/inbox.json"):
                code = re.search(r"(?<!\d)\d{6}(?!\d)", item["text"])
                if item["kind"] == "sms" and item["to"] == phone and code and code[0] != not_this:
                    return code[0]
            return ""

        return until(newest, "no SMS came")


def chromium_path() -> str | None:
    """The browser of CHROMIUM, or the one that is installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def launched(path: str) -> Iterator[Browser]:
    """A Chromium whose every page waits as patiently as all tests."""
    with driver() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        impatient = browser.new_context

        def patient(**how: Any) -> BrowserContext:
            context = impatient(**how)
            context.set_default_timeout(PATIENCE * 1000)
            return context

        with patch.object(browser, "new_context", patient):
            yield browser
        browser.close()


_drivers: list[Playwright] = []


@contextlib.contextmanager
def driver() -> Iterator[Playwright]:
    """Playwright, shared by all browsers of the thread: a second one would not start."""
    if _drivers:
        yield _drivers[0]
        return
    from playwright.sync_api import sync_playwright  # here, for most runs take no test of a browser

    with sync_playwright() as playwright:
        _drivers.append(playwright)
        try:
            yield playwright
        finally:
            _drivers.clear()


@contextlib.contextmanager
def running(folder: Path, database: str = "") -> Iterator[Site]:
    """Server and worker on a fresh demonstration database, embedded by a page on 127.0.0.1.

    All is in `folder`, but for a `database` of this address that is empty yet.
    """
    port = free_port()
    url = f"http://localhost:{port}"
    with contextlib.ExitStack() as stack:
        embedding = stack.enter_context(_embedding_page(folder, url))
        environment = {
            **os.environ,
            **seeded.settings_in(folder),
            "PORT": str(port),
            "PUBLIC_URL": url,
            "FRAME_ANCESTORS": embedding,
            "COOKIE_MODE": "cross-site",
            "BCRYPT_COST": "4",
            "WEB_PROCESSES": "1",
            **dict.fromkeys(WIDE_LIMITS, "10000"),
        }
        if database:
            environment["DATABASE_URL"] = database
            seeded.seed(environment)
        else:
            seeded.put_into(folder)
        site = Site(url, embedding, environment)
        log = stack.enter_context(open(folder / "log.txt", "w"))
        for command in ([sys.executable, "-m", "cabinet.serve"], [*FLASK, "worker"]):
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
            stack.callback(stop, process)
        wait_until_ready(f"{url}/readyz", folder / "log.txt")
        yield site


@contextlib.contextmanager
def _embedding_page(folder: Path, url: str) -> Iterator[str]:
    """A company's page on 127.0.0.1, which browsers hold for another site than localhost."""
    (folder / "www").mkdir()
    (folder / "www" / "index.html").write_text(
        '<!doctype html><html lang="ru"><meta name="viewport" content="width=device-width">'
        "<title>Company</title><style>body { margin: 0 } iframe { border: 0; width: 100%; height: 780px }"
        f'</style><iframe name="cabinet" src="{url}/" title="Cabinet" '
        'allow="otp-credentials; publickey-credentials-get; publickey-credentials-create"></iframe>'
    )
    (folder / "www" / "favicon.ico").touch()
    handler = functools.partial(_QuietHandler, directory=str(folder / "www"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


def wait_until_ready(url: str, log: Path) -> None:
    """Wait for an address to answer; raises AssertionError with the end of the log."""

    def ready() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                return b"silent" not in answer.read()  # of the worker
        except (urllib.error.URLError, OSError):
            return False

    try:
        until(ready)
    except AssertionError:
        raise AssertionError(f"the site is not ready:\n{log.read_text()[-3000:]}") from None


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process gracefully, else by force."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
