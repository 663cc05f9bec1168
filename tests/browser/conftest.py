"""The real server and worker as in production, a page on another site that embeds them, a real browser."""

import contextlib
import functools
import http.server
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, sync_playwright

from config import ROOT
from tests.missing import missing

PATIENCE = 60  # seconds for the server and its worker to be ready, for an SMS to arrive
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    # Playwright's own list switches off storage partitioning, which no user does; the later one wins
    "--disable-features=Translate,MediaRouter,OptimizationHints,HttpsUpgrades,PaintHolding",
]
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# what a day of one visitor allows is spent by the tests of all
WIDE_LIMITS = ("SMS_PER_IP_HOUR", "SMS_PER_IP_DAY", "SMS_GLOBAL_HOUR", "SMS_GLOBAL_DAY", "LOGIN_IP_MINUTE")


@dataclass(frozen=True)
class Site:
    """The running cabinet and the page that embeds it on another site."""

    url: str
    embedding: str

    def get_json(self, path: str) -> list[dict[str, str]]:
        """The answer of the cabinet."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)


@dataclass(frozen=True)
class Embedded:
    """The embedding page, and the cabinet in its frame."""

    page: Page
    frame: FrameLocator


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing("no browser: install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Server and worker on a fresh demonstration database, embedded by a page on 127.0.0.1."""
    folder = tmp_path_factory.mktemp("site")
    port = _free_port()
    url = f"http://localhost:{port}"
    with contextlib.ExitStack() as stack:
        embedding = stack.enter_context(_embedding_page(folder, url))
        environment = {
            **os.environ,
            "DEMO": "1",
            "PORT": str(port),
            "PUBLIC_URL": url,
            "DATABASE_URL": f"sqlite:///{folder}/cabinet.db",
            "FRAME_ANCESTORS": embedding,
            "COOKIE_MODE": "cross-site",
            "BCRYPT_COST": "4",
            "WEB_PROCESSES": "1",
            **dict.fromkeys(WIDE_LIMITS, "10000"),
        }
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        for command in (["build"], ["db", "upgrade"], ["demo", "seed"]):
            subprocess.run([*flask, *command], cwd=ROOT, env=environment, check=True)
        log = stack.enter_context(open(folder / "log.txt", "w"))
        for command in ([sys.executable, "-m", "cabinet.serve"], [*flask, "worker"]):
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
            stack.callback(_stop, process)
        _wait(f"{url}/readyz", folder / "log.txt")
        yield Site(url, embedding)


@pytest.fixture(params=[360, 1280], ids=["360px", "1280px"])
def width(request: pytest.FixtureRequest) -> int:
    """Width of the window, CSS pixels."""
    return request.param


@pytest.fixture(params=[True, False], ids=["js", "no-js"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs JavaScript."""
    return request.param


@pytest.fixture
def context(chromium: Browser, width: int, javascript: bool) -> Iterator[BrowserContext]:
    """A fresh profile. A message of error in the console, a breach of the policy included, fails the test."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=javascript, locale="ru-RU"
    )
    complaints: list[str] = []
    context.on("console", lambda m: m.type == "error" and complaints.append(m.text))
    context.on("weberror", lambda e: complaints.append(str(e.error)))
    yield context
    context.close()
    # refused forms answer 422 and 429, which browsers note
    assert not [text for text in complaints if not re.search(r"status of 4(22|29)", text)]


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab."""
    return context.new_page()


@pytest.fixture
def embedded(page: Page, site: Site) -> Embedded:
    """The cabinet in the frame of another site's page."""
    page.goto(site.embedding)
    return Embedded(page, page.frame_locator("iframe[name=cabinet]"))


@pytest.fixture
def sms_code(site: Site) -> Callable[[str], str]:
    """Waits for the newest code sent to a phone (E.164), as the demonstration's inbox shows it."""

    def read(phone: str, not_this: str = "") -> str:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for item in site.get_json("/demo/inbox.json"):
                code = re.search(r"(?<!\d)\d{6}(?!\d)", item["text"])
                if item["kind"] == "sms" and item["to"] == phone and code and code[0] != not_this:
                    return code[0]
            time.sleep(0.1)
        raise AssertionError("no SMS came")

    return read


@contextlib.contextmanager
def _embedding_page(folder: Path, url: str) -> Iterator[str]:
    """A company's page on 127.0.0.1, which browsers hold for another site than localhost."""
    (folder / "www").mkdir()
    (folder / "www" / "index.html").write_text(
        '<!doctype html><html lang="ru"><meta name="viewport" content="width=device-width">'
        "<title>Company</title><style>body { margin: 0 } iframe { border: 0; width: 100%; height: 780px }"
        f'</style><iframe name="cabinet" src="{url}/" title="Cabinet" allow="otp-credentials"></iframe>'
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(url: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        time.sleep(0.1)
    raise AssertionError(f"the site is not ready:\n{log.read_text()[-3000:]}")


def _stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
