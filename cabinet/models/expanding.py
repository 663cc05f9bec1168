"""Steps of migrations beside those who write meanwhile, each so short that nobody notices it.

A migration that is made of several says `atomic = False`; a process that is killed between two of them leaves
what is done, and the next try passes that by.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import peewee

from cabinet.models.database import is_sqlite
from cabinet.models.failures import sqlstate

T = TypeVar("T")
MOST_WAIT = "200ms"  # that a statement waits for a lock of PostgreSQL: others wait behind it
PAUSE = 0.5  # seconds until it is tried again
LOCKED = "55P03"  # lock_not_available
SORTED_KIB = 256 * 1024  # memory in which SQLite sorts what an index is made of
ROWS = 1000  # of a piece


def step(db: Any, work: Callable[[], T]) -> T:
    """Do `work` in a transaction of its own; anew as often as PostgreSQL's tables are in use for longer.

    Whoever wants a table waits behind a statement that waits to change it: a backup would keep everybody out.
    """
    if is_sqlite():
        return _turn(db, work)
    while True:
        try:
            with db.atomic():
                db.execute_sql(f"SET LOCAL lock_timeout = '{MOST_WAIT}'")
                return work()
        except peewee.OperationalError as error:
            if sqlstate(error) != LOCKED:
                raise
        time.sleep(PAUSE)


def _turn(db: Any, work: Callable[[], T]) -> T:
    """Others wait for it, and then have as long for themselves: a request may need several turns."""
    db.queue.give_way()
    with db.atomic():
        begun = time.monotonic()
        done = work()
    time.sleep(time.monotonic() - begun)
    return done


def add_column(migrator: Any, db: Any, table: str, name: str, field: peewee.Field) -> None:
    """Add a column that may be null, unless it is there."""
    if name not in {column.name for column in db.get_columns(table)}:
        step(db, lambda: migrator.migrate(migrator.add_column(table, name, field)))


def add_index(db: Any, name: str, table: str, of: str) -> None:
    """Make an index of a table that is in use, unless SQLite has it. `of`: what stands behind the table.

    On SQLite nobody else can write until it is done: so what stands on the disk is read before, and memory
    is where it is sorted.
    """
    if not is_sqlite():
        db.execute_sql(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')  # left unfinished
        db.execute_sql(f'CREATE INDEX CONCURRENTLY "{name}" ON "{table}" {of}')
        return
    with _memory(db):
        db.execute_sql(f'SELECT COUNT(*) FROM "{table}" NOT INDEXED').fetchone()  # noqa: S608
        step(db, lambda: db.execute_sql(f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" {of}'))


@contextmanager
def _memory(db: Any) -> Iterator[None]:
    [usual] = db.execute_sql("PRAGMA cache_size").fetchone()
    db.execute_sql(f"PRAGMA cache_size = -{SORTED_KIB}")
    try:
        yield
    finally:
        db.execute_sql(f"PRAGMA cache_size = {usual}")


def in_pieces(db: Any, rows: Iterable[T], write: Callable[[list[T]], object]) -> None:
    """Have `write` write some of the rows at a time, each time in a transaction of its own."""
    for piece in peewee.chunked(rows, ROWS):
        step(db, partial(write, piece))
