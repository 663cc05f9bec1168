"""A worker whose database is away, or older than its code, says so once and waits."""

import logging
import os
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import peewee
import pytest

from cabinet.models import Heartbeat
from cabinet.worker.complaints import Complaints
from cabinet.worker.loop import Worker
from config import ROOT, Settings
from tests.browser.site import FLASK, stop
from tests.waiting import PATIENCE, until


@pytest.mark.slow
def test_new_code_waits_for_its_migrations(tmp_path: Path) -> None:
    watcher = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    watcher.bind(f"{tmp_path}/systemd")
    watcher.settimeout(PATIENCE)
    environment = {
        **os.environ,
        "NOTIFY_SOCKET": f"{tmp_path}/systemd",
        "DEMO": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path}/cabinet.db",
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        worker = subprocess.Popen([*FLASK, "worker"], cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        until(lambda: "run flask --app wsgi db upgrade" in log.read_text() or worker.poll() is not None)
        assert worker.poll() is None
        assert watcher.recv(64) == b"WATCHDOG=1", "while it waits, too"
        upgrade = [*FLASK, "db", "upgrade"]
        subprocess.run(upgrade, cwd=ROOT, env=environment, check=True, capture_output=True)
        until(lambda: "worker started" in log.read_text())
        watcher.setblocking(False)
        with suppress(BlockingIOError):
            while watcher.recv(64):  # those from before
                pass
        watcher.settimeout(PATIENCE)
        assert watcher.recv(64) == b"WATCHDOG=1"
    finally:
        stop(worker)
        watcher.close()
    said = log.read_text()
    assert said.count("the worker waits") == 1 and "Error" not in said, said


def test_a_database_that_is_away_is_one_line_for_all_threads(
    settings: Settings,
    database: peewee.Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def away() -> None:
        raise peewee.OperationalError("connection refused, with a value")

    worker = Worker(settings)
    for chore in ("scout", "heartbeat", "scout"):
        assert not worker._guarded(chore, away)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "the database fails: OperationalError" in caplog.text and "a value" not in caplog.text
    monkeypatch.setattr("cabinet.worker.complaints.AGAIN_AFTER", 0.0)
    worker.complaints = Complaints()
    assert not any(worker._guarded("scout", away) for _ in range(2))
    assert len(caplog.records) == 3, "and again a minute later"
    assert not worker._guarded("scout", lambda: 1 / 0)
    assert "scout: ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_whose_database_hangs_is_not_killed_for_it(
    settings: Settings, database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    watcher.bind(f"{tmp_path}/systemd")
    watcher.settimeout(PATIENCE)
    monkeypatch.setenv("NOTIFY_SOCKET", f"{tmp_path}/systemd")
    monkeypatch.setattr("cabinet.worker.loop.BEAT_EVERY", 0.01)
    is_back, hangs = threading.Event(), threading.Event()

    def hang(_name: str) -> None:
        hangs.set()
        is_back.wait()

    monkeypatch.setattr(Heartbeat, "beat", hang)
    worker = Worker(settings)
    worker.threads = [threading.Thread(target=worker._beat, name="heartbeat", daemon=True)]
    watch = threading.Thread(target=worker._watch_until_asked_to_stop, daemon=True)
    for thread in (*worker.threads, watch):
        thread.start()
    assert hangs.wait(PATIENCE)
    assert [watcher.recv(64) for _ in range(5)] == [b"WATCHDOG=1"] * 5
    is_back.set()
    worker.ask_to_stop()
    worker.stopping.set()
    watch.join(PATIENCE)
    worker.threads[0].join(PATIENCE)
    assert not watch.is_alive() and not worker.threads[0].is_alive()
    watcher.close()
