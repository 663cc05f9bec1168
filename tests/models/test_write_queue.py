"""Writers of SQLite queue: one at a time, of threads and processes, and none waits for ever."""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee
import pytest

from cabinet.models import write_queue as module
from cabinet.models.connections import wait_no_longer_than
from cabinet.models.sqlite import QueuedSqliteDatabase
from cabinet.models.write_queue import WriteQueue
from tests.forked import holds_in_a_child
from tests.waiting import PATIENCE, until


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever must wait gives up at once."""
    monkeypatch.setattr(module, "LOCK_PATIENCE", 0.05)


@contextmanager
def patient(seconds: float) -> Iterator[None]:
    """Inside, this thread waits so long for its turn."""
    wait_no_longer_than(seconds)
    try:
        yield
    finally:
        wait_no_longer_than(None)


def is_free(queue: WriteQueue) -> bool:
    """Whether another process could write now."""
    with open(queue.path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def in_a_thread(work: object) -> list[BaseException]:
    """What came of some work in another thread: nothing, or what it raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()  # type: ignore[operator]
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    return raised


def test_one_writes_and_the_others_wait(sqlite: QueuedSqliteDatabase, impatient: None) -> None:
    assert is_free(sqlite.queue)
    with sqlite.atomic():
        assert not is_free(sqlite.queue), "other processes wait"
        raised = in_a_thread(sqlite.queue.acquire)
        assert isinstance(raised[0], peewee.OperationalError), "other threads wait, and give up some time"
        assert str(raised[0]) == "database is locked"
    assert is_free(sqlite.queue)
    assert not in_a_thread(sqlite.queue.acquire)
    sqlite.queue.release()


HOLD = """
import fcntl, sys
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_process_that_never_lets_go_is_waited_for_no_longer_than_there_is_patience(
    sqlite: QueuedSqliteDatabase,
) -> None:
    command = [sys.executable, "-c", HOLD, sqlite.queue.path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin and other.stdout and other.stdout.readline() == b"held\n"
        for _ in range(2):
            with patient(0.1), pytest.raises(peewee.OperationalError, match=r"^database is locked$"):
                sqlite.queue.acquire()
        other.stdin.close()
        with patient(PATIENCE), sqlite.atomic():
            sqlite.execute_sql("INSERT INTO word VALUES ('a')")
    assert is_free(sqlite.queue)
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "write-queue"])


def test_a_turn_that_comes_in_time_is_taken(sqlite: QueuedSqliteDatabase) -> None:
    command = [sys.executable, "-c", HOLD, sqlite.queue.path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin and other.stdout and other.stdout.readline() == b"held\n"
        waiting = threading.Thread(target=_write, args=(sqlite,))
        waiting.start()
        [turn] = until(lambda: [one for one in threading.enumerate() if one.name == "write-queue"])
        assert turn.daemon, "a process that ends does not wait for it"
        assert waiting.is_alive()
        other.stdin.close()
        waiting.join(PATIENCE)
    assert sqlite.execute_sql("SELECT text FROM word").fetchall() == [("a",)]
    assert is_free(sqlite.queue)


def _write(sqlite: QueuedSqliteDatabase) -> None:
    with sqlite.connection_context(), patient(PATIENCE), sqlite.atomic():
        sqlite.execute_sql("INSERT INTO word VALUES ('a')")


def test_others_may_read_meanwhile(sqlite: QueuedSqliteDatabase) -> None:
    with sqlite.atomic():
        sqlite.execute_sql("INSERT INTO word VALUES ('a')")

        def read() -> None:
            with sqlite.connection_context():
                assert sqlite.execute_sql("SELECT COUNT(*) FROM word").fetchone()[0] == 0

        assert not in_a_thread(read)


def test_a_transaction_is_a_writer_from_its_begin(sqlite: QueuedSqliteDatabase) -> None:
    other = sqlite3.connect(sqlite.database, timeout=0)
    with sqlite.atomic(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("INSERT INTO word VALUES ('b')")
    other.close()


def test_the_turn_ends_with_a_transaction_that_failed(sqlite: QueuedSqliteDatabase) -> None:
    with pytest.raises(peewee.IntegrityError), sqlite.atomic():
        for _ in range(2):
            sqlite.execute_sql("INSERT INTO word VALUES ('a')")
    assert is_free(sqlite.queue)
    assert sqlite.execute_sql("SELECT COUNT(*) FROM word").fetchone()[0] == 0


def test_the_turn_ends_when_the_file_is_locked_by_a_stranger(sqlite: QueuedSqliteDatabase) -> None:
    other = sqlite3.connect(sqlite.database)
    other.execute("BEGIN EXCLUSIVE")
    sqlite.execute_sql("PRAGMA busy_timeout = 0")
    with pytest.raises(peewee.OperationalError), sqlite.atomic():
        pass
    assert is_free(sqlite.queue)
    other.rollback()
    with sqlite.atomic():
        sqlite.execute_sql("INSERT INTO word VALUES ('a')")
    other.close()


def test_a_forked_child_has_a_queue_of_its_own(tmp_path: Path) -> None:
    queue = WriteQueue(str(tmp_path / "lock"))
    queue.thread_lock.acquire()  # a thread of the parent's, which the child has not

    def takes_turns() -> bool:
        queue.acquire()
        held = not is_free(queue)
        queue.release()
        return held and is_free(queue)

    assert holds_in_a_child(takes_turns)
    queue.thread_lock.release()
    queue.acquire()
    assert holds_in_a_child(lambda: not is_free(queue)), "the parent's turn stays the parent's"
    queue.release()


def test_threads_that_begin_together_in_a_child_share_its_queue(tmp_path: Path) -> None:
    """As the first requests of a server's process do; one that kept a lock of another would block all."""
    queue = WriteQueue(str(tmp_path / "lock"))
    parents = queue.thread_lock

    def is_there_before_threads() -> bool:
        return queue.thread_lock is not parents

    assert holds_in_a_child(is_there_before_threads)
    assert queue.thread_lock is parents


def test_a_queue_whose_file_is_gone_keeps_no_child_from_its_other_queues(tmp_path: Path) -> None:
    """What a child must not share is renewed one after the other."""
    for name in "abcd":
        (tmp_path / name).mkdir()
    queues = [WriteQueue(str(tmp_path / name / "lock")) for name in "abcd"]
    for name in "ac":
        shutil.rmtree(tmp_path / name)

    def write() -> bool:
        for queue in (queues[1], queues[3]):
            queue.acquire()
        return not is_free(queues[1]) and not is_free(queues[3])

    for queue in queues:
        queue.thread_lock.acquire(timeout=PATIENCE)  # by a thread that the child does not have
    assert holds_in_a_child(write)


def test_the_lock_is_a_file_for_the_owner_alone(tmp_path: Path) -> None:
    queue = WriteQueue(str(tmp_path / "lock"))
    assert os.stat(queue.path).st_mode & 0o777 == 0o600 & ~os.umask(os.umask(0o022))
    assert not os.get_inheritable(queue.file)
    WriteQueue(queue.path)


def test_who_writes_again_and_again_gives_way_to_the_process_that_waits(tmp_path: Path) -> None:
    often, once = (WriteQueue(str(tmp_path / "lock")) for _ in range(2))  # as of two processes
    written: list[str] = []

    def write_once() -> None:
        once.acquire()
        written.append("once")
        once.release()

    often.give_way()  # nobody waits
    for _ in range(5):
        written.clear()
        often.acquire()
        waiting = threading.Thread(target=write_once)
        waiting.start()
        until(lambda: not is_open(often.door))
        often.release()
        often.give_way()
        often.acquire()
        written.append("often")
        often.release()
        waiting.join(PATIENCE)
        assert written == ["once", "often"]


def is_open(door: str) -> bool:
    """Whether no process is next."""
    with open(door) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
