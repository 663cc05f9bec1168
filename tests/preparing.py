"""Forks processes apart on request, as children of whoever started this process; see `tests.prepared`.

`python -I preparing.py DESCRIPTOR`: requests come over that socket until it ends. Each is a pickled command
after `python -I`, a folder and an environment, with the three standard files; the answer is the number of the
child, or minus that of an error.
"""

import ctypes
import gc
import os
import pickle
import signal
import socket
import sys
import traceback
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 1 << 17  # bytes of a request
CLONE_PARENT = 0x8000  # linux/sched.h
CLONE = {"x86_64": 56, "aarch64": 220}.get(os.uname().machine, 0) if sys.platform == "linux" else 0
WRITER = "sqlite_writer.py"


def main() -> None:
    """Fork until nobody is there who asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path.append(str(ROOT))
    requests = socket.socket(fileno=int(sys.argv[1]))
    while True:
        request, files, *_ = socket.recv_fds(requests, LONGEST, 3)
        if not request:
            return
        command, folder, environment = pickle.loads(request)
        _import(command)
        if not (child := _fork()):
            _be(command, folder, environment, files)
        requests.send(str(child).encode())
        for file in files:
            os.close(file)


def _import(command: list[str]) -> None:
    """Import what the command will."""
    before = len(sys.modules)
    if command[0].endswith(WRITER):
        import_module("cabinet.billing.staging.sqlite_writer")
    else:
        import_module("cabinet.apart.process")
        import_module(command[1])
        if command[1].endswith("limited_process"):
            import_module(command[-1])
    if len(sys.modules) > before:
        gc.collect()
        gc.freeze()


def _fork() -> int:
    """As os.fork(), but that the child is one of the parent's; minus the number of an error."""
    python = ctypes.PyDLL(None, use_errno=True)
    python.syscall.restype = ctypes.c_long
    numbers = map(ctypes.c_long, (CLONE, CLONE_PARENT | signal.SIGCHLD, 0, 0, 0, 0))
    python.PyOS_BeforeFork()
    child: int = python.syscall(*numbers)
    if child == 0:
        python.PyOS_AfterFork_Child()
        return 0
    error = ctypes.get_errno()
    python.PyOS_AfterFork_Parent()
    return child if child > 0 else -error


def _be(command: list[str], folder: str, environment: dict[str, str], files: list[int]) -> None:
    """Become what the command starts."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number, file in enumerate(files):
            os.dup2(file, number)
        os.closerange(3, 1024)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        code = _run(command)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _run(command: list[str]) -> int:
    """The exit code."""
    sys.argv = command
    try:
        if command[0].endswith(WRITER):
            import_module("cabinet.billing.staging.sqlite_writer").main(command[1])
        else:
            import_module("cabinet.apart.process").main()
    except SystemExit as end:
        code = end.code or 0
        return code if isinstance(code, int) else 1
    finally:
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    main()
