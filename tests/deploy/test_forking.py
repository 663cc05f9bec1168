"""The server forks its processes: each obeys from its first moment, and none outlives it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from config import ROOT
from tests.waiting import PATIENCE, until

STILL_LOADING = """
import os, sys, threading
from pathlib import Path
from cabinet.serve import server
from config import Settings

class Application:
    extensions = property(lambda self: {"figures": self})

    def share(self):
        Path(sys.argv[3], str(os.getpid())).touch()
        threading.Event().wait()

server._application = Application
server.serve(Settings.from_env(), int(sys.argv[1]), int(sys.argv[2]), Path(os.devnull))
"""


@pytest.fixture
def server(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["subprocess.Popen[bytes]"]:
    """A server whose processes never get ready; each makes a file of its number in `tmp_path`."""
    figures = str(tmp_path_factory.mktemp("figures"))  # it is killed, and leaves them
    alive, held = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        passed = (listening.fileno(), alive)
        process = subprocess.Popen(
            [sys.executable, "-c", STILL_LOADING, *map(str, passed), str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, "DEMO": "1", "WEB_PROCESSES": "1", "TMPDIR": figures},
            pass_fds=passed,
        )
        until(lambda: begun(tmp_path) or process.poll() is not None)
        yield process
    process.kill()
    process.wait(PATIENCE)
    for child in begun(tmp_path):
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    os.close(alive)
    os.close(held)


def begun(folder: Path) -> list[int]:
    """The numbers of the processes that were forked."""
    return [int(path.name) for path in folder.iterdir()]


def test_a_process_that_is_asked_to_end_before_it_serves_ends(
    server: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    (child,) = begun(tmp_path)
    os.kill(child, signal.SIGTERM)
    assert server.wait(PATIENCE) == 1, "the supervisor begins another"
    assert not psutil.pid_exists(child)


def test_the_processes_of_a_server_that_was_killed_end(
    server: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    """Nobody else would end them, and they would keep the port."""
    (child,) = begun(tmp_path)
    server.kill()
    server.wait(PATIENCE)
    until(lambda: gone(child), "it outlives its server")


def test_what_keeps_the_processes_has_nothing_of_what_they_loaded(
    server: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    def libraries(process: int) -> str:
        return Path(f"/proc/{process}/maps").read_text()

    (child,) = begun(tmp_path)
    assert "granian" in libraries(child)
    until(lambda: "granian" not in libraries(server.pid), "it has a copy of all of it")
    server.terminate()
    assert server.wait(PATIENCE) == 0
    assert not psutil.pid_exists(child)


def gone(number: int) -> bool:
    """Whether the process has ended, though nobody may have asked for it yet."""
    with suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(number).status() == psutil.STATUS_ZOMBIE)
    return True


def test_what_is_loaded_before_the_fork_has_neither_connections_nor_threads(tmp_path: Path) -> None:
    """SQLite's locks are the process's, and a thread's are held for ever in a child."""
    loaded = (
        "import threading; from cabinet.serve.server import _application; _application(); "
        "from cabinet.models.database import db; print(threading.active_count(), db.obj.idle, db.is_closed())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", loaded],
        cwd=ROOT,
        env={**os.environ, "DEMO": "1", "DATABASE_URL": f"sqlite:///{tmp_path}/cabinet.db"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == ["1", "[]", "True"]
