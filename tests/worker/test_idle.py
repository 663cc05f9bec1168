"""How often an idle worker wakes up, asks the database and waits for its disk, by its clock."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from peewee import Database

from cabinet.models.database import db, is_sqlite
from cabinet.worker import loop
from cabinet.worker.loop import Worker
from cabinet.worker.scout import Bell
from config import Settings
from tests.waiting import PATIENCE

MINUTES = 3  # all that is done every few minutes is done at least once
HOOKS = ("https://a.example.org/", "https://b.example.org/")

# In a minute. The scout wakes up 240 times and asks as often, but SQLite only where somebody has written; a
# heartbeat comes every five seconds.
WAKES, COMMITS = 320, 14
STATEMENTS = {True: 220, False: 380}  # by whether it is SQLite


class Stop(BaseException):
    """Ends a thread where it waits."""


class Clock:
    """Goes on to the next moment that a thread waits for, once all threads wait."""

    def __init__(self, end: float) -> None:
        self.now, self.end = 0.0, end
        self.lock = threading.Lock()
        self.waiting: dict[threading.Event, float] = {}
        self.threads = 0
        self.wakes: Counter[str] = Counter()

    def rest(self, seconds: float | None, rung: Callable[[], bool] = lambda: False) -> None:
        """Until then, or until the caller is woken by `wake`."""
        mine = threading.Event()
        with self.lock:
            if self.now >= self.end:
                raise Stop
            if rung():
                mine.set()
            else:
                self.waiting[mine] = self.end if seconds is None else self.now + max(seconds, 0.001)
            if len(self.waiting) == self.threads:
                self._go_on()
        if not mine.wait(PATIENCE) or self.now >= self.end:
            raise Stop
        self.wakes[threading.current_thread().name] += 1

    def _go_on(self) -> None:
        self.now = min(self.end, *self.waiting.values())
        over = self.now >= self.end
        for event in [event for event, until in self.waiting.items() if over or until <= self.now]:
            del self.waiting[event]
            event.set()

    def wake(self) -> None:
        """Let all who wait look whether a bell rang for them."""
        with self.lock:
            for event in self.waiting:
                event.set()
            self.waiting.clear()

    def of(self, work: Callable[[], object]) -> Callable[[], None]:
        """This work of a thread, until the end."""

        def run() -> None:
            with suppress(Stop):
                work()

        return run


class VirtualBell(Bell):
    """A bell whose waits are by the clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def ring(self) -> None:
        super().ring()
        self.clock.wake()

    def wait(self, seconds: float | None = None) -> bool:
        self.clock.rest(seconds, lambda: self.rung)
        return super().wait(0)


def by(clock: Clock, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The worker's threads, all of whose waits are by this clock."""
    monkeypatch.setattr(loop, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=clock.rest))
    never: Any = SimpleNamespace(is_set=lambda: False, wait=lambda seconds: clock.rest(seconds))
    worker.stopping = never
    worker.asked = SimpleNamespace(get=lambda timeout: clock.rest(timeout))  # type: ignore[assignment]
    worker.scout.bells = {name: VirtualBell(clock) for name in worker.scout.bells}
    threads = worker._threads()
    watch = threading.Thread(target=worker._watch_until_asked_to_stop, name="watch", daemon=True)
    clock.threads = len(threads) + 1
    for thread in (*threads, watch):
        work: Any = thread._target  # type: ignore[attr-defined]
        arguments = thread._args  # type: ignore[attr-defined]
        thread._target, thread._args = clock.of(lambda w=work, a=arguments: w(*a)), ()  # type: ignore[attr-defined,misc]
    return [*threads, watch]


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
@pytest.mark.settings(staff_webhooks=HOOKS)
def test_an_idle_worker_hardly_wakes_up_asks_or_writes(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    commits: list[None] = []
    execute, commit = db.obj.execute_sql, db.obj.commit

    def execute_sql(sql: str, values: Any = None) -> Any:
        asked.append(sql)
        return execute(sql, values)

    def note_commit() -> None:
        commits.append(None)
        commit()

    monkeypatch.setattr(db.obj, "execute_sql", execute_sql)
    monkeypatch.setattr(db.obj, "commit", note_commit)
    clock = Clock(MINUTES * 60)
    threads = by(clock, Worker(settings), monkeypatch)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert clock.now == MINUTES * 60 and not any(thread.is_alive() for thread in threads)
    assert clock.wakes.total() / MINUTES < WAKES, clock.wakes
    assert len(asked) / MINUTES < STATEMENTS[is_sqlite()], Counter(asked).most_common(5)
    assert len(commits) / MINUTES < COMMITS
