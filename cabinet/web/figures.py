"""What this process counts for `/metrics`; server processes share it by files, so that any can tell of all.

`cabinet.serve` names their folder in CABINET_FIGURES before it starts them. Each process writes a file of its
own there every few seconds; a process that has ended goes on counting with what it counted.
"""

import contextlib
import json
import os
import threading
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path

FOLDER = "CABINET_FIGURES"
BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
WRITE_EVERY = 2.0  # seconds


class Figures:
    """Counters of one process, or of several added up."""

    def __init__(self) -> None:
        self.requests: dict[tuple[str, str, int], int] = {}  # by method, route, status
        self.durations: dict[str, list[float]] = {}  # by route: how many up to each bound, more, sum
        self.events: dict[str, int] = {}
        self.refusals: dict[str, int] = {}  # by limit
        self.gauges: dict[str, float] = {}
        self._lock = threading.Lock()

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        key = method, route, status
        with self._lock:
            self.requests[key] = self.requests.get(key, 0) + 1
            row = self.durations.get(route)
            if row is None:
                row = self.durations[route] = [0.0] * (len(BOUNDS) + 2)
            row[bisect_left(BOUNDS, seconds)] += 1
            row[-1] += seconds

    def count_event(self, event: str, limit: str) -> None:
        """An event happened, because of a limit perhaps."""
        with self._lock:
            self.events[event] = self.events.get(event, 0) + 1
            if limit:
                self.refusals[limit] = self.refusals.get(limit, 0) + 1

    def as_text(self) -> str:
        """What `add` takes."""
        with self._lock:
            requests = [[*key, number] for key, number in self.requests.items()]
            kept = {"durations": self.durations, "events": self.events, "refusals": self.refusals}
            return json.dumps({"requests": requests, "gauges": self.gauges, **kept})

    def add(self, text: str, alive: bool) -> None:
        """Add another's; gauges only if it is alive, for they are of now."""
        other = json.loads(text)
        for method, route, status, number in other["requests"]:
            key = method, route, status
            self.requests[key] = self.requests.get(key, 0) + number
        for route, row in other["durations"].items():
            mine = self.durations.get(route) or [0.0] * len(row)
            self.durations[route] = [one + more for one, more in zip(mine, row, strict=True)]
        for name in ("events", "refusals", *(["gauges"] if alive else [])):
            mine = getattr(self, name)
            for key, number in other[name].items():
                mine[key] = mine.get(key, 0) + number


class Shared:
    """The figures of this process, and where it tells the others of them."""

    def __init__(self) -> None:
        self.own = Figures()
        self._gauges: dict[str, Callable[[], float]] = {}
        self._writer: threading.Thread | None = None
        self._told = ""

    def gauge(self, name: str, read: Callable[[], float]) -> None:
        """Have a figure of now read whenever they are told."""
        self._gauges[name] = read

    def share(self) -> None:
        """Begin to tell the other processes of this server, if there are any. To be called in each."""
        if os.environ.get(FOLDER) and (self._writer is None or not self._writer.is_alive()):
            self._writer = threading.Thread(target=self._write_on, name="figures", daemon=True)
            self._writer.start()

    def _write_on(self) -> None:
        pause = threading.Event()
        while True:
            self.write()
            pause.wait(WRITE_EVERY)

    def write(self) -> None:
        """Tell the other processes now what is new; a full disk costs the figures alone."""
        target, text = Path(os.environ[FOLDER]) / f"{os.getpid()}.json", self._read().as_text()
        if text == self._told and target.exists():
            return
        with contextlib.suppress(OSError):
            target.with_suffix(".new").write_text(text)
            target.with_suffix(".new").replace(target)
            self._told = text

    def _read(self) -> Figures:
        self.own.gauges = {name: read() for name, read in self._gauges.items()}
        return self.own

    def all(self) -> Figures:
        """Those of all processes of this server."""
        found = Figures()
        found.add(self._read().as_text(), alive=True)
        folder = os.environ.get(FOLDER)
        for path in Path(folder).glob("*.json") if folder else ():
            if path.stem != str(os.getpid()):
                with contextlib.suppress(OSError, ValueError):
                    found.add(path.read_text(), _is_alive(int(path.stem)))
        return found


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


shared = Shared()
