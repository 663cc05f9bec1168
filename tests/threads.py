"""Real threads, each with a database connection of its own."""

import threading
from collections.abc import Callable
from typing import TypeVar

from cabinet.models.database import db

T = TypeVar("T")


def together(work: Callable[[int], T], count: int = 8) -> list[T | Exception]:
    """Do `work(0)` … `work(count - 1)` at once; what each returned or raised, in the order of numbers."""
    results: list[T | Exception | None] = [None] * count
    barrier = threading.Barrier(count)

    def run(number: int) -> None:
        with db.connection_context():
            barrier.wait()
            try:
                results[number] = work(number)
            except Exception as error:
                results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results  # type: ignore[return-value]
