"""Runs `work` of the module that its argument names on what stands in standard input.

Whatever a file does to a decoder happens in this process apart (`cabinet.apart`). What `work` returns goes to
standard output, or the word of its RefusedFileError, and REFUSED is the exit code.
"""

import sys
from importlib import import_module

from cabinet.receipts.errors import RefusedFileError

REFUSED = 3


def main() -> None:
    """Run the module."""
    try:
        result = import_module(sys.argv[1]).work(sys.stdin.buffer.read())
    except RefusedFileError as error:
        sys.stdout.write(error.code)
        sys.exit(REFUSED)
    sys.stdout.buffer.write(result)
