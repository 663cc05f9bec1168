"""Real threads, each with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from cabinet.models.database import db

T = TypeVar("T")


def together(work: Sequence[Callable[[], T]]) -> list[T]:
    """Do all of this at the same time, each in a thread; returns what each returned, in order.

    Raises what the first of them raised, once all have ended.
    """
    ready = threading.Barrier(len(work))

    def run(one: Callable[[], T]) -> T:
        with db.connection_context():
            ready.wait()
            return one()

    with ThreadPoolExecutor(len(work)) as threads:
        running = [threads.submit(run, one) for one in work]
    return [one.result() for one in running]
