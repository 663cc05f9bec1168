"""systemd itself finds nothing wrong with the units of `deploy/`."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
INSTALLED = "/srv/cabinet/.venv/bin"


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze: it comes with systemd alone")
    for unit in UNITS:
        (tmp_path / unit.name).write_text(
            unit.read_text().replace(INSTALLED, str(Path(sys.executable).parent))
        )
    units = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run([program, "verify", *units], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "cabinet-" in line]
    assert len(units) == 3 and said == [] and done.returncode == 0, done.stderr
