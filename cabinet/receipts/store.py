"""Files of receipts under random names in a folder that no web address leads to."""

import os
import re
import secrets
import time
from collections.abc import Collection
from pathlib import Path

from cabinet.models.base import settings
from config import ROOT

NAME = re.compile(r"[0-9a-f]{32}")
ORPHAN_AGE = 3600  # seconds after which a file that no request names is left over


def folder() -> Path:
    """The folder of UPLOADS_FOLDER, made when missing; nobody else of the machine may look into it."""
    path = ROOT / settings().uploads_folder
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(data: bytes) -> str:
    """Write a file, safe on the disk before this returns; returns its name."""
    name = secrets.token_hex(16)
    path = folder() / name
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


def read(name: str) -> bytes:
    """The file of this name. Raises FileNotFoundError for one that is gone or no name of ours."""
    return _path(name).read_bytes()


def discard(name: str) -> None:
    """Delete the file of this name, if it is there."""
    if name:
        _path(name).unlink(missing_ok=True)


def orphans(named: Collection[str]) -> list[str]:
    """Names of old enough files that are not in `named`."""
    oldest = time.time() - ORPHAN_AGE
    return [
        entry.name
        for entry in os.scandir(folder())
        if NAME.fullmatch(entry.name) and entry.name not in named and entry.stat().st_mtime < oldest
    ]


def _path(name: str) -> Path:
    if not NAME.fullmatch(name):
        raise FileNotFoundError(name)
    return folder() / name
