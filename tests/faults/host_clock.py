"""A host whose clock tests set under the processes that run there."""

import struct
from pathlib import Path

import pytest

PROGRAM = """\
import mmap, os, struct, time
import time_machine

with open(os.environ["HOST_CLOCK"], "rb") as file:
    ahead = mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ)
even, real = time.clock_gettime, time_machine.escape_hatch.time.time_ns
time_machine.Traveller.time_ns = lambda _self: real() + struct.unpack("q", ahead)[0]
time_machine.travel(0).start()
long_ago = {time.CLOCK_BOOTTIME: 10_000.0}  # when the host was started
time.clock_gettime = lambda which: even(which) + long_ago.get(which, 0.0)
"""


class HostClock:
    """The clock of every Python that is started from now on. The test's own stays right."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(PROGRAM)
        self.ahead = folder / "ahead"
        self.ahead.write_bytes(bytes(8))
        monkeypatch.setenv("PYTHONPATH", str(folder))
        monkeypatch.setenv("HOST_CLOCK", str(self.ahead))

    def is_set(self, seconds: int) -> None:
        """From now on it is so far ahead of the right time."""
        with open(self.ahead, "r+b") as file:
            file.write(struct.pack("q", seconds * 10**9))
