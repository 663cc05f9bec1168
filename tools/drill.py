"""The drill of a disaster: back up under writes, restore into an empty place, compare all of it.

    make drill            # 20 000 residents, on SQLite and on PostgreSQL
    make drill RESIDENTS=1000000 ON=postgres

Exit code 1 if a row, a receipt or a digest differs. The times that it prints are those of an outage.
"""

import argparse
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psycopg

from bench.support.staff_rows import fill
from cabinet.backup import sqlite
from cabinet.backup.archive import Reader
from cabinet.models import ConnectionRequest, Staff, base, migrations
from cabinet.models.database import db
from cabinet.receipts import store
from cabinet.telemetry import logs
from config import Settings
from tests import postgres_server

ANSWERED = (
    *("last_name", "first_name", "middle_name", "email", "city", "street", "house", "building", "flat"),
    *("account", "account_key", "comment"),
)
PLACES = ("before", "after")


def main() -> None:
    """Run the drill on each database."""
    parser = argparse.ArgumentParser(description="Back up under writes, restore, compare.")
    parser.add_argument("--residents", type=int, default=20_000)
    parser.add_argument("--on", nargs="+", default=["sqlite", "postgres"])
    options = parser.parse_args()
    logs.configure("WARNING", "console")  # else each request that is sent meanwhile is a line
    with tempfile.TemporaryDirectory(prefix="cabinet-drill-") as folder:
        for kind in options.on:
            with _databases(kind, Path(folder)) as urls:
                drill(kind, urls, Path(folder) / kind, options.residents)


def drill(kind: str, urls: list[str], folder: Path, residents: int) -> None:
    """One drill; exits with a sentence where something differs."""
    settings, target = (_settings(url, folder / place) for url, place in zip(urls, PLACES, strict=True))
    base.configure(settings)
    with db.connection_context():
        migrations.upgrade()
        fill(kind, residents, Staff.add("a@example.org", "admin", "x").id)
    with _writes():
        backup = _timed(settings, "backup", folder / "backup.zip")
    restored = _timed(target, "restore", folder / "backup.zip", "--cutoff", "none")
    _timed(target, "backup", folder / "again.zip")
    before, after = Reader(folder / "backup.zip"), Reader(folder / "again.zip")
    rows = sum(before.manifest.rows.values())
    if differing := _differing(before.manifest.rows, after.manifest.rows) or _differing(
        _digests(before, folder), _digests(after, folder)
    ):
        sys.exit(f"{kind}: what was restored is not what was backed up: {differing}")
    if before.manifest.gone or not before.manifest.receipts:
        sys.exit(f"{kind}: receipts are missing: {before.manifest.gone}")
    print(
        f"{kind}: {residents} residents, {rows} rows, {before.manifest.receipts} receipts: equal;"
        f" backup {backup:.0f} s, restore {restored:.0f} s",
        flush=True,
    )


def _settings(url: str, folder: Path) -> Settings:
    return Settings(
        demo=True,
        secret_key="x" * 32,
        database_url=url,
        uploads_folder=str(folder / "uploads"),
        request_per_ip_hour=10**9,
    )


@contextmanager
def _databases(kind: str, folder: Path) -> Iterator[list[str]]:
    """The addresses of two empty databases."""
    if kind == "sqlite":
        yield [f"sqlite:///{folder}/{kind}/{name}/cabinet.db" for name in PLACES]
        return
    with postgres_server.running() as server:
        with psycopg.connect(postgres_server.address(server), autocommit=True) as connection:
            for name in PLACES:
                connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield [postgres_server.address(server, name) for name in PLACES]
        finally:
            db.obj.close_idle()


@contextmanager
def _writes() -> Iterator[None]:
    """Residents send requests with receipts while the block goes on."""
    stopping, sent = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not stopping.is_set():
            number += 1
            receipt = store.keep(b"receipt %d" % number)
            with db.connection_context():
                ConnectionRequest.submit(
                    f"+7901{number:07}",
                    dict.fromkeys(ANSWERED, "x"),
                    str(number),
                    "127.0.0.1",
                    receipt=receipt,
                )
            store.settle(receipt)
            sent.set()

    writer = threading.Thread(target=write)
    writer.start()
    sent.wait()
    try:
        yield
    finally:
        stopping.set()
        writer.join()


def _timed(settings: Settings, command: str, file: Path, *words: str) -> float:
    """Seconds that a command took."""
    begun = time.monotonic()
    environment = {
        **os.environ,
        "DEMO": "1",
        "DATABASE_URL": settings.database_url,
        "UPLOADS_FOLDER": settings.uploads_folder,
    }
    arguments = [sys.executable, "-m", "flask", "--app", "wsgi", command, str(file), *words]
    subprocess.run(arguments, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


def _differing(before: dict[str, Any], after: dict[str, Any]) -> str:
    """The names of what is not the same in both, with both."""
    names = sorted(before.keys() | after.keys())
    found = [f"{n} {before.get(n)} -> {after.get(n)}" for n in names if before.get(n) != after.get(n)]
    return ", ".join(found)


def _digests(backup: Reader, folder: Path) -> dict[str, str]:
    """A digest of each table and receipt. SQLite's file differs in what it says of itself: its rows count."""
    digests = dict(backup.manifest.sha256)
    if digests.pop(sqlite.ENTRY, None):
        copy = folder / "compared.db"
        backup.extract(sqlite.ENTRY, copy)
        with closing(sqlite3.connect(copy)) as connection:
            for table in backup.manifest.rows:
                digest = hashlib.sha256()
                for row in connection.execute(f'SELECT * FROM "{table}"'):
                    digest.update(repr(row).encode())
                digests[table] = digest.hexdigest()
    return digests


if __name__ == "__main__":
    main()
