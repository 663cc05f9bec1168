"""Keeps the socket, and one server at it: on SIGHUP a new one takes over before the old one ends.

The new server is a fresh interpreter with the code and the `.env` of now. If it does not come up, the old one
goes on. One that tells of a lost process is replaced in the same way, until a whole one is up.
One that ends by itself has a successor: visitors wait in the socket's queue. One that has never come up whole
ends the supervisor too, and says why.
"""

import logging
import math
import os
import queue
import signal
import socket
import subprocess  # nosec B404 # ours
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from cabinet.serve.held_folder import held_folder
from cabinet.serve.keeper import LOST, SETTLES

log = logging.getLogger(__name__)

PATIENCE = 120  # seconds until a server must have come up
LAST_WAIT = 30  # seconds for it to end
LAST_READ = 1.0  # seconds in which it reads what it accepted last
LOOK_EVERY = 1.0  # seconds between looks for a server that has ended; one that dies at once is not hurried
COMES_UP = 0.2  # seconds between looks at a new one
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds between servers that are tried because a process was lost


class Losses:
    """When a server that has lost a process is replaced: at once, then after pauses that double."""

    def __init__(self) -> None:
        self.open = False
        self.pause, self.earliest = 0.0, -math.inf

    def note(self, *_: object) -> None:
        """A process was lost."""
        self.open = True

    def due(self) -> bool:
        """Whether another server is to be tried now."""
        return self.open and time.monotonic() >= self.earliest

    def tried(self, whole: bool) -> None:
        """Another server was tried. The pauses begin anew where none was for minutes."""
        calm = time.monotonic() - self.earliest > LONGEST_PAUSE + PATIENCE
        self.pause = FIRST_PAUSE if calm else min(2 * self.pause, LONGEST_PAUSE)
        self.earliest = time.monotonic() + self.pause
        self.open = self.open or not whole


class Supervisor:
    """`run` it in the main thread; `given` is the environment of servers."""

    def __init__(self, listening: socket.socket, processes: int, given: dict[str, str]) -> None:
        self.listening, self.processes = listening, processes
        self.given = {name: value for name, value in given.items() if not name.startswith("LISTEN_")}
        self.given.setdefault("MALLOC_ARENA_MAX", "2")  # glibc has one for every other thread otherwise
        self.asked: queue.SimpleQueue[int] = queue.SimpleQueue()  # a signal handler may put into it
        self.losses = Losses()
        self.alive, self.held = os.pipe()

    def run(self) -> int:
        """Serve until asked to stop, or until a server ends that has never come up; its exit code."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask)
        signal.signal(LOST, self.losses.note)
        with ExitStack() as stack:
            ready = None
            with suppress(OSError):  # without a place for it no server is known to have come up
                ready = stack.enter_context(held_folder("ready"))
            return self._serve(ready)

    def _serve(self, ready: Path | None) -> int:
        server, up = self._start(ready), 0
        while True:
            asked = self._next()
            up += _taken_from(ready)
            if server.poll() is not None and asked in (None, signal.SIGHUP):
                if up < self.processes:
                    return server.returncode
                log.error("the server ended by itself (%s); another one begins", server.returncode)
                self.losses.open = False
                server, up = self._start(ready), 0
            elif asked == signal.SIGHUP or (asked is None and self.losses.due()):
                before, server = server, self._tried(server)
                up = up if server is before else self.processes
            elif asked is not None:
                self.listening.close()
                _end(server)
                return max(server.returncode, 0)  # it may have been asked before it could be

    def _ask(self, number: int, _frame: Any) -> None:
        self.asked.put(number)

    def _next(self) -> int | None:
        try:
            return self.asked.get(timeout=LOOK_EVERY)
        except queue.Empty:
            return None

    def _start(self, ready: Path | None) -> "subprocess.Popen[bytes]":
        passed = (self.listening.fileno(), self.alive)
        command = [sys.executable, "-m", "cabinet.serve", "--on", *map(str, passed), str(ready or os.devnull)]
        return subprocess.Popen(command, env=self.given, pass_fds=passed)  # noqa: S603 (ours)

    def _tried(self, old: "subprocess.Popen[bytes]") -> "subprocess.Popen[bytes]":
        lost, self.losses.open = self.losses.open, False
        if lost:
            log.error("the server has lost a process; another server begins")
        new = self._replaced(old)
        if lost:
            self.losses.tried(new is not old)
        return new

    def _replaced(self, old: "subprocess.Popen[bytes]") -> "subprocess.Popen[bytes]":
        """The server from now on: a new one that has come up, or still the old one."""
        with held_folder("ready") as folder:
            new = self._start(folder)
            deadline = time.monotonic() + PATIENCE
            while len(list(folder.iterdir())) < self.processes:
                if new.poll() is not None or time.monotonic() > deadline or not self.asked.empty():
                    log.error("the new server does not come up; the old one goes on")
                    _end(new)
                    return old
                time.sleep(COMES_UP)
        log.warning("a new server has taken over")
        _end(old, LAST_READ)
        return new


def _taken_from(ready: Path | None) -> int:
    """How many processes have come up since the last look."""
    found = 0
    with suppress(OSError):  # somebody may tidy up the folder of what is temporary
        for path in ready.iterdir() if ready else ():
            path.unlink()
            found += 1
    return found


def _end(server: "subprocess.Popen[bytes]", after: float = SETTLES) -> None:
    """Have a server accept nothing more, and stop it some seconds after; what is under way is finished."""
    server.send_signal(signal.SIGUSR1)
    time.sleep(after)
    server.terminate()
    try:
        server.wait(LAST_WAIT)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
