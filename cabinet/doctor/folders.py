"""The folders: whether files are kept in them, for whom, and how much room there is."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cabinet.delivery.surroundings import LEAST_FREE
from cabinet.doctor.finding import Finding, judged, note, ok, wrong
from cabinet.models.database import db, is_sqlite
from config import ROOT, Settings

OTHERS = 0o077  # permissions of other users


def findings(s: Settings) -> Iterator[Finding]:
    """Each folder, then the space of each disk."""
    folders = {
        "var/": ROOT / "var",
        "UPLOADS_FOLDER": ROOT / s.uploads_folder,
        "IMPORTS_FOLDER": ROOT / s.imports_folder,
    }
    if is_sqlite():
        folders["folder of the database"] = Path(db.database).parent
    disks: dict[int, Path] = {}
    for name, path in folders.items():
        yield from _folder(name, path, private=name.isupper())
        if path.is_dir():
            disks.setdefault(path.stat().st_dev, path)
    for path in disks.values():
        free = shutil.disk_usage(path).free
        text = f"{free / 1e9:.1f} GB free at {path}"
        yield judged(
            free >= LEAST_FREE, text, "make room: below a gigabyte an import or a backup may fill the disk"
        )


def _folder(name: str, path: Path, private: bool) -> Iterator[Finding]:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
        _sync(path)
    except OSError as error:
        yield wrong(
            f"{name}: files cannot be kept in {path}: {os.strerror(error.errno or 0)}",
            "make room on its disk"
            if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else "give it to the user that web and worker run as; under systemd name it in ReadWritePaths",
        )
        return
    yield ok(f"{name} keeps files")
    if private and path.stat().st_mode & OTHERS:
        yield note(f"{name} is open to other users of this host", f"chmod 700 {path}")
    if path.stat().st_uid != os.geteuid():
        yield note(
            f"{name} belongs to another user than runs this command",
            "run the doctor as the user of web and worker: what is right for one may be wrong for another",
        )


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
