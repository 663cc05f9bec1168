"""One commit for the requests that wait to write to SQLite: all wait for the disk at once.

Who has written, and sees another request of its process in line, leaves the transaction open to that one and
waits; the last of them commits for all. Nobody goes on before what it wrote is on the disk, and what one of
them takes back takes nothing of the others with it.

Requests of a process write by one connection: whatever others write empties the cache of one that reads, and
to read those pages again costs more than to change them.
"""

import threading
from collections import deque
from contextlib import suppress
from typing import Any

import peewee

WRITER_CACHE_KIB = 2 * 1024
MOST = 8  # requests that share a commit: those of other processes wait for all of them


class Turns:
    """A lock for threads, which have it in order of arrival."""

    def __init__(self) -> None:
        self.taken = False
        self.waiting: deque[threading.Lock] = deque()
        self.guard = threading.Lock()

    def acquire(self, timeout: float = -1) -> bool:
        """Wait for the turn, for `timeout` seconds at most; whether it came."""
        with self.guard:
            if not self.taken:
                self.taken = True
                return True
            place = threading.Lock()
            place.acquire()
            self.waiting.append(place)
        try:
            came = place.acquire(timeout=timeout)
        except BaseException:  # an interrupt
            if self._leave(place):
                self.release()
            raise
        return came or self._leave(place)

    def pass_on(self) -> bool:
        """The turn is the next one's, for certain; False where nobody waits, and it stays ours."""
        with self.guard:
            return self._gave()

    def release(self) -> None:
        """The turn is over."""
        with self.guard:
            self.taken = self._gave()

    def _leave(self, place: threading.Lock) -> bool:
        """Wait no longer; whether the turn came just now."""
        with self.guard:
            if place not in self.waiting:
                return True
            self.waiting.remove(place)
            return False

    def _gave(self) -> bool:
        if self.waiting:
            self.waiting.popleft().release()
            return True
        return False


class Joint:
    """A transaction that one thread after another writes in."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection  # of the first of them
        self.turns = 0  # of threads that have written in it, or taken back what they had
        self.error: Exception | None = None
        self.over = threading.Event()

    def end(self, error: Exception | None = None) -> None:
        """It was committed, or by this error it was not: those who wait go on."""
        self.error = error
        self.over.set()

    def wait(self) -> None:
        """Until it is committed. Raises peewee.OperationalError: nothing of it is written."""
        self.over.wait()
        if self.error:
            raise peewee.OperationalError(*self.error.args)


class _Mine(threading.local):
    """What a thread has to do with the transaction."""

    turn = False  # whether it writes now
    own: Any = None  # its connection, while it writes by that of all
    part = False  # whether it goes on in a transaction that another has begun


class JointCommits:
    """The transactions of a database of SQLite whose writers wait in `queue`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.joint: Joint | None = None  # what was left open to the next in line
        self.writer: Any = None  # the connection by which requests write, whoever has the turn
        self.mine = _Mine()
        super().__init__(*args, **options)

    def begin(self: Any, lock_type: str | None = None) -> None:
        """Begin when the turn has come."""
        shares = self.autoconnect
        if shares:
            self.connect(reuse_if_open=True)  # before others wait
        self.queue.acquire()
        self.mine.turn = True
        try:
            if self.joint and not shares:
                self._commit_for_others()
            if shares:
                self.mine.own, self._state.conn = self._state.conn, self._writer_beside(self._state.conn)
            if self.joint:
                self._run("SAVEPOINT part")
                self.mine.part = True
            else:
                super().begin(lock_type)  # type: ignore[misc]
        except BaseException:
            if not self.joint:  # whatever is wrong with it, the next has another
                self.close_writer()
            self._leave()
            raise

    def _writer_beside(self: Any, own: Any) -> Any:
        """The connection to write by, to the same file as one's own, and as patient."""
        if self.joint:
            return self.joint.connection
        known = self.writer
        if known is None or known.worn or known.file != own.file or known.in_transaction:
            self.close_writer()
            self.writer = self._opened()
            self.writer.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
        self._be_patient(self.writer)
        return self.writer

    def close_writer(self) -> None:
        """Have the next who writes open another."""
        writer, self.writer = self.writer, None
        if writer:
            writer.close()

    def commit(self: Any) -> None:
        """What was written is on the disk when it returns."""
        if not (self.autoconnect and self.queue.waited_for and self._shared()):
            self._commit()
            self._leave()

    def _shared(self: Any) -> bool:
        """Leave it to the next in line, if there is one yet, and wait until it is committed."""
        joint = self.joint or Joint(self._state.conn)
        if not self._is_shared(joint):
            return False
        if not self._state.conn.in_transaction:  # SQLite has taken all back by itself, as on a full disk
            raise peewee.OperationalError("the transaction was taken back")
        if self.mine.part:
            self._run("RELEASE part")
        self.joint = joint
        passed: bool = self._pass_on()
        if passed:
            joint.wait()
        return passed

    def _is_shared(self: Any, joint: Joint) -> bool:
        """Whether another goes on in it: somebody waits, and others have not waited for too many."""
        joint.turns += 1
        return bool(self.queue.waited_for) and joint.turns < MOST

    def rollback(self: Any) -> None:
        """Take back what was written, unless all of it was already."""
        self._clear_commit_callbacks()  # even where it fails
        if not self.mine.turn:
            return
        try:
            if self.joint:
                self._take_back()
            elif self._state.conn.in_transaction:  # SQLite has not ended it by itself
                super().rollback()  # type: ignore[misc]
        finally:
            if not (self.joint and self._is_shared(self.joint) and self._pass_on()):
                self._leave()

    def _take_back(self: Any) -> None:
        try:
            self._run("ROLLBACK TO part")
            self._run("RELEASE part")
        except Exception as error:  # on a full disk SQLite takes back all
            self._give_up(error)

    def _run(self: Any, sql: str) -> None:
        with peewee.__exception_wrapper__:  # type: ignore[attr-defined]
            self._state.conn.execute(sql)

    def _commit(self: Any) -> None:
        """Commit, for all who wait for it, too."""
        joint, connection = self.joint, self.joint.connection if self.joint else self._state.conn
        try:
            with peewee.__exception_wrapper__:  # type: ignore[attr-defined]
                connection.execute("COMMIT")
        except Exception as error:
            connection.wear(error)
            self._give_up(error)
            raise
        self.joint = None
        if joint:
            joint.end()

    def _give_up(self: Any, error: Exception) -> None:
        """Nothing of what others wait for is written, and they are told so."""
        joint, self.joint = self.joint, None
        if joint:
            with suppress(Exception):
                joint.connection.execute("ROLLBACK")
            joint.end(error)

    def _commit_for_others(self: Any) -> None:
        with suppress(Exception):  # they are told of it
            self._commit()

    def _pass_on(self: Any) -> bool:
        mine, used = dict(vars(self.mine)), self._state.conn
        self._forget_mine()
        if self.queue.pass_on():
            return True
        vars(self.mine).update(mine)
        self._state.conn = used
        return False

    def _leave(self: Any) -> None:
        """The turn is over, and nobody waits for a commit."""
        if self.joint:
            self._commit_for_others()
        self._forget_mine()
        self.queue.release()

    def _forget_mine(self: Any) -> None:
        if self.mine.own:
            self._state.conn = self.mine.own
        self.mine.own, self.mine.turn, self.mine.part = None, False, False
