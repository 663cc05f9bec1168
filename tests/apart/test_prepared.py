"""What tests start from a prepared process is started as in production, but for the time it takes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cabinet.apart.process import ENVIRONMENT, Limits, command
from cabinet.receipts import limited, limited_process
from cabinet.receipts.errors import RefusedFileError
from tests.prepared import PREPARED

STATE = "tests.apart.its_state"
LIMITED = limited_process.__name__


def state() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(limited.work(STATE, b"in", 7, 300 << 20))
    return found


def test_it_has_the_same_state(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    forked = state()
    request.getfixturevalue("from_nothing")
    assert forked == state()
    assert (forked["parent"], forked["RLIMIT_CPU"]) == (os.getpid(), [7, 12])


@pytest.mark.usefixtures("as_it_is_not_in_ci")
def test_it_is_forked() -> None:
    state()
    process = subprocess.Popen(
        command(LIMITED, Limits(1, 300 << 20), STATE), env=ENVIRONMENT, stdin=subprocess.PIPE
    )
    assert PREPARED.process
    started = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    process.kill()
    assert process.wait() == -9
    assert started == Path(f"/proc/{PREPARED.process.pid}/cmdline").read_bytes()


@pytest.fixture
def as_it_is_not_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG", "CABINET_REQUIRE_ALL"):
        monkeypatch.delenv(name, raising=False)
    if PREPARED.off:
        pytest.skip("this system has no such call")


def test_an_error_is_its_exit_code() -> None:
    with pytest.raises(RefusedFileError, match="broken"):
        limited.work(STATE, b"anything else", 7, 300 << 20)


def test_others_are_not_forked() -> None:
    own = [sys.executable, "-I", "-c", "pass"]
    assert not any(map(PREPARED.forks, (own, "ls", ["ls"], command("tests.apart.silent", Limits(1, 1)))))
