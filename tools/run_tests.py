"""Runs pytest so that nothing of it is left behind: no process, no PostgreSQL, no folder.

`python tools/run_tests.py [pytest's arguments]`. SIGINT, SIGTERM and SIGHUP stop it. What a run leaves that
was killed the next one ends and removes.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cabinet.serve.held_folder import held_folder

GRACE = 10  # seconds for the tests to clean up by themselves once they are stopped


def main(arguments: list[str]) -> int:
    """Run pytest; returns its exit code, or 128 and the number of the signal that stopped it."""
    stopped: list[int] = []
    tests: subprocess.Popen[bytes] | None = None

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)
        if tests:
            tests.send_signal(signal.SIGINT)  # pytest ends, and says what it has seen

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop)
    with held_folder("tests", bury=end_all) as folder:
        try:
            tests = subprocess.Popen(
                [sys.executable, "-m", "pytest", *arguments],
                env={**os.environ, "TMPDIR": str(folder)},
                start_new_session=True,  # Ctrl-C in a terminal goes to us alone
            )
            if stopped:
                tests.send_signal(signal.SIGINT)
            code = _wait(tests, stopped)
        finally:
            if tests:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(tests.pid, signal.SIGKILL)  # pytest and its workers, if they have not ended
                tests.wait()
            end_all(str(folder))
    return 128 + stopped[0] if stopped else code


def _wait(tests: "subprocess.Popen[bytes]", stopped: list[int]) -> int:
    """Wait for the tests; once stopped, not longer than GRACE seconds."""
    while not stopped:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return tests.wait(1)
    with contextlib.suppress(subprocess.TimeoutExpired):
        return tests.wait(GRACE)
    return -signal.SIGKILL


def end_all(folder: str) -> None:
    """Kill what is left of a run; returns when it is gone."""
    while left := processes_of(folder):
        for process in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        threading.Event().wait(0.05)


def processes_of(folder: str) -> list[int]:
    """The living processes that were told a run's folder, or work in it. Empty where there is no /proc."""
    entries = [entry for entry in Path("/proc").glob("[0-9]*") if int(entry.name) != os.getpid()]
    return [int(entry.name) for entry in entries if _names(entry, folder)]


def _names(process: Path, folder: str) -> bool:
    # some overwrite their environment by their title: PostgreSQL, which works in the folder
    for told in ("environ", "cmdline"):
        with contextlib.suppress(OSError):
            if folder.encode() in (process / told).read_bytes():
                return True
    with contextlib.suppress(OSError):
        return str((process / "cwd").readlink()).startswith(folder)
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
