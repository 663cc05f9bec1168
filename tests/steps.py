"""What SQLite does for a piece of work, in steps of its machine, which no neighbour disturbs."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cabinet.models.database import db


@contextmanager
def counted() -> Iterator[list[int]]:
    """Count what SQLite has to do, in steps of its machine."""
    steps = [0]

    def step() -> int:
        steps[0] += 1
        return 0

    connection: sqlite3.Connection = db.obj.connection()
    connection.set_progress_handler(step, 1)
    try:
        yield steps
    finally:
        connection.set_progress_handler(None, 1)


def steps_of(work: Callable[[], object]) -> int:
    """How much SQLite does for this, the second time: statements are written and pages are read before."""
    work()
    with counted() as steps:
        work()
    return steps[0]
