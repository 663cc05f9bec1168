"""Stored passwords: bcrypt over a peppered, normalised digest, in a small pool of low-priority threads.

bcrypt alone ignores everything after byte 72 and stops at NUL. It therefore hashes the base64 text of
HMAC-SHA-384(pepper, NFKC(password)): always 64 ASCII bytes, whatever was typed.
"""

import base64
import hmac
import os
import re
import sys
import threading
import time
import unicodedata
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import bcrypt

T = TypeVar("T")

STORED = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
LOWEST_COST, HIGHEST_COST = 4, 31


class BusyError(Exception):
    """Too many passwords wait to be hashed; answer 503 and ask to retry in a second."""


class Hasher:
    """Hashes and verifies passwords. One per application; safe for threads and for fork.

    pepper: secret mixed into every password; a changed pepper invalidates every stored hash.
    cost: bcrypt's cost for new hashes, 4 to 31; older hashes of another cost still verify.
    workers: threads hashing at once in this process, best cores // web processes.
    waiting: places in the pool and its queue together; who finds none gets `BusyError` at once.
    before: called by a thread before it waits, so that it can let others have what it needs not meanwhile.
    """

    def __init__(
        self,
        pepper: str,
        cost: int = 12,
        workers: int = 1,
        waiting: int = 12,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        if not LOWEST_COST <= cost <= HIGHEST_COST:
            raise ValueError(f"bcrypt cost must be {LOWEST_COST} to {HIGHEST_COST}")
        if workers < 1 or waiting < 1:
            raise ValueError("workers and waiting must be at least 1")
        self.cost = cost
        self.workers = workers
        self.waiting = waiting
        self._before = before
        self._pepper = pepper.encode()
        self._dummies = {c: _dummy(c) for c in range(LOWEST_COST, cost + 1)}
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._inside = 0  # places taken, in and before the pool
        self._mine = threading.local()  # has `place` while this thread holds one
        _hashers.add(self)

    @property
    def full(self) -> bool:
        """Whether there is no place now."""
        return self._inside >= self.waiting

    @property
    def taken(self) -> int:
        """Places taken now."""
        return self._inside

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for this thread inside the block. Raises `BusyError` before anything is done."""
        if getattr(self._mine, "place", False):
            yield
            return
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def outside(self, seconds: float) -> None:
        """Wait, and let another have the place of this thread meanwhile. Raises `BusyError` if it is gone."""
        self._leave()
        self._before()
        time.sleep(seconds)
        self._enter()

    def hash(self, password: str) -> str:
        """The text to store. Raises `BusyError`."""
        key = self._key(password)
        return self._run(lambda: bcrypt.hashpw(key, bcrypt.gensalt(self.cost)).decode())

    def verify(self, password: str, stored: str | None) -> bool:
        """Whether `password` is the one stored. Raises `BusyError`.

        No stored hash, or a malformed one, costs the same work and is False: timing does not reveal whether
        somebody is registered.
        """
        key = self._key(password)
        return self._run(lambda: self._check(key, stored))

    def needs_rehash(self, stored: str) -> bool:
        """Whether the hash is cheaper than today's cost (or malformed): hash again at the next login."""
        cost = _cost(stored)
        return cost is None or cost < self.cost

    def _key(self, password: str) -> bytes:
        text = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
        return base64.b64encode(hmac.digest(self._pepper, text, "sha384"))

    def _check(self, key: bytes, stored: str | None) -> bool:
        cost = _cost(stored)
        if stored is not None and cost is not None:
            try:
                if bcrypt.checkpw(key, stored.encode()):
                    return True
            except ValueError:  # bcrypt refuses the salt: nothing was hashed yet
                cost = None
        if cost is None:
            bcrypt.checkpw(key, self._dummies[self.cost])
        else:  # 2^old + 2^old + … + 2^(new-1) = 2^new: a wrong password costs today's work
            for lower in range(cost, self.cost):
                bcrypt.checkpw(key, self._dummies[lower])
        return False

    def _run(self, work: Callable[[], T]) -> T:
        with self.place():
            with self._lock:
                if self._pool is None:
                    self._pool = ThreadPoolExecutor(
                        self.workers, thread_name_prefix="password", initializer=_lower_priority
                    )
                pool = self._pool
            self._before()
            return pool.submit(work).result()

    def _enter(self) -> None:
        with self._lock:
            if self.full:
                raise BusyError
            self._inside += 1
        self._mine.place = True

    def _leave(self) -> None:
        if getattr(self._mine, "place", False):
            self._mine.place = False
            with self._lock:
                self._inside -= 1

    def _forget_pool(self) -> None:
        """Start over in a forked child, which has none of its parent's threads but perhaps their locks."""
        self._lock = threading.Lock()
        self._mine = threading.local()
        self._pool = None
        self._inside = 0


def _cost(stored: str | None) -> int | None:
    """The cost of a well-formed hash, else None."""
    match = STORED.fullmatch(stored or "")
    if match is None or not LOWEST_COST <= int(match[1]) <= HIGHEST_COST:
        return None
    return int(match[1])


def _dummy(cost: int) -> bytes:
    """A well-formed hash of no password, made without hashing."""
    return bcrypt.gensalt(cost) + b"." * 31


def _lower_priority() -> None:
    """Let page requests go before hashing; on Linux a priority belongs to a thread."""
    if sys.platform == "linux":
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        except OSError:
            return


_hashers: "weakref.WeakSet[Hasher]" = weakref.WeakSet()


def _forget_pools() -> None:
    for hasher in _hashers:
        hasher._forget_pool()


# not the hook of connections: passwords import no other package, and neither waits for the other
os.register_at_fork(after_in_child=_forget_pools)
