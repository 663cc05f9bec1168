"""Takes a backup while the cabinet runs."""

from pathlib import Path

from cabinet.backup import postgres, sqlite
from cabinet.backup.archive import Manifest, Writer, written
from cabinet.backup.errors import BackupError
from cabinet.models import migrations
from cabinet.models.base import now
from cabinet.models.database import connected, is_sqlite
from cabinet.receipts import store

RECEIPTS = "receipts/"


def take(path: Path) -> Manifest:
    """Write the backup to a new file; returns what it contains. Raises BackupError, OSError.

    The database comes first: a request's receipt is on the disk before its row is, so each row of that
    moment has its file, unless it was deleted for good since.
    """
    _refuse_old_schema()
    manifest = Manifest(f"{now():%Y-%m-%dT%H:%M:%S}", "sqlite" if is_sqlite() else "postgresql")
    with written(path, manifest) as writer:
        names = sqlite.dump(writer, path) if is_sqlite() else postgres.dump(writer)
        for name in sorted(names):
            if _kept(writer, name):
                manifest.receipts += 1
            else:
                manifest.gone.append(name)
    return manifest


def _refuse_old_schema() -> None:
    """The code knows of files by columns that may be missing."""
    with connected():
        missing = migrations.missing()
    if missing:
        raise BackupError(
            f"the database lacks {len(missing)} migrations. Back it up with the version before this,"
            " or run flask --app wsgi db upgrade first"
        )


def _kept(writer: Writer, name: str) -> bool:
    """Whether the file was there. It may get its final name between the look and the reading."""
    for _ in range(2):
        try:
            writer.copy(store.find(name), RECEIPTS + name, packed=False)
        except FileNotFoundError:
            continue
        return True
    return False
