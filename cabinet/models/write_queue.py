"""The queue of writers of a SQLite file: one at a time, in order of arrival, across threads and processes."""

import fcntl
import os
import threading
import time

import peewee

from cabinet.models.connections import patience, renew_in_children
from cabinet.models.joint_commit import Turns

LOCK_PATIENCE = 15  # seconds a writer queues before it gives up; less on pages
NOT_YET = -1  # the file of a queue in a forked child, until somebody writes there


class WriteQueue:
    """Admits one writer at a time to a SQLite file, in order of arrival, across threads and processes.

    SQLite's own busy wait polls and is unfair: a writer may starve for seconds under load. A thread lock
    inside the process and a lock on a file between processes turn the wait into a queue.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.door = path + ".door"  # locked by the process that is next
        self.renew()
        self.file = _opened(self.path)
        renew_in_children(self)

    def renew(self) -> None:
        """Have locks of its own: those of a parent are not."""
        self.thread_lock = Turns()
        self.locked = False
        self.file = NOT_YET

    def acquire(self) -> None:
        """Wait for the turn. Raises peewee.OperationalError after LOCK_PATIENCE seconds, or `patience()`."""
        most = patience() or LOCK_PATIENCE
        deadline = time.monotonic() + most
        if not self.thread_lock.acquire(timeout=most):
            raise peewee.OperationalError("database is locked")
        if self.locked:  # it was passed on to us
            return
        try:
            self._lock_file(deadline)
        except BaseException:
            self.thread_lock.release()
            raise
        self.locked = True

    def _lock_file(self, deadline: float) -> None:
        """Queue among processes. The system knows no time-out: where one is needed, a thread waits for us."""
        if self.file == NOT_YET:
            self.file = _opened(self.path)
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            turn = _Turn(self.file, self.door)
            if not turn.came(deadline - time.monotonic()):
                self.file = _opened(self.path)  # the turn comes yet, to nobody: it ends with the old file
                raise peewee.OperationalError("database is locked") from None

    def give_way(self) -> None:
        """Before the next of many turns: let another process that waits have its turn first.

        Who releases the lock is awake to take it again before others are.
        """
        door = _opened(self.door)
        try:
            fcntl.flock(door, fcntl.LOCK_EX)
            fcntl.flock(door, fcntl.LOCK_UN)
        finally:
            os.close(door)

    @property
    def waited_for(self) -> bool:
        """Whether a thread of this process waits for its turn."""
        return bool(self.thread_lock.waiting)

    def pass_on(self) -> bool:
        """The turn is that of this process's next thread, before other processes; False where none waits."""
        return self.thread_lock.pass_on()

    def release(self) -> None:
        """Let the next writer in."""
        self.locked = False
        fcntl.flock(self.file, fcntl.LOCK_UN)
        self.thread_lock.release()


def _opened(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


class _Turn:
    """A place in the queue of processes for a SQLite file, kept by a thread that may wait for ever."""

    def __init__(self, file: int, door: str) -> None:
        self.file, self.door = file, _opened(door)
        self.lock = threading.Lock()
        self.locked = threading.Event()
        self.given_up = False
        threading.Thread(target=self._wait, daemon=True, name="write-queue").start()

    def _wait(self) -> None:
        fcntl.flock(self.door, fcntl.LOCK_EX)
        fcntl.flock(self.file, fcntl.LOCK_EX)
        fcntl.flock(self.door, fcntl.LOCK_UN)
        os.close(self.door)
        with self.lock:
            self.locked.set()
            if self.given_up:
                os.close(self.file)  # which unlocks it

    def came(self, seconds: float) -> bool:
        """Whether it is our turn within so many seconds; else it is given up, and the file with it."""
        self.locked.wait(max(0, seconds))
        with self.lock:
            self.given_up = not self.locked.is_set()
            return not self.given_up
