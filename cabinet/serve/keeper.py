"""Keeps the processes that serve: `python keeper.py ALIVE UP FIGURES PROCESS…`.

The process that has loaded the application and forked them becomes this, which is their parent still. What
it had loaded would be one more copy in the memory as soon as they have written to theirs. It cannot fork
another: where a process dies it tells the supervisor, and the rest go on until another server is up. A server
that loses one before all have come up, of which each writes a byte to the pipe UP, has failed.

Nothing of ours is imported here, and little else, for the memory's sake.
"""

import os
import signal
import sys
import threading
import time
from contextlib import suppress

LOST = signal.SIGURG  # to the supervisor; one of an older version ignores it
STOP_WAIT = 25  # seconds for what is under way; process managers kill after 30
SETTLES = 0.5  # seconds until processes accept nothing more; one asked to end before may not end
ASKED = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGALRM)  # blocked until it listens


class Keeper:
    """`keep` them in the main thread."""

    def __init__(self, up: int, processes: set[int]) -> None:
        self.up, self.coming = up, len(processes)  # those that have not come up
        self.processes = processes
        self.ending = self.failed = False
        os.set_blocking(up, False)
        self.supervisor = os.getppid()

    def keep(self) -> int:
        """Until none is left; 0 where they were asked to end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGUSR1, self._retire)
        signal.signal(signal.SIGALRM, self._kill)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED)
        while living := set(filter(_lives, self.processes)):
            lost, self.processes = living < self.processes, living
            if lost and not self.ending:
                self._lose()
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
            if ended and ended.si_pid not in living:
                os.waitpid(ended.si_pid, 0)  # somebody's that nobody else asks for
        return 0 if self.ending and not self.failed else 1

    def _lose(self) -> None:
        """One has died: another server is asked for, unless this one has not even come up."""
        with suppress(BlockingIOError):
            self.coming -= len(os.read(self.up, self.coming or 1))
        if not self.coming:
            if os.getppid() == self.supervisor:
                os.kill(self.supervisor, LOST)
            return
        self.failed = True
        self._retire()
        time.sleep(SETTLES)
        self._end()

    def _retire(self, *_: object) -> None:
        """They accept nothing more; soon they are asked to end."""
        self.ending = True
        self._send(signal.SIGUSR1)

    def _end(self, *_: object) -> None:
        """They finish what is under way."""
        self.ending = True
        self._send(signal.SIGTERM)
        signal.alarm(STOP_WAIT)

    def _kill(self, *_: object) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):  # it has just died
                os.kill(process, number)


def _lives(process: int) -> bool:
    try:
        return os.waitpid(process, os.WNOHANG) == (0, 0)
    except ChildProcessError:  # it died before there was a keeper
        return False


def follow(alive: int) -> None:
    """End when the supervisor has: nobody else would ever stop a server, and it would keep the port."""
    os.read(alive, 1)
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)


def remove(folder: str) -> None:
    """Remove a folder of files, if it is still there."""
    with suppress(OSError):
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
        os.rmdir(folder)


def main(alive: str, up: str, figures: str, *processes: str) -> int:
    """Keep these processes; the exit code."""
    threading.Thread(target=follow, args=(int(alive),), daemon=True).start()  # signals are blocked there
    try:
        return Keeper(int(up), set(map(int, processes))).keep()
    finally:
        remove(figures)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
