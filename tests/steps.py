"""What SQLite does for a piece of work, in steps of its machine, which no neighbour disturbs."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cabinet.models.database import db


@contextmanager
def counted(every: int = 1) -> Iterator[list[int]]:
    """Count what SQLite has to do, in so many steps of its machine, as the only number of a list."""
    steps = [0]

    def step() -> int:
        steps[0] += 1
        return 0

    connection: sqlite3.Connection = db.obj.connection()
    connection.set_progress_handler(step, every)
    try:
        yield steps
    finally:
        connection.set_progress_handler(None, every)


def steps_of(work: Callable[[], object]) -> int:
    """How much SQLite does for this, the second time: statements are written and pages are read before."""
    work()
    with counted() as steps:
        work()
    return steps[0]
