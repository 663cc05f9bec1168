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
KILLS = 3
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


@pytest.mark.thorough
@pytest.mark.thorough
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
    killed: set[int] = set()
    for _ in range(KILLS):
        serving = until(lambda: _serving(supervisor, but=killed))
        for number in serving or ():
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        killed.update(serving or ())
        visitors[0].more()
    assert not any(visitor.refused for visitor in visitors)
    assert sum(visitor.cut for visitor in visitors) <= KILLS * CROWD
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0, "asked to end while visitors come, it does, and is not killed"
    log = (tmp_path / "processes.log").read_text()
    assert "the server ended by itself" in log or "has taken over" in log
    for visitor in visitors:
        visitor.enough.set()
        visitor.join(PATIENCE)


def _serving(supervisor: psutil.Process, but: set[int]) -> list[int]:
    """The processes of a server, none of which was killed yet."""
    for server in supervisor.children():
        with suppress(psutil.NoSuchProcess):
            found = [child.pid for child in server.children()]
            if len(found) == 2 and not but & set(found):
                return found
    return []


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=PATIENCE).ok
    except requests.ConnectionError:
        return False
