"""What comes at once under one key, such as twenty presses of one button, is done one after the other."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cabinet.models.connections import renew_in_children

LOCKS = 64
PATIENCE = 1.5  # seconds, after which it is done in any case: order is a convenience here


class _Locks:
    """A lock for some of the keys each."""

    def __init__(self) -> None:
        self.renew()
        renew_in_children(self)

    def renew(self) -> None:
        self.locks = [threading.Lock() for _ in range(LOCKS)]


_turns = _Locks()


@contextmanager
def in_turn(key: str) -> Iterator[None]:
    """Wait until nobody else of this process is within, under this key."""
    lock = _turns.locks[hash(key) % len(_turns.locks)]
    mine = lock.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if mine:
            lock.release()
