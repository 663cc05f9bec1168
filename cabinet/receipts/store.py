"""Stores receipt files under random names in a folder outside the web root.

A file is called `new-NAME` until the request that names it is in the database, so files of requests that were
never sent can be told from all others.
"""

import errno
import logging
import os
import re
import secrets
from pathlib import Path

from cabinet.models.base import file_time, settings
from cabinet.receipts.errors import NotKeptError
from config import ROOT

log = logging.getLogger(__name__)

NAME = re.compile(r"[0-9a-f]{32}")
NEW = "new-"
PATIENCE = 3600  # seconds after which a file that is still new counts as left over


def folder() -> Path:
    """The folder of UPLOADS_FOLDER, created if missing; no other user of the machine may read it."""
    path = ROOT / settings().uploads_folder
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(data: bytes) -> str:
    """Write a new file and return its name, once it is safely on the disk. Raises NotKeptError."""
    name = secrets.token_hex(16)
    try:
        _write(folder() / (NEW + name), data)
    except OSError as error:
        log.error("a receipt cannot be kept in UPLOADS_FOLDER: %s", errno.errorcode.get(error.errno or 0))
        raise NotKeptError from error
    return name


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(path.parent)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _sync_folder(path: Path) -> None:
    """Have the names of its files on the disk, too."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settle(name: str) -> None:
    """Mark the file as belonging to a request that is in the database now."""
    if name:
        new, settled = _places(name)
        new.replace(settled)
        _sync_folder(settled.parent)


def loosen(name: str) -> None:
    """Have the file count as left over, unless its request is still there: what names it is being deleted.

    So it goes even if this process dies before it can `discard` it.
    """
    new, settled = _places(name)
    if settled.is_file():
        settled.replace(new)


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
    oldest = file_time() - PATIENCE
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
