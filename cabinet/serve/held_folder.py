"""Folders of a process for what is temporary: none outlives it for long, however it ends.

Its process holds a lock on the folder, which the system drops when the process and its children are gone.
Who begins next removes the folders of its kind that nobody holds.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def held_folder(kind: str, bury: Callable[[str], None] | None = None) -> Iterator[Path]:
    """A folder for as long as the context lasts; those that the dead have left of this kind go.

    `bury` is called with the path of each of theirs before it goes. Raises OSError where there is no place.
    """
    path, held = hold(kind, bury)
    try:
        yield Path(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(held)


def hold(kind: str, bury: Callable[[str], None] | None = None) -> tuple[str, int]:
    """As `held_folder`, for who removes it otherwise: it is held while the file of this number is open."""
    _sweep(kind, bury)
    while True:
        path = tempfile.mkdtemp(prefix=_prefix(kind))
        with suppress(FileNotFoundError):  # another's sweep has come before the lock
            held = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(held, fcntl.LOCK_EX)
            if os.path.exists(path):
                return path, held
            os.close(held)


def _sweep(kind: str, bury: Callable[[str], None] | None) -> None:
    for path in Path(tempfile.gettempdir()).glob(f"{_prefix(kind)}*"):
        with suppress(OSError):  # somebody holds it, or it is somebody else's
            found = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(found).st_uid == os.getuid():
                    fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if bury:
                        bury(str(path))
                    shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(found)


def _prefix(kind: str) -> str:
    """With a point: with a dash they are of servers of before, which hold no lock and may be alive yet."""
    return f"cabinet-{kind}."
