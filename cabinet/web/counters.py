"""Counts in memory for the outer limit, where there is no Redis.

The library's own storage starts a thread for every second request or so, to forget what is over.
"""

import threading

from limits.storage import Storage

from cabinet.models.base import unix_time

SCHEME = "counters"
FEWEST = 1000  # windows below which nothing is looked through


class Counters(Storage):
    """Fixed windows by key; each begins with its first request."""

    STORAGE_SCHEME = [SCHEME]
    base_exceptions = ()

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool):
        super().__init__(uri, wrap_exceptions, **options)
        self.windows: dict[str, tuple[int, float]] = {}  # how many, and when it is over
        self.sweep_at = FEWEST
        self.lock = threading.Lock()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count; how many there are in this window."""
        moment = unix_time()
        with self.lock:
            count, over = self.windows.get(key, (0, 0.0))
            if over <= moment:
                count, over = 0, moment + expiry
            self.windows[key] = count + amount, over
            if len(self.windows) >= self.sweep_at:
                self._sweep(moment)
        return count + amount

    def _sweep(self, moment: float) -> None:
        """Forget what is over: each time as many more have come as were left, so it costs little of each."""
        self.windows = {key: window for key, window in self.windows.items() if window[1] > moment}
        self.sweep_at = max(FEWEST, 2 * len(self.windows))

    def get(self, key: str) -> int:
        """How many there are in this window."""
        count, over = self.windows.get(key, (0, 0.0))
        return count if over > unix_time() else 0

    def get_expiry(self, key: str) -> float:
        """When it is over; now where there is none."""
        return max(self.windows.get(key, (0, 0.0))[1], unix_time())

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int:
        """Forget everything; how many windows there were."""
        with self.lock:
            gone, self.windows = len(self.windows), {}
        return gone

    def clear(self, key: str) -> None:
        """Forget one window."""
        with self.lock:
            self.windows.pop(key, None)
