"""Stores receipt files under random names in a folder outside the web root.

A file is called `new-NAME` until the request that names it is in the database, so files of requests that were
never sent can be told from all others.
"""

import os
import re
import secrets
import time
from pathlib import Path

from cabinet.models.base import settings
from config import ROOT

NAME = re.compile(r"[0-9a-f]{32}")
NEW = "new-"
PATIENCE = 3600  # seconds after which a file that is still new counts as left over


def folder() -> Path:
    """The folder of UPLOADS_FOLDER, created if missing; no other user of the machine may read it."""
    path = ROOT / settings().uploads_folder
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(data: bytes) -> str:
    """Write a new file and return its name, once it is safely on the disk."""
    name = secrets.token_hex(16)
    path = folder() / (NEW + name)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return name


def settle(name: str) -> None:
    """Mark the file as belonging to a request that is in the database now."""
    if name:
        new, settled = _places(name)
        new.replace(settled)


def find(name: str) -> Path:
    """Where the file of this name is. Raises FileNotFoundError if it is gone or the name is not ours."""
    for path in reversed(_places(name)):
        if path.is_file():
            return path
    raise FileNotFoundError(name)


def discard(name: str) -> None:
    """Delete the file of this name, if it is there."""
    for path in _places(name) if name else ():
        path.unlink(missing_ok=True)


def left_over() -> list[str]:
    """Names of files that have been new for too long: the process died before the request was saved."""
    oldest = time.time() - PATIENCE
    return [
        entry.name.removeprefix(NEW)
        for entry in os.scandir(folder())
        if entry.name.startswith(NEW) and entry.stat().st_mtime < oldest
    ]


def _places(name: str) -> tuple[Path, Path]:
    """Where a file of this name is while it is new, and later."""
    if not NAME.fullmatch(name):
        raise FileNotFoundError(name)
    return folder() / (NEW + name), folder() / name
