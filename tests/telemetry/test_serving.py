"""The server for real: several processes, one log, one set of figures."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from config import ROOT
from tests.ports import free_port
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.slow
ASKED = 60  # often enough that both processes get some


def test_two_processes_log_each_request_and_count_together(sqlite_url: str, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    environment = {"DEMO": "1", "PORT": str(port), "DATABASE_URL": sqlite_url, "WEB_PROCESSES": "2"}
    environment |= {"LOG_FORMAT": "json", "METRICS_TOKEN": "figures", "PYTHONPROFILEIMPORTTIME": "1"}
    with log.open("wb") as stderr:
        server = subprocess.Popen(
            [sys.executable, "-m", "cabinet.serve"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stderr=stderr,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        until(lambda: read(f"{address}/healthz"), "the server does not answer")
        names = [urllib.request.urlopen(f"{address}/help").headers["X-Request-ID"] for _ in range(ASKED)]
        until(lambda: counted(read(f"{address}/metrics", "figures")) == ASKED, "the figures do not add up")
    finally:
        server.terminate()
        assert server.wait(PATIENCE) == 0
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    loaded = re.findall(r"^import time:.*\| +cabinet\.application$", log.read_text(), re.MULTILINE)
    assert len(loaded) == 1, "each process loads the application anew, and shares no memory"
    assert [line["request_id"] for line in lines if line.get("route") == "/help"] == names


def read(url: str, token: str = "") -> str:
    """What an address answers, by a connection of its own; nothing if it does not."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with suppress(OSError), urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return str(answer.read().decode())
    return ""


def counted(text: str) -> float:
    """How many requests for /help all processes have answered."""
    found = re.search(r'^cabinet_requests_total\{method="GET",route="/help",status="200"\} (\S+)', text, re.M)
    return float(found[1]) if found else 0
