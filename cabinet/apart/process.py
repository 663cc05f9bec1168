"""A process apart, for work whose cost and whose harm the bytes of others decide.

`command` is how it is started. It gives way to all others, has limits of CPU, memory and files, is the first
that the kernel ends when the host is short of memory, and ends with whoever started it. Readers of photos and
sheets get no settings and no secrets, `ENVIRONMENT` is all that their environment has; a billing job gets its
worker's.

Nothing else of ours is imported here.
"""

import os
import resource
import signal
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

GRACE = 5  # seconds of CPU between being asked to end, by SIGXCPU, and being killed
MOST_SILENT = 30  # seconds of CPU
SIGN_OF_LIFE = 0.5  # seconds of CPU between two of them
MOST_FILES = 256  # open at once
NO_LIMIT = -1
ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"}  # each further arena of glibc takes 64 MiB of addresses
END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux, in linux/prctl.h


class Limits(NamedTuple):
    """What a process may take: seconds of CPU, bytes of addresses, bytes of each file that it writes.

    `nicer`: by how much it gives way; whoever waits for a page comes first. `silent`: the seconds of CPU in
    which the interpreter may do nothing at all; SIGVTALRM then ends the process.
    """

    seconds: int
    memory: int
    largest: int = 0
    nicer: int = 10
    silent: int = MOST_SILENT


def command(module: str, limits: Limits, *arguments: str) -> list[str]:
    """The command that runs `main` of a module under limits; its arguments are those, from sys.argv[1] on.

    To be started by the thread that waits for it: the process is killed as soon as that thread ends.
    """
    numbers = (*limits, os.getpid())
    return [sys.executable, "-I", __file__, module, *map(str, numbers), *arguments]


def main() -> None:
    """Set the limits, run the module."""
    module, *numbers = sys.argv[1:8]
    seconds, memory, largest, nicer, silent, parent = map(int, numbers)
    del sys.argv[1:8]
    for by_hand in (signal.SIGTERM, signal.SIGINT):  # whoever started it is told as well, and decides
        signal.signal(by_hand, signal.SIG_IGN)
    os.nice(nicer)
    _limit(resource.RLIMIT_CPU, seconds, seconds + GRACE)
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_FSIZE, largest)
    _limit(resource.RLIMIT_NOFILE, MOST_FILES)
    _limit(resource.RLIMIT_CORE, 0)
    _end_first()
    _end_with(parent)
    sys.path.append(str(Path(__file__).resolve().parents[2]))
    if silent != NO_LIMIT:
        _show_life(silent)
    try:
        import_module(module).main()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _show_life(silent: int) -> None:
    """Have the kernel end this process after so many seconds of CPU in which no line of Python was run.

    At the limit of memory CPython 3.11 can go round for ever between an error that it handles and the number
    that it cannot allocate to do so. It handles no signal then, so that nothing puts the end off any longer.
    """

    def live(*_: object) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, silent)

    live()
    signal.signal(signal.SIGPROF, live)
    signal.siginterrupt(signal.SIGPROF, False)
    signal.setitimer(signal.ITIMER_PROF, SIGN_OF_LIFE, SIGN_OF_LIFE)


def _limit(what: int, soft: int, hard: int | None = None) -> None:
    """Set a limit, no higher than whoever started this process may have it."""
    hard = soft if hard is None else hard
    before = resource.getrlimit(what)[1]
    if soft == NO_LIMIT:
        return
    if before != resource.RLIM_INFINITY:
        soft, hard = min(soft, before), min(hard, before)
    with suppress(ValueError, OSError):  # not every system has each
        resource.setrlimit(what, (soft, hard))


def _end_first() -> None:
    """Have the kernel of Linux end this process before others when memory runs out (proc(5))."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def _end_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, where it can; end if it has ended already."""
    import ctypes  # not by those that only start such processes

    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    main()
