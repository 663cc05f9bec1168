"""The processes that serve are killed again and again: it goes on by itself, and nobody is refused."""

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import requests

from config import Settings
from tests.faults.processes import Start
from tests.ports import free_port
from tests.waiting import PATIENCE, until

CROWD = 8
PAUSE = 0.001  # seconds between requests of each


class Visitors(threading.Thread):
    """They ask one after the other, each by a connection of their own."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.answered = self.cut = 0
        self.refused: list[str] = []
        self.enough = threading.Event()

    def run(self) -> None:
        while not self.enough.wait(PAUSE):
            try:
                answer = requests.get(self.url, headers={"Connection": "close"}, timeout=PATIENCE)
                self.answered += answer.ok
                if not answer.ok:
                    self.refused.append(str(answer.status_code))
            except requests.ConnectionError as error:
                if "refused" in str(error):
                    self.refused.append(str(error))
                else:
                    self.cut += 1  # it was in the hands of the one that was killed

    def more(self) -> None:
        """Wait until somebody else was answered."""
        before = self.answered
        until(lambda: self.answered > before + 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_killed_again_and_again_it_goes_on_by_itself_and_ends_when_asked(
    start: Start, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    for name, value in {"PORT": str(port), "WEB_PROCESSES": "2", "REQUESTS_PER_MINUTE": "0"}.items():
        monkeypatch.setenv(name, value)
    process = start(settings, "serve")
    supervisor = psutil.Process(process.pid)
    visitors = [Visitors(f"http://127.0.0.1:{port}/healthz") for _ in range(CROWD)]
    until(lambda: _answers(visitors[0].url))
    for visitor in visitors:
        visitor.start()
    granian, kills = supervisor.children()[0], 0
    while (serving := _serving(granian)) is not None:
        for number in serving:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        kills += bool(serving)
    until(lambda: any(child.pid != granian.pid for child in supervisor.children()))
    visitors[0].more()
    assert kills >= 2
    assert not any(visitor.refused for visitor in visitors)
    assert sum(visitor.cut for visitor in visitors) <= kills * CROWD
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0, "asked to end while visitors come, it does, and is not killed"
    log = (tmp_path / "processes.log").read_text()
    assert log.count("the server ended by itself") == 1 and "crash loop" in log
    for visitor in visitors:
        visitor.enough.set()
        visitor.join(PATIENCE)


def _serving(granian: psutil.Process) -> list[int] | None:
    """The processes that serve; None where granian has ended."""
    with suppress(psutil.NoSuchProcess):
        if granian.status() != psutil.STATUS_ZOMBIE:
            return [child.pid for child in granian.children()]
    return None


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=PATIENCE).ok
    except requests.ConnectionError:
        return False
