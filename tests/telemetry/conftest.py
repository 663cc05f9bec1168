"""Another process that counts."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from config import ROOT

COUNTING = """
import os
from cabinet.web.figures import shared
for _ in range(3):
    shared.own.count_request("GET", "/made-up", 200, 0.3)
shared.own.count_event("limit_reached", "made-up")
shared.gauge("made-up", lambda: 5)
shared.write()
print(os.getpid())
"""


@pytest.fixture
def counted_elsewhere() -> Callable[[], int]:
    """Have another process count, tell and end; its number."""

    def count() -> int:
        done = subprocess.run(
            [sys.executable, "-c", COUNTING], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
        )
        return int(done.stdout)

    return count
