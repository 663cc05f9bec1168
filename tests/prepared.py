"""Starts the product's processes apart without their imports, which take most of the time of most of them.

A process has imported what they import (`tests.preparing`). Where `subprocess` would start one of the
product's own commands, that process forks it instead: it is a child of this process all the same, and takes
its arguments, limits and pipes as ever. They start as in production where coverage is measured or all that is
optional is required, as in `.ci/run`, and for tests that ask for `from_nothing`.
"""

import os
import pickle
import socket
import subprocess
import sys
import threading
from typing import Any

import pytest

from cabinet.apart import process
from cabinet.apart.process import ENVIRONMENT
from cabinet.billing.staging import sqlite_writer
from tests import preparing

MODULES = ("cabinet.billing.readers.workbook_process", "cabinet.receipts.limited_process")
AS_IN_PRODUCTION = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG", "CABINET_REQUIRE_ALL")
_start = subprocess.Popen._execute_child  # type: ignore[attr-defined]


class Prepared:
    """The process that forks others, once one is wanted."""

    def __init__(self) -> None:
        self.off = not preparing.CLONE
        self.owner = os.getpid()
        self.turn = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.requests, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def forks(self, command: object) -> bool:
        """Whether it forks what the command starts."""
        if self.off or os.getpid() != self.owner or any(map(os.environ.get, AS_IN_PRODUCTION)):
            return False
        if not isinstance(command, list) or command[:2] != [sys.executable, "-I"]:
            return False
        if command[2] != sqlite_writer.__file__ and command[2:4] not in [
            [process.__file__, module] for module in MODULES
        ]:
            return False
        # what is forked ends with the thread that started the process, as with a parent
        return bool(self.process) or threading.current_thread() is threading.main_thread()

    def start(self, command: list[str], folder: str, environment: dict[str, str], ends: list[int]) -> int:
        """The number of a new child with these ends of pipes as standard input, output and errors."""
        with self.turn:
            if not self.process:
                self._begin()
            socket.send_fds(self.requests, [pickle.dumps((command[2:], folder, environment))], ends)
            number = int(self.requests.recv(100))
        if number < 0:
            raise OSError(-number, os.strerror(-number))
        return number

    def _begin(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-I", preparing.__file__, str(self.theirs.fileno())],
            env={**os.environ, **ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            pass_fds=[self.theirs.fileno()],
        )
        self.theirs.close()

    def end(self) -> None:
        """Let it end."""
        self.requests.close()
        self.theirs.close()
        if self.process:
            self.process.wait()


PREPARED = Prepared()


def _execute_child(self: "subprocess.Popen[Any]", command: Any, *how: Any) -> None:
    """In place of that of `subprocess`."""
    if not PREPARED.forks(command):
        _start(self, command, *how)
        return
    pipes = how[9:15]
    ends = [number if end == -1 else end for number, end in enumerate((pipes[0], pipes[3], pipes[5]))]
    folder, environment = how[4] or os.getcwd(), how[5]
    try:
        self.pid = PREPARED.start(
            command, folder, dict(os.environ if environment is None else environment), ends
        )
        self._child_created = True  # type: ignore[attr-defined]
    finally:
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]


def pytest_configure() -> None:
    subprocess.Popen._execute_child = _execute_child  # type: ignore[attr-defined]


def pytest_unconfigure() -> None:
    subprocess.Popen._execute_child = _start  # type: ignore[attr-defined]
    PREPARED.end()


@pytest.fixture
def from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes start as in production, for tests of how they start and of what they take."""
    monkeypatch.setattr(PREPARED, "off", True)
