"""Runs a module of ours under limits; its arguments are the module, seconds of CPU, bytes of memory.

Whatever a file does to a decoder happens in this process, which has no secrets, no database, little memory
and little time, and yields to every other process. The module's `work` gets what stands in standard input;
what it returns goes to standard output, or the word of its RefusedFileError, and REFUSED is the exit code.
"""

import os
import resource
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

REFUSED = 3


def main() -> None:
    """Set the limits, run the module."""
    module, cpu, memory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.nice(10)
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            continue  # not every system has each
    # without the package's own __init__, which knows the settings and loads Flask
    package = ModuleType("cabinet")
    package.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules["cabinet"] = package
    errors, worker = import_module("cabinet.receipts.errors"), import_module(module)
    try:
        result = worker.work(sys.stdin.buffer.read())
    except errors.RefusedFileError as error:
        sys.stdout.write(error.code)
        sys.exit(REFUSED)
    sys.stdout.buffer.write(result)


if __name__ == "__main__":
    main()
