"""A drill of failovers: residents register while PostgreSQL's servers, under Patroni, change places.

    .venv/bin/python tools/failover.py            # two servers, one etcd, four residents at once
    .venv/bin/python tools/failover.py --each 200

One switch-over as an operator asks for it, then the first server is killed with all of its processes, as if
its host were gone, and comes back later. Replication is synchronous. Prints how long nobody got through, and
exits with 1 if a registration that was answered is not there, or anything happened twice. It installs
Debian's Patroni, etcd and PostgreSQL.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count, pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import requests

from cabinet.models import base, migrations
from cabinet.models.database import db
from config import Settings
from tests.browser.site import FLASK, WIDE_LIMITS, stop, wait_until_ready
from tests.cast import LESNAYA, bill, receipt_of
from tests.deploy import walks
from tests.deploy.previous import environment
from tests.ports import free_port
from tests.waiting import until
from tools.patroni_cluster import Cluster

PACKAGES = ("patroni", "etcd-server", "postgresql", "python3-etcd")
PEOPLE = 4  # at once
WAIT = 120  # seconds that somebody tries one step again
TWICE = {
    "cabinets of one phone": 'SELECT COUNT(*) - COUNT(DISTINCT phone) FROM "user"',
    "links to one account": "SELECT COUNT(*) - COUNT(DISTINCT user_id) FROM account_link",
    "events for staff": "SELECT COUNT(*) FROM message WHERE lane = 'staff' AND template = 'registered'",
    "journal's rows": "SELECT COUNT(*) FROM audit WHERE action = 'registered'",
    "codes": "SELECT COUNT(*) - COUNT(DISTINCT (\"to\", text)) FROM inbox_item WHERE text ~ '[0-9]{6}'",
}


class Patient(requests.Session):
    """Somebody who presses the button again where the cabinet does not answer, or says that it cannot now."""

    def request(self, *arguments: Any, **named: Any) -> requests.Response:
        """Send it until it is answered."""
        until_then = time.monotonic() + WAIT
        while time.monotonic() < until_then:
            try:
                answer = super().request(*arguments, **{**named, "timeout": 10})
            except requests.RequestException:
                continue
            if answer.status_code != 503:
                return answer
            time.sleep(0.2)
        raise TimeoutError(f"no answer within {WAIT} s")


class Town:
    """People who register one after the other; `answered` has when, by phone."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.enough = threading.Event()
        self.numbers = count()
        self.answered: dict[str, float] = {}
        self.failed: list[str] = []
        self.people = [threading.Thread(target=self._live) for _ in range(PEOPLE)]

    def _live(self) -> None:
        while not self.enough.is_set():
            phone = f"+7916{next(self.numbers):07}"
            try:
                walks.register(Patient(), self.url, phone, receipt_of(LESNAYA))
                self.answered[phone] = time.monotonic()
            except Exception as error:
                self.failed.append(f"{phone}: {error!r}"[:2000])

    def grow(self, more: int) -> None:
        """Wait until so many more have registered."""
        so_far = len(self.answered)
        until(lambda: len(self.answered) >= so_far + more or self.failed, "nobody registers", WAIT)

    def gap(self, since: float) -> float:
        """Seconds in which nobody got through, the longest after that moment."""
        moments = sorted(at for at in self.answered.values() if at >= since - 5)
        return max(later - at for at, later in pairwise(moments))

    @contextmanager
    def living(self) -> Iterator[None]:
        """They register inside the block."""
        for one in self.people:
            one.start()
        try:
            yield
        finally:
            self.enough.set()
            for one in self.people:
                one.join()


def main() -> None:
    """Run the drill."""
    parser = argparse.ArgumentParser(description="Registrations while PostgreSQL's servers change places.")
    parser.add_argument("--each", type=int, default=30, help="registrations after each change")
    each = parser.parse_args().each
    if not all(map(shutil.which, ("patroni", "etcd"))):
        subprocess.run(["tools/apt", *PACKAGES], cwd=ROOT, check=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cabinet-failover-")))
        cluster = stack.enter_context(Cluster(folder).running())
        url = cluster.url()
        base.configure(Settings(testing=True, database_url=url))
        with db.connection_context():
            migrations.upgrade()
            bill(LESNAYA)
        stack.callback(db.obj.close_idle)
        town = stack.enter_context(_served(url, folder))
        with town.living():
            town.grow(each)
            _change("switch-over", cluster.switch_over, town, each)
            _change("kill -9", cluster.kill_leader, town, each)
            _change("the other comes back", cluster.start_the_dead, town, each)
            _change("kill -9 of the second", cluster.kill_leader, town, each)
        _judge(town)


@contextmanager
def _served(url: str, folder: Path) -> Iterator[Town]:
    port = free_port()
    address = f"http://localhost:{port}"
    settings = environment(
        DEMO="1",
        PORT=str(port),
        PUBLIC_URL=address,
        DATABASE_URL=url,
        UPLOADS_FOLDER=f"{folder}/uploads",
        IMPORTS_FOLDER=f"{folder}/imports",
        BCRYPT_COST="4",
        **dict.fromkeys((*WIDE_LIMITS, "REQUESTS_PER_MINUTE"), "100000"),
    )
    subprocess.run([*FLASK, "build"], cwd=ROOT, env=settings, check=True, capture_output=True)
    with ExitStack() as stack:
        log = stack.enter_context(open(folder / "cabinet.log", "wb"))
        for started in ([sys.executable, "-m", "cabinet.serve"], [*FLASK, "worker"]):
            stack.callback(stop, subprocess.Popen(started, cwd=ROOT, env=settings, stdout=log, stderr=log))
        wait_until_ready(f"{address}/readyz", folder / "cabinet.log")
        yield Town(address)


def _change(what: str, change: Any, town: Town, each: int) -> None:
    began = time.monotonic()
    change()
    town.grow(each)
    print(f"{what}: nobody got through for {town.gap(began):.1f} s", flush=True)


def _judge(town: Town) -> None:
    with db.connection_context():
        there = {phone for (phone,) in db.execute_sql('SELECT phone FROM "user"').fetchall()}
        numbers = {what: db.execute_sql(sql).fetchone()[0] for what, sql in TWICE.items()}
    for what in ("events for staff", "journal's rows"):
        numbers[what] -= len(there)
    lost = sorted(town.answered.keys() - there)
    twice = {what: number for what, number in numbers.items() if number}
    print(f"{len(town.answered)} registrations answered, {len(lost)} lost; twice: {twice or 'nothing'}")
    if lost or twice or town.failed:
        sys.exit("\n".join([*lost, *town.failed]) or 1)


if __name__ == "__main__":
    main()
