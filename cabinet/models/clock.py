"""A clock that goes on evenly where somebody sets the host's: nobody is signed out, nothing waits for it.

It follows the host's, whatever turns that one slowly. A step is not followed but brought in a second in
twenty, so that terms and limits stay nearly as long as they are. Time asleep counts. All processes of a host
hold the same, by a file.
"""

import json
import os
import time
from contextlib import suppress
from math import copysign
from pathlib import Path
from threading import RLock
from typing import NamedTuple

from cabinet.models.connections import renew_in_children
from cabinet.telemetry import logs

SMALL = 30.0  # seconds; smaller steps are followed at once
PACE = 20.0  # seconds in which it comes one second nearer
MOST = 86_400.0  # seconds; a host that was wrong by days is followed at once
YOUNG = 600.0  # seconds since the host's start; until then its clock is being set for the first time
BRIEF = 0.1  # seconds that readings of two clocks may be apart to count as one
FORGOTTEN = 5_184_000.0  # seconds after which the file of another start of a host, or of another host, goes
PREFIX = ".clock-"  # of the file's name, before that start of the host which it is of
BOOT = Path("/proc/sys/kernel/random/boot_id")


class Course(NamedTuple):
    """How a step is brought in. Offsets are Unix time less the time since the host's start, in seconds."""

    since: float  # when the step was seen, in seconds since the host's start
    first: float  # the offset of this clock then
    last: float  # that of the host's, to which it goes

    def at(self, moment: float, last: float) -> float:
        """The offset so many seconds after the host's start, on the way to `last`."""
        way, left = max(0.0, moment - self.since) / PACE, last - self.first
        return last if abs(left) <= way else self.first + copysign(way, left)


class Clock:
    """The clock of this process. It is the host's own until it is told to `keep`."""

    offset = 0.0  # the host's, when it was last read

    def __init__(self) -> None:
        self.path: Path | None = None
        self.keeps = False
        self.course: Course | None = None  # None: it follows the host's
        self.lock = RLock()
        renew_in_children(self)

    def keep(self, folder: Path) -> None:
        """Go on evenly from now on; what other processes of this host hold is in a file of `folder`."""
        self.path = folder / (PREFIX + BOOT.read_text().strip()) if BOOT.exists() else None
        self._begin()
        self.keeps = True

    def release(self) -> None:
        """Be the host's clock."""
        self.keeps = False

    def renew(self) -> None:
        """A parent that serves nobody never looks: what it read is long past, so a child begins anew."""
        self.lock = RLock()
        if self.keeps:
            self._begin()

    def _begin(self) -> None:
        """By the host's clock, or on the course that other processes of this host are on."""
        moment, self.offset = _readings()
        told = self._told()
        self.course = told if told and told.at(moment, told.last) != told.last else None

    def read(self) -> float:
        """Unix time in seconds."""
        host = time.time()
        if not self.keeps:
            return host
        offset = host - since_start()
        if self.course is None and -SMALL < offset - self.offset < SMALL:
            self.offset = offset
            return host
        with self.lock:
            return self._held()

    def ahead(self) -> float:
        """By how many seconds it is ahead of the host's; negative if behind."""
        return self.read() - time.time()

    def _held(self) -> float:
        moment, offset = _readings()
        course = self.course or Course(moment, self.offset, self.offset)
        if abs(offset - course.last) > SMALL:
            course = self._stepped(course, moment, offset)
        elif self.course and self.path and not self.path.exists():
            self._tell(course)  # 1.0 beside us deletes what it does not know
        held = course.at(moment, offset)
        self.offset, self.course = offset, None if held == offset else course
        return moment + held

    def _stepped(self, before: Course, moment: float, offset: float) -> Course:
        """The course that another process took when it saw the step, else a new one."""
        told = self._told()
        if told and abs(told.last - offset) <= SMALL:
            return told
        first = before.at(moment, before.last)
        is_to_be_held = SMALL < abs(offset - first) <= MOST and moment > YOUNG
        course = Course(moment, first if is_to_be_held else offset, offset)
        self._tell(course)
        seconds = round(offset - before.last)
        logs.logger().warning("clock_set", seconds=seconds, held=round(course.first - offset))
        return course

    def _told(self) -> Course | None:
        with suppress(OSError, ValueError, TypeError):
            if self.path:
                return Course(*map(float, json.loads(self.path.read_text())))
        return None

    def _tell(self, course: Course) -> None:
        """Where nothing can be written each process holds its own, and new ones begin by the host's."""
        with suppress(OSError):
            if self.path:
                _make(self.path.parent)
                new = self.path.with_name(f"{self.path.name}.{since_start()}")
                new.write_text(json.dumps(course))
                new.replace(self.path)
                for other in self.path.parent.glob(PREFIX + "*"):
                    if other.stat().st_mtime < time.time() - FORGOTTEN:
                        other.unlink()


def since_start() -> float:
    """Seconds since the host's start, however its clock is set; those asleep count."""
    return time.clock_gettime(_EVEN)


def _make(folder: Path) -> None:
    """Root's own would keep all others out: it is of whoever may make it."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        return
    if os.geteuid() == 0:
        owner = folder.parent.stat()
        os.chown(folder, owner.st_uid, owner.st_gid)


def _readings() -> tuple[float, float]:
    """`since_start()`, and the host's offset then."""
    while True:
        before, host, after = since_start(), time.time(), since_start()
        if after - before < BRIEF:
            return before, host - before


_EVEN = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
clock = Clock()
