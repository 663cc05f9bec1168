"""`db upgrade` of this code while the newest release serves residents, with a million of everything.

The release's own code answers. On PostgreSQL its sessions are made impatient: whoever waits for a lock longer
than a second gets an error there instead of an answer. On SQLite, where nobody can write while an index is
made, each turn of the upgrade to write takes less than a second of the processor.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic

import psycopg
import pytest
import requests

from cabinet.models import User, base, migrations
from cabinet.models.database import db
from config import ROOT, Settings
from tests.browser.site import FLASK, WIDE_LIMITS, stop, wait_until_ready
from tests.cast import LESNAYA, bill, receipt_of
from tests.databases import DATABASES, disconnect
from tests.deploy import million, walks
from tests.deploy.previous import environment, release, unpack
from tests.ports import free_port
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

PEOPLE = 3  # at once
LONGEST = 1.0  # seconds
BEFORE, AFTER = 3, 5  # rounds that are walked before the upgrade begins, and after it
IMPATIENT = "&options=-c%20lock_timeout%3D1s"


@dataclass
class Town:
    """People who register and then sign in, one after the other, until `enough`."""

    url: str
    enough: threading.Event = field(default_factory=threading.Event)
    failed: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)  # seconds that answers took
    numbers: "count[int]" = field(default_factory=count)
    rounds: int = 0

    def live(self) -> None:
        """One of them after the other."""
        while not self.enough.is_set():
            phone = f"+7916{next(self.numbers):07}"
            try:
                walks.register(self._browser(), self.url, phone, receipt_of(LESNAYA))
                walks.sign_in(self._browser(), self.url, phone)
            except BaseException as error:
                self.failed.append(repr(error)[:2500])
            self.rounds += 1

    def _browser(self) -> requests.Session:
        browser = requests.Session()
        browser.hooks["response"].append(
            lambda answer, **_: self.waits.append(answer.elapsed.total_seconds())
        )
        return browser


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/cabinet.db"
        return
    url_of: Callable[[str], str] = request.getfixturevalue("postgres_url_of")
    with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE upgraded TEMPLATE template0")
        yield url_of("upgraded")
        connection.execute("DROP DATABASE upgraded WITH (FORCE)")


@pytest.fixture
def town(url: str, tmp_path: Path) -> Iterator[Town]:
    """People in front of the release, which runs on its own schema and a million of everything."""
    tree, port = tmp_path / "release", free_port()
    unpack(release(), tree)
    address = f"http://localhost:{port}"
    settings = environment(
        DEMO="1",
        PORT=str(port),
        PUBLIC_URL=address,
        DATABASE_URL=url if url.startswith("sqlite") else url + IMPATIENT,
        UPLOADS_FOLDER=f"{tmp_path}/uploads",
        IMPORTS_FOLDER=f"{tmp_path}/imports",
        WEB_PROCESSES="1",
        BCRYPT_COST="4",
        **dict.fromkeys((*WIDE_LIMITS, "REQUESTS_PER_MINUTE"), "100000"),
    )
    for command in (["build"], ["db", "upgrade"]):
        subprocess.run([*FLASK, *command], cwd=tree, env=settings, check=True, capture_output=True)
    million.fill(url)
    base.configure(Settings(testing=True, database_url=url))
    with db.connection_context():
        bill(LESNAYA)
    with ExitStack() as stack:
        stack.callback(disconnect)
        log = stack.enter_context(open(tmp_path / "log.txt", "wb"))
        for started in ([sys.executable, "-m", "cabinet.serve"], [*FLASK, "worker"]):
            process = subprocess.Popen(started, cwd=tree, env=settings, stdout=log, stderr=log)
            stack.callback(stop, process)
        wait_until_ready(f"{address}/readyz", tmp_path / "log.txt")
        yield Town(address)


def test_nobody_fails_or_waits_long_while_a_release_is_upgraded(town: Town, url: str) -> None:
    with ThreadPoolExecutor(PEOPLE) as people:
        for _ in range(PEOPLE):
            people.submit(town.live)
        try:
            until(lambda: town.rounds >= BEFORE)
            calm, began = len(town.waits), monotonic()
            held = _upgrade(url)
            took, meanwhile = monotonic() - began, town.waits[calm:]
            done = town.rounds
            until(lambda: town.rounds >= done + AFTER)
        finally:
            town.enough.set()
    print(
        f"upgrade {took:.1f} s, {len(meanwhile)} answers meanwhile, longest {max(meanwhile):.2f} s; "
        f"longest before {max(town.waits[:calm]):.2f} s; longest turn to write: {held}"
    )
    assert town.failed == []
    assert held["worked"] < LONGEST
    with db.connection_context():
        assert migrations.missing() == []
        registered = User.select().where(User.phone.startswith("+7916")).count()
    assert registered == town.rounds and len(meanwhile) > 2 * PEOPLE


def _upgrade(url: str) -> dict[str, float]:
    """What `db upgrade` does, and how long its longest turn to write took."""
    measured = subprocess.run(
        [sys.executable, "-m", "tests.deploy.holding"],
        cwd=ROOT,
        env=environment(DATABASE_URL=url),
        check=True,
        stdout=subprocess.PIPE,
    )
    held: dict[str, float] = json.loads(measured.stdout)
    return held
