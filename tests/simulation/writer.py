"""The process that writes the rows of an import into a file of SQLite, without a process.

To start an interpreter costs a fifth of a schedule, and here no process dies by itself. All other tests of
imports start it.
"""

import contextlib
import io
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import IO, Any

import pytest

from cabinet.billing.staging import sqlite, sqlite_writer


class _Input(io.BytesIO):
    """What is written to the process: when it is closed all is known, and dealt with."""

    def __init__(self, path: str, output: IO[bytes]) -> None:
        super().__init__()
        self.path, self.output, self.killed = path, output, False

    def close(self) -> None:
        if not self.closed and not self.killed:
            told, printed = io.BytesIO(self.getvalue()), io.StringIO()
            with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
                patch.setattr(sys, "stdin", SimpleNamespace(buffer=told))
                sqlite_writer.main(self.path)
            self.output.write(printed.getvalue().encode())
            self.output.seek(0)
        super().close()


class Writer:
    """Stands for the process."""

    returncode = 0

    def __init__(self, command: list[str], **_pipes: Any) -> None:
        self.stdout = io.BytesIO()
        self.stdin = _Input(command[-1], self.stdout)

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_error: object) -> None:
        self.stdin.close()

    def kill(self) -> None:
        """What it was told comes to nothing."""
        self.stdin.killed = True


@contextlib.contextmanager
def in_this_process() -> Iterator[None]:
    """Imports start none to write rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "subprocess", SimpleNamespace(Popen=Writer, PIPE=None))
        yield
