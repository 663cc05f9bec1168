"""A run of the tests that is stopped leaves no process, no PostgreSQL and no folder behind."""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from config import ROOT
from tests.waiting import PATIENCE, until
from tools.run_tests import processes_of

ENDLESS = ("-q", "-n2", "-pno:cacheprovider", "tests/stopping/endless.py")


def alive(process: psutil.Process) -> bool:
    """Whether it runs; one that has ended and that nobody has asked for is a zombie."""
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def running(environment: dict[str, str], *arguments: str) -> "subprocess.Popen[bytes]":
    """A run of tests."""
    return subprocess.Popen(
        [sys.executable, "tools/run_tests.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc to look for processes in")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopped_it_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    """Killed it leaves what the next run removes."""
    with tempfile.TemporaryDirectory() as temporary:
        run = running({"TMPDIR": temporary, "ENDLESS": str(tmp_path)}, *ENDLESS)
        until(lambda: run.poll() is not None or len(list(tmp_path.glob("[12]"))) == 2)
        (folder,) = (str(path) for path in Path(temporary).iterdir())
        for started in tmp_path.iterdir():
            with psycopg.connect(started.read_text()) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
        children = psutil.Process(run.pid).children(recursive=True)
        assert len(children) > 15 and len(processes_of(folder)) > 15, "with two servers and what they started"
        run.send_signal(number)
        if number == signal.SIGKILL:
            assert run.wait(PATIENCE) == -number
            assert running({"TMPDIR": temporary}, "--version").wait(PATIENCE) == 0
        else:
            assert run.wait(PATIENCE) == 128 + number
        assert [child for child in children if alive(child)] == processes_of(folder) == []
        assert list(Path(temporary).iterdir()) == []
