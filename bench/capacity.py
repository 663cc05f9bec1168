"""What residents cost, in rows, bytes and processor time: python bench/capacity.py [--residents 500]

The production server registers so many residents over HTTP and signs each in once, on SQLite and on
PostgreSQL, beside three months of billing for `--accounts`. Printed: rows and bytes by table, also for a
million; processor time of the web; SMS a second of one worker whose gateway answers after a tenth of a
second. Sizes are those after VACUUM, less those of empty tables: as small as they get. bcrypt is at its least
cost meanwhile and is timed by itself.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
import bcrypt

from bench.import_billing import make_file, run
from bench.login_storm import server
from bench.support.processes import cpu_seconds, family, pss_mib
from bench.support.residents import register, sign_in
from bench.support.slow_gateway import sms
from cabinet.models import TABLES, Charge, base
from cabinet.models.database import db
from config import Settings
from tests.browser.site import WIDE_LIMITS
from tests.ports import free_port
from tests.postgres_server import address, running

SECRET = "capacity-is-measured-with-this-key-0"
BILLING = ("account", "charge")
Sizes = dict[str, tuple[int, int]]  # by table: its bytes, those of its indexes
Counts = dict[str, int]

SIZES = {
    "sqlite": "SELECT m.tbl_name, SUM(CASE m.type WHEN 'table' THEN d.pgsize ELSE 0 END),"
    " SUM(CASE m.type WHEN 'index' THEN d.pgsize ELSE 0 END)"
    " FROM dbstat d JOIN sqlite_master m ON m.name = d.name GROUP BY 1",
    "postgres": "SELECT relname, pg_table_size(relid), pg_indexes_size(relid) FROM pg_stat_user_tables",
}


def environment_of(url: str, port: int) -> dict[str, str]:
    """A demonstration with wide limits, whose hashes cost next to nothing."""
    limits = (*WIDE_LIMITS, "LOGIN_IP_HOUR", "REQUESTS_PER_MINUTE")
    return {
        **os.environ,
        **dict.fromkeys(limits, "1000000"),
        "DEMO": "1",
        "DATABASE_TIMEOUT_MS": "60000",
        "LOG_LEVEL": "WARNING",
        "PORT": str(port),
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET,
        "BCRYPT_COST": "4",
    }


def flask(environment: dict[str, str], *command: str) -> None:
    """A command of the cabinet, which says nothing."""
    line = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
    silent = subprocess.DEVNULL
    subprocess.run(line, cwd=ROOT, env=environment, check=True, stdout=silent, stderr=silent)


def counted() -> Counts:
    """Rows by table."""
    with db.connection_context():
        return {model._meta.table_name: model.select().count() for model in TABLES}


def sizes(kind: str) -> Sizes:
    """Bytes by table, with nothing of rows that are gone."""
    with db.connection_context():
        raw = db.connection()
        if kind == "postgres":
            raw.autocommit = True
        raw.execute("VACUUM FULL" if kind == "postgres" else "VACUUM")
        return {name: (int(own), int(index)) for name, own, index in raw.execute(SIZES[kind]).fetchall()}


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/cabinet.db"
        return
    with running() as server_folder:
        yield address(server_folder)


def spent(work: Sequence[Callable[[], None]], web: int) -> float:
    """Processor milliseconds of the web for each piece of work, which two clients do at once."""
    before = sum(map(cpu_seconds, family(web)))
    with ThreadPoolExecutor(2) as clients:
        for done in [clients.submit(piece) for piece in work]:
            done.result()
    return (sum(map(cpu_seconds, family(web))) - before) * 1000 / len(work)


def web_of() -> int:
    """The supervisor that `server` has started."""
    return next(
        child
        for child in family(os.getpid())
        if b"cabinet.serve" in Path(f"/proc/{child}/cmdline").read_bytes()
    )


@dataclass
class Found:
    """Rows that the registrations and the log-ins made, all rows, and the bytes that these take; by table."""

    registered: Counts
    signed_in: Counts
    rows: Counts
    bytes_of: Sizes


def billed(url: str, file: Path, accounts: int) -> list[tuple[str, int]]:
    """Import three months of so many accounts; which they are, and what each owes for the last month."""
    make_file(file, accounts * 3)
    run(url, file)
    base.configure(Settings(database_url=url, secret_key=SECRET))
    with db.connection_context():
        charges: Any = Charge.select(Charge.account, Charge.amount_due)
        return list(charges.where(Charge.period == "2026-10-01").tuples())


def measure(kind: str, folder: Path, residents: int, accounts: int) -> Found:
    """Print processor time and memory, and count."""
    port = free_port()
    with database(kind, folder) as url:
        environment = environment_of(url, port)
        flask(environment, "build")
        flask(environment, "db", "upgrade")
        base.configure(Settings(database_url=url, secret_key=SECRET))
        empty, none = sizes(kind), counted()
        known = billed(url, folder / f"{kind}.csv", accounts)[:residents]
        begin = counted()
        with server(environment):
            web = web_of()
            newcomers = [partial(register, port, n, of, due) for n, (of, due) in enumerate(known)]
            registering = spent(newcomers, web)
            between = counted()
            signing_in = spent([partial(sign_in, port, n) for n in range(len(known))], web)
            memory = sum(map(pss_mib, family(web)))
        end = counted()
        assert end["user"] == residents, end
        print(
            f"{kind}: web {registering:.1f} ms of processor time a registration, {signing_in:.1f} a log-in, "
            f"both without bcrypt; {memory:.0f} MiB (PSS) after them"
        )
        bytes_of = _larger(empty, sizes(kind))
        found = Found(_more(begin, between), _more(between, end), _more(none, end), bytes_of)
        sms(kind, environment)
    return found


def _more(before: Counts, after: Counts) -> Counts:
    return {name: after[name] - before[name] for name in after}


def _larger(before: Sizes, after: Sizes) -> Sizes:
    return {name: (own - before[name][0], index - before[name][1]) for name, (own, index) in after.items()}


def table(kinds: dict[str, Found], residents: int) -> None:
    """Print what grows with residents; the tables of billing for a million of their own rows."""
    head = [f"{kind}: {what}" for kind in kinds for what in ("bytes a row", "its indexes", "MB a million")]
    print("\n| table | rows a registration | rows a log-in | " + " | ".join(head) + " |")
    print("|---|" + "---:|" * (2 + len(head)))
    sums, first = dict.fromkeys(kinds, 0.0), next(iter(kinds.values()))
    for name in (*BILLING, *(name for name in sorted(first.rows) if 2 * first.registered[name] > residents)):
        cells = [f"{grown[name] / residents:.1f}" for grown in (first.registered, first.signed_in)]
        for kind, found in kinds.items():
            own, index = (part / found.rows[name] for part in found.bytes_of[name])
            each = 1.0 if name in BILLING else found.registered[name] / residents
            sums[kind] += 0 if name in BILLING else (own + index) * each
            cells += [f"{own:.0f}", f"{index:.0f}", f"{(own + index) * each:.0f}"]
        print(f"| `{name}` | " + " | ".join(cells) + " |")
    print(
        "| a million registrations | | | " + " | ".join(f"| | {total:.0f}" for total in sums.values()) + " |"
    )


def main() -> None:
    """Measure on both databases."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--residents", type=int, default=500)
    parser.add_argument("--accounts", type=int, default=100_000)
    options = parser.parse_args()
    begin = time.thread_time()
    bcrypt.hashpw(b"password", bcrypt.gensalt(12))
    print(f"bcrypt of cost 12: {(time.thread_time() - begin) * 1000:.0f} ms of processor time")
    found = {}
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as name:
        for kind in ("sqlite", "postgres"):
            found[kind] = measure(kind, Path(name), options.residents, options.accounts)
    table(found, options.residents)


if __name__ == "__main__":
    main()
