"""Takes a ZIP of billing files apart, within limits."""

import errno
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.folder import folder
from cabinet.billing.kinds import DAMAGED, is_archive
from cabinet.billing.readers.workbook import BOMB, LARGEST, check_members
from cabinet.billing.source import Source

MOST = 50  # files in an archive, and in those inside it
DEEPEST = 3  # archives inside one another
TOO_MANY = f"В архиве больше {MOST} файлов. Соберите в него только таблицы начислений за один месяц."
NOTHING = "В архиве нет файлов. Положите в него таблицы начислений."
LOCKED = "Архив закрыт паролем. Соберите его без пароля и загрузите снова."
TOO_DEEP = "Архивы вложены друг в друга слишком глубоко. Распакуйте их и соберите таблицы в один ZIP."
IGNORED = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
LOCK_FILE = 1024  # bytes at most of what Excel puts beside a book that is open
Sources = Sequence[Source]


@contextmanager
def unpacked(sources: Sources) -> Iterator[Sources]:
    """The files, each with its name; archives among them, and in these, are replaced by their contents.

    They are in the folder of imports while the context lasts; should the process die, the worker removes
    them from there. Raises UnreadableFileError for an archive that is damaged, locked, or too large.
    """
    made: list[Path] = []
    try:
        found: list[Source] = []
        for source in sources:
            found += _members(source, made, 1) if is_archive(source.path) else [source]
        yield found
    finally:
        for path in made:
            path.unlink(missing_ok=True)


def _members(source: Source, made: list[Path], depth: int) -> Sources:
    """Unpack an archive, and those in it; each file is added to `made` as it is written."""
    if depth > DEEPEST:
        raise UnreadableFileError(TOO_DEEP)
    try:
        with zipfile.ZipFile(source.path) as archive:
            members = _checked(archive, made)
            found = [
                replace(
                    source,
                    path=_unpack(archive, member, source.path, made),
                    name=_name(member),
                    archived=True,
                )
                for member in members
            ]
    except UnreadableFileError:
        raise
    except Exception as error:  # damage makes zipfile fail in many ways
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):  # the disk is full
            raise
        raise UnreadableFileError(DAMAGED) from error
    inner: list[Source] = []
    for each in sorted(found, key=lambda member: member.name):
        inner += _inside(each, made, depth)
        if len(inner) > MOST:
            raise UnreadableFileError(TOO_MANY)
    return inner


def _inside(source: Source, made: list[Path], depth: int) -> Sources:
    """A file of an archive, or what is in it if it is one, named after both. Raises UnreadableFileError."""
    try:
        if not is_archive(source.path):
            return [source]
        found = _members(source, made, depth + 1)
    except UnreadableFileError as error:
        error.args = (f"{source.name}: {error}",)
        raise
    return [replace(each, name=f"{source.name}/{each.name}") for each in found]


def _checked(archive: zipfile.ZipFile, made: Sequence[Path]) -> list[zipfile.ZipInfo]:
    """The files of an archive. Raises UnreadableFileError if they are none, too many, locked, or too large.

    All archives inside one another together must not be larger than one may be.
    """
    members = [member for member in archive.infolist() if _is_file(member)]
    if len(members) > MOST:
        raise UnreadableFileError(TOO_MANY)
    if not members:
        raise UnreadableFileError(NOTHING)
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFileError(LOCKED)
    check_members(members)
    before = sum(path.stat().st_size for path in made)
    if before + sum(member.file_size for member in members) > LARGEST:
        raise UnreadableFileError(BOMB)
    return members


def _is_file(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename).name
    hidden = name.startswith(".") or (name.startswith("~$") and member.file_size <= LOCK_FILE)
    return not (member.is_dir() or hidden or any(part in member.filename for part in IGNORED))


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, made: list[Path]) -> Path:
    """Write a member into a file that nobody else may read; no more of it than its size promises.

    What belongs to a job goes with its files: their names begin alike.
    """
    owner = path.name.partition(".")[0] if path.parent == folder() else "command"
    target = folder() / f"{owner}.unpacked-{secrets.token_hex(8)}"
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    made.append(target)
    with os.fdopen(handle, "wb") as out, archive.open(member) as source:
        shutil.copyfileobj(source, out)
    return target


def _name(member: zipfile.ZipInfo) -> str:
    """The name of a member as it was typed: old Windows writes it in cp866."""
    name = PurePosixPath(member.filename).name
    if member.flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode("cp866")
    except UnicodeError:
        return name
