"""Work on SQLite in turns so short that residents, who queue for the same lock, do not notice them."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from cabinet.billing.sql import execute
from cabinet.models.database import db, is_sqlite
from cabinet.models.sqlite import QueuedSqliteDatabase

TURN = 0.02  # seconds that a turn should hold the lock
BREATH = 0.0005  # seconds between turns, in which others wake up; who waits has been let in
FEWEST, MOST = 500, 50_000  # rows of a turn
TIDY_EVERY = 0.05  # seconds; beside the turns
TIDY_AFTER = 0.25  # seconds of turns, after which all of the log is copied, so that it begins anew
_copying = threading.Lock()  # SQLite turns away who would copy the log beside another


@dataclass(frozen=True)
class Stretch:
    """Accounts in the order of their keys: from `first` and before `following`; None: to the end."""

    first: str = ""
    following: str | None = None

    def has(self, key: str) -> str:
        """Whether a key, given as SQL, belongs to it."""
        return " AND ".join(
            [
                *([f"{key} >= :first"] if self.first else []),
                *([f"{key} < :following"] if self.following is not None else []),
            ]
            or ["TRUE"]
        )

    @property
    def values(self) -> dict[str, str]:
        """What the names in `has` stand for."""
        known = {"first": self.first or None, "following": self.following}
        return {name: value for name, value in known.items() if value is not None}


Step = Callable[[Stretch], tuple[int, int]]  # merges a stretch: how many rows were new, how many changed


@dataclass
class Pace:
    """How many rows a turn should have, learnt from those before; `most` at most."""

    most: int = field(default_factory=lambda: MOST)
    rows: int = field(init=False)
    _held: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.rows = min(FEWEST, self.most)

    def through(self, table: str) -> Iterator[Stretch]:
        """A table of staged rows, a stretch for each turn; at once on PostgreSQL, where nobody waits."""
        return self.along(table, "number", "TRUE") if is_sqlite() else iter((Stretch(),))

    def along(self, table: str, key: str, where: str, **values: Any) -> Iterator[Stretch]:
        """Those rows of a table that fulfil a condition in which the values are named; by their keys."""
        following: str | None = ""
        rows = f"SELECT {key} FROM {table} WHERE {where} AND {key}"
        while following is not None:
            first = following
            page = {"first": first, "rows": self.rows, **values}
            found = execute(f"{rows} >= :first ORDER BY {key} LIMIT 1 OFFSET :rows", **page).fetchone()
            if found and found[0] == first:  # more rows of one key than a turn should have: all at once
                found = execute(f"{rows} > :first ORDER BY {key} LIMIT 1", **page).fetchone()
            following = found and found[0]
            yield Stretch(first, following)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A transaction. Its length says how long the next one should be; before it others get their turn."""
        with ExitStack() as stack:
            if isinstance(db.obj, QueuedSqliteDatabase) and not db.in_transaction():
                db.obj.queue.give_way()
                stack.enter_context(_unsynced())
            stack.enter_context(db.atomic())
            begun = time.perf_counter()
            yield
        held = time.perf_counter() - begun
        self.rows = int(min(max(self.rows * min(2, TURN / held), FEWEST), self.most))
        if not is_sqlite() or db.in_transaction():
            return
        self._held += held
        if self._held > TIDY_AFTER:
            self._held = 0.0
            _copy_log(db.execute_sql)
        time.sleep(BREATH)


@contextmanager
def _unsynced() -> Iterator[None]:
    """Let a turn end without waiting for the disk.

    What the power takes away then are the last turns, whole, as if they had not been yet; what completes an
    import or an undo waits for the disk, and for all turns before it.
    """
    db.execute_sql("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        db.execute_sql("PRAGMA synchronous = FULL")


@contextmanager
def tidying() -> Iterator[None]:
    """Keep SQLite from copying its log into the file while it holds the lock.

    A thread copies beside the turns, as it mostly waits for the disk; turns copy what is left between them.
    """
    if not is_sqlite():
        yield
        return
    pages = db.execute_sql("PRAGMA wal_autocheckpoint").fetchone()[0]
    db.execute_sql("PRAGMA wal_autocheckpoint = 0")
    ended = threading.Event()
    thread = threading.Thread(target=_tidy, args=(db.obj.database, ended), name="billing-log", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        db.execute_sql(f"PRAGMA wal_autocheckpoint = {int(pages)}")


def _tidy(path: str, ended: threading.Event) -> None:
    with closing(sqlite3.connect(path)) as connection, suppress(sqlite3.Error):  # turns find it, too
        while not ended.wait(TIDY_EVERY):
            _copy_log(connection.execute)


def _copy_log(execute_sql: Callable[[str], object]) -> None:
    """Copy SQLite's log into the file, as far as nobody reads it as it was; waits for no writer."""
    with _copying:
        execute_sql("PRAGMA wal_checkpoint(PASSIVE)")
