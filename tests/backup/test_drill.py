"""The drill of a disaster, on few residents."""

import subprocess
import sys

import pytest

from config import ROOT
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_backup_under_writes_comes_back_as_it_was(kind: str) -> None:
    command = [sys.executable, "tools/drill.py", "--residents", "1000", "--on", kind]
    drill = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert drill.returncode == 0, drill.stdout + drill.stderr
    assert "equal" in drill.stdout
