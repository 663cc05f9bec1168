"""Keeps the socket, and one server at it: on SIGHUP a new one takes over before the old one ends.

The new server is a fresh interpreter with the code and the `.env` of now. If it does not come up, the old one
goes on. One that tells of a lost process is replaced in the same way, until a whole one is up.
One that ends by itself has a successor: visitors wait in the socket's queue. One that has never come up whole
ends the supervisor too, and says why.

Little is imported, for the memory's sake: what it seldom does loads what it needs.
"""

import math
import os
import queue
import signal
import socket
import subprocess  # nosec B404 # ours
import sys
import time
from contextlib import ExitStack, suppress

from cabinet.serve.keeper import LOST, SETTLES, remove

TYPE_CHECKING = False  # as mypy takes it; `typing` is half a megabyte
if TYPE_CHECKING:
    import logging

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
    """`run` it in the main thread; `given` is the environment of servers.

    `ready` is a folder for those that come up, which goes with it, `level` the least that it logs.
    """

    def __init__(
        self,
        listening: socket.socket,
        processes: int,
        given: dict[str, str],
        ready: str | None = None,
        level: str = "INFO",
    ) -> None:
        self.listening, self.processes, self.ready, self.level = listening, processes, ready, level
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
            if self.ready:
                stack.callback(remove, self.ready)
            return self._serve(self.ready)

    def _serve(self, ready: str | None) -> int:
        server, up = self._start(ready), 0
        while True:
            asked = self._next()
            up += _taken_from(ready)
            if server.poll() is not None and asked in (None, signal.SIGHUP):
                if up < self.processes:
                    return server.returncode
                self._log().error("the server ended by itself (%s); another one begins", server.returncode)
                self.losses.open = False
                server, up = self._start(ready), 0
            elif asked == signal.SIGHUP or (asked is None and self.losses.due()):
                before, server = server, self._tried(server)
                up = up if server is before else self.processes
            elif asked is not None:
                self.listening.close()
                _end(server)
                return max(server.returncode, 0)  # it may have been asked before it could be

    def _log(self) -> "logging.Logger":
        import logging

        logging.basicConfig(level=self.level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        return logging.getLogger(__name__)

    def _ask(self, number: int, _frame: object) -> None:
        self.asked.put(number)

    def _next(self) -> int | None:
        try:
            return self.asked.get(timeout=LOOK_EVERY)
        except queue.Empty:
            return None

    def _start(self, ready: str | None) -> "subprocess.Popen[bytes]":
        passed = (self.listening.fileno(), self.alive)
        command = [sys.executable, "-m", "cabinet.serve", "--on", *map(str, passed), ready or os.devnull]
        return subprocess.Popen(command, env=self.given, pass_fds=passed)  # noqa: S603 (ours)

    def _tried(self, old: "subprocess.Popen[bytes]") -> "subprocess.Popen[bytes]":
        lost, self.losses.open = self.losses.open, False
        if lost:
            self._log().error("the server has lost a process; another server begins")
        new = self._replaced(old)
        if lost:
            self.losses.tried(new is not old)
        return new

    def _replaced(self, old: "subprocess.Popen[bytes]") -> "subprocess.Popen[bytes]":
        """The server from now on: a new one that has come up, or still the old one."""
        from cabinet.serve.held_folder import held_folder

        with held_folder("ready") as folder:
            new = self._start(str(folder))
            deadline = time.monotonic() + PATIENCE
            while len(list(folder.iterdir())) < self.processes:
                if new.poll() is not None or time.monotonic() > deadline or not self.asked.empty():
                    self._log().error("the new server does not come up; the old one goes on")
                    _end(new)
                    return old
                time.sleep(COMES_UP)
        self._log().warning("a new server has taken over")
        _end(old, LAST_READ)
        return new


def begin(given: dict[str, str], number: str, processes: str, level: str, *folder: str) -> int:
    """Supervise servers at the socket of this number; its exit code.

    `folder` is that of those that come up and the number of the file that holds it, if there is one.
    """
    for held in folder[1:]:
        os.set_inheritable(int(held), False)
    ready = folder[0] if folder else None
    return Supervisor(socket.socket(fileno=int(number)), int(processes), given, ready, level).run()


def _taken_from(ready: str | None) -> int:
    """How many processes have come up since the last look."""
    found = 0
    with suppress(OSError):  # somebody may tidy up the folder of what is temporary
        for name in os.listdir(ready) if ready else ():
            os.unlink(os.path.join(ready or "", name))
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
