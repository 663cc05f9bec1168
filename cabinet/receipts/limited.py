"""Works on files of strangers in one process at a time, with limits, low priority and a short queue."""

import re
import signal
import subprocess  # nosec B404 # ours
import threading

from cabinet.apart.process import ENVIRONMENT, Limits, command
from cabinet.receipts import limited_process
from cabinet.receipts.errors import RefusedFileError

MEMORY = 1024 * 1024 * 1024  # bytes of addresses
AT_ONCE = 1  # of a web process: each takes a core, and a hundred megabytes
MOST_WAITING = 4  # of a web process, so that files never take all its threads
PATIENCE = 10  # seconds to wait for the turn
DRAWING = 30  # seconds after which work that gets no core is given up
OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGVTALRM, -signal.SIGKILL)
WORD = re.compile(rb"[a-z_]{1,32}")

_turn = threading.BoundedSemaphore(AT_ONCE)
_queue = threading.BoundedSemaphore(AT_ONCE + MOST_WAITING)


def work(module: str, data: bytes, cpu: int, memory: int = MEMORY) -> bytes:
    """What `work` of a module makes of `data` within so many seconds of CPU and bytes of memory.

    Raises RefusedFileError with the module's own word, or busy (too many wait, or the machine does too much),
    too_slow (the seconds are over), broken (it failed in any other way).
    """
    if not _queue.acquire(blocking=False):
        raise RefusedFileError("busy")
    try:
        if not _turn.acquire(timeout=PATIENCE):
            raise RefusedFileError("busy")
        try:
            return _result(_run(module, data, cpu, memory))
        finally:
            _turn.release()
    finally:
        _queue.release()


def _run(module: str, data: bytes, cpu: int, memory: int) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(  # noqa: S603 - our own script, without a shell
            command(limited_process.__name__, Limits(cpu, memory), module),
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            timeout=DRAWING,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RefusedFileError("busy") from None


def _result(done: "subprocess.CompletedProcess[bytes]") -> bytes:
    if done.returncode == limited_process.REFUSED and WORD.fullmatch(done.stdout):
        raise RefusedFileError(done.stdout.decode())
    if done.returncode in OUT_OF_TIME:
        raise RefusedFileError("too_slow")
    if done.returncode or not done.stdout:
        raise RefusedFileError("broken")
    return done.stdout
