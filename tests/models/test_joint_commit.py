"""Requests that wait in line for SQLite share a commit, and none goes on before it is on the disk."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Any

import peewee
import pytest

from cabinet.models import joint_commit
from cabinet.models.connections import connect_when_asked, wait_no_longer_than
from cabinet.models.sqlite import QueuedSqliteDatabase
from tests.models.test_write_queue import is_free
from tests.waiting import PATIENCE, until

Work = Callable[[], None]


class Line:
    """Requests that write, in the order in which they came; the first goes on when it is told."""

    def __init__(self, database: QueuedSqliteDatabase, threads: ThreadPoolExecutor) -> None:
        self.database = database
        self.threads = threads
        self.commits: list[None] = []
        self.go = threading.Event()
        self.requests: list[Future[None]] = []

    def write(self, text: str, then: Work = lambda: None, shares: bool = True) -> "Future[None]":
        """A request that is in line, or under way, when this returns."""
        before = len(self.database.queue.thread_lock.waiting)
        first = not self.requests
        begun = threading.Event()

        def work() -> None:
            connect_when_asked(shares)
            wait_no_longer_than(PATIENCE)
            try:
                if not shares:
                    self.database.connect()
                with self.database.atomic():
                    begun.set()
                    self.database.execute_sql("INSERT INTO word VALUES (?)", (text,))
                    if first:
                        assert self.go.wait(PATIENCE)
                    then()
            finally:
                if not self.database.is_closed():
                    self.database.close()
                connect_when_asked(False)

        request = self.threads.submit(work)
        self.requests.append(request)
        until(lambda: begun.is_set() or len(self.database.queue.thread_lock.waiting) > before)
        return request

    def end(self) -> list[BaseException | None]:
        """What they raised."""
        self.go.set()
        return [one.exception(PATIENCE) for one in self.requests]

    def words(self) -> list[str]:
        """What another process sees."""
        with closing(sqlite3.connect(self.database.database)) as other:
            return [text for (text,) in other.execute("SELECT text FROM word ORDER BY rowid")]


@pytest.fixture
def line(sqlite: QueuedSqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    with ThreadPoolExecutor(8) as threads:
        made = Line(sqlite, threads)
        commit = QueuedSqliteDatabase._commit

        def note(self: Any) -> None:
            made.commits.append(None)
            commit(self)

        monkeypatch.setattr(QueuedSqliteDatabase, "_commit", note)
        yield made
        made.go.set()
    assert is_free(sqlite.queue)
    assert not sqlite.joint
    sqlite.close_idle()


def test_who_waits_together_shares_a_commit(line: Line) -> None:
    for text in "abcd":
        line.write(text)
    assert line.words() == []
    assert line.end() == [None] * 4
    assert line.words() == list("abcd")
    assert len(line.commits) == 1
    assert line.write("e").exception(PATIENCE) is None
    assert len(line.commits) == 2, "who is alone waits for nobody"


def test_nobody_goes_on_before_all_is_on_the_disk(line: Line) -> None:
    first = line.write("a")
    last_writes, may_end = threading.Event(), threading.Event()

    def stay() -> None:
        last_writes.set()
        assert may_end.wait(PATIENCE)

    line.write("b", stay)
    line.go.set()
    assert last_writes.wait(PATIENCE)
    assert not first.done()
    assert line.words() == []
    may_end.set()
    assert line.end() == [None] * 2
    assert line.words() == ["a", "b"]


def fail() -> None:
    raise peewee.IntegrityError("mine")


def test_what_is_done_after_the_commit_is_done_by_those_whose_work_is_written(line: Line) -> None:
    seen: list[tuple[str, list[str]]] = []

    def then(text: str) -> None:
        line.database.after_commit(lambda: seen.append((text, line.words())))
        if text == "b":
            fail()

    for text in "abc":
        line.write(text, partial(then, text))
    line.end()
    assert sorted(seen) == [("a", ["a", "c"]), ("c", ["a", "c"])]


@pytest.mark.parametrize("place", range(3))
def test_one_that_fails_takes_nothing_of_the_others_back(line: Line, place: int) -> None:
    for number, text in enumerate("abc"):
        line.write(text, fail if number == place else lambda: None)
    raised = line.end()
    assert [str(one) for one in raised if one] == ["mine"]
    assert str(raised[place]) == "mine"
    assert line.words() == [text for number, text in enumerate("abc") if number != place]


def test_a_commit_that_fails_fails_for_all(line: Line) -> None:
    line.database.execute_sql("CREATE TABLE whole (id INTEGER PRIMARY KEY)")
    whole = "INTEGER REFERENCES whole (id) DEFERRABLE INITIALLY DEFERRED"  # looked at by the commit
    line.database.execute_sql(f"CREATE TABLE half (id {whole})")
    told: list[str] = []

    def then() -> None:
        line.database.after_commit(lambda: told.append("done"))

    for text in "ab":
        line.write(text, then)
    line.write("c", lambda: line.database.execute_sql("INSERT INTO half VALUES (1)"))
    raised = line.end()
    assert [isinstance(one, peewee.PeeweeException) for one in raised] == [True] * 3
    assert line.words() == told == []


def test_what_sqlite_takes_back_by_itself_is_written_for_nobody(line: Line) -> None:
    def lose() -> None:
        connection: sqlite3.Connection = line.database.connection()  # type: ignore[no-untyped-call]
        connection.execute("ROLLBACK")  # as SQLite does on a full disk
        raise peewee.OperationalError("database or disk is full")

    line.write("a")
    line.write("b", lose)
    line.write("c")
    first, second, third = line.end()
    assert isinstance(first, peewee.OperationalError)
    assert str(second) == "database or disk is full"
    assert third is None
    assert line.words() == ["c"]


def test_only_so_many_share_one(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joint_commit, "MOST", 3)
    for text in "abcdef":
        line.write(text)
    assert line.end() == [None] * 6
    assert len(line.commits) == 2


def test_those_that_fail_are_counted_as_well(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joint_commit, "MOST", 3)
    seen: list[list[str]] = []

    def look_and_fail() -> None:
        seen.append(line.words())
        fail()

    for number, text in enumerate("abcd"):
        line.write(text, look_and_fail if number else lambda: None)
    assert [one is None for one in line.end()] == [True, False, False, False]
    assert seen == [[], [], ["a"]], "it waited for two others, and no longer"


def test_work_that_sqlite_took_back_unnoticed_is_told_to_nobody_as_done(line: Line) -> None:
    def lose() -> None:
        line.database.connection().execute("ROLLBACK")  # type: ignore[no-untyped-call]

    line.write("a", lose)
    line.write("b")
    first, second = line.end()
    assert isinstance(first, peewee.OperationalError) and second is None
    assert line.words() == ["b"]


def test_a_thread_that_is_no_request_shares_none(line: Line) -> None:
    line.write("a")
    line.write("b")
    line.write("c", shares=False)
    line.write("d")
    assert line.end() == [None] * 4
    assert line.words() == list("abcd")
    assert len(line.commits) == 3


def test_requests_write_by_a_connection_with_little_memory_that_ends_with_them(line: Line) -> None:
    line.go.set()
    assert line.write("a").exception(PATIENCE) is None
    writer = line.database.writer
    assert writer.execute("PRAGMA cache_size").fetchone() == (-joint_commit.WRITER_CACHE_KIB,)
    line.database.close_writer()
    with pytest.raises(sqlite3.ProgrammingError):
        writer.execute("SELECT 1")
    line.database.close_writer()


def test_who_stopped_waiting_in_the_last_moment_is_waited_for_by_nobody(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line.database.queue, "pass_on", lambda: False)
    line.write("a")
    line.write("b")
    assert line.end() == [None] * 2 and line.words() == ["a", "b"]
    assert len(line.commits) == 2
