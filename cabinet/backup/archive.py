"""The file of a backup: a zip whose last entry, `manifest.json`, has the SHA-256 of every other.

No pg_dump: its version has to be the server's or a later one, a pooler gets in its way, and it knows nothing
of receipts. COPY's text is the same in every version of PostgreSQL.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cabinet.backup.errors import BackupError

FORMAT = 1
MANIFEST = "manifest.json"
# the stored files that belong to rows
NAMED_FILES = (
    "SELECT receipt FROM connection_request WHERE receipt <> '' "
    "UNION SELECT file FROM request_note WHERE file <> ''"
)
PIECE = 1024 * 1024  # bytes
QUICK = 1  # zlib's level: the disk is to be the slowest
NEITHER = "neither a backup nor whole"


@dataclass
class Manifest:
    """What a backup contains. `made_at`: the moment it shows, UTC. `rows` by table, `counters` by column.

    `gone`: receipts that were deleted while it was made.
    """

    made_at: str
    database: str
    migrations: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    receipts: int = 0
    gone: list[str] = field(default_factory=list)
    sha256: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


class Writer:
    """Writes entries one after the other, and the manifest at the end."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.manifest = manifest
        self._zip = archive

    @contextmanager
    def entry(self, name: str, packed: bool = True) -> Iterator[Callable[[bytes], None]]:
        """An entry, by the function that writes to it; `packed`: whether compressing is worth it."""
        digest = hashlib.sha256()
        info = name if packed else zipfile.ZipInfo(name)
        with self._zip.open(info, "w", force_zip64=True) as entry:

            def write(data: bytes) -> None:
                digest.update(data)
                entry.write(data)

            yield write
        self.manifest.sha256[name] = digest.hexdigest()

    def copy(self, path: Path, name: str, packed: bool = True) -> None:
        """An entry of a file. Raises FileNotFoundError, before anything is written."""
        with open(path, "rb") as file, self.entry(name, packed) as write:
            while piece := file.read(PIECE):
                write(piece)


@contextmanager
def written(path: Path, manifest: Manifest) -> Iterator[Writer]:
    """A new file of this name once it is whole and on the disk; none if the block fails.

    Raises BackupError if there is one already.
    """
    if path.exists():
        raise BackupError(f"{path} is there already: a backup never overwrites another file")
    part = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=QUICK) as archive:
                yield Writer(archive, manifest)
                archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


class Reader:
    """A backup whose every byte was found to be as it was written."""

    def __init__(self, path: Path) -> None:
        """Raises BackupError for a file that is something else, or damaged."""
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest = Manifest(**json.loads(self._zip.read(MANIFEST)))
            damaged = [name for name, digest in self.manifest.sha256.items() if self._digest(name) != digest]
        except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise BackupError(f"{path} is {NEITHER}: {type(error).__name__}") from None
        if damaged or self.manifest.format != FORMAT:
            raise BackupError(f"{path} is {NEITHER}: {', '.join(damaged[:5]) or 'unknown format'}")

    def names(self, folder: str) -> list[str]:
        """The names of the entries of a folder, without it."""
        return [name.removeprefix(folder) for name in self.manifest.sha256 if name.startswith(folder)]

    def pieces(self, name: str) -> Iterator[bytes]:
        """The content of an entry."""
        with self._zip.open(name) as entry:
            while piece := entry.read(PIECE):
                yield piece

    def extract(self, name: str, path: Path) -> None:
        """Write an entry to a new file, or over an old one; for its owner alone."""
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for piece in self.pieces(name):
                file.write(piece)

    def _digest(self, name: str) -> str:
        digest = hashlib.sha256()
        for piece in self.pieces(name):
            digest.update(piece)
        return digest.hexdigest()
