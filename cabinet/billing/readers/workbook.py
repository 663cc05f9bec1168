"""Opens workbooks (xlsx, xls, xlsb, ods) within limits: what would not fit into memory is refused."""

import pickle  # nosec B403 # from a process of ours
import subprocess  # nosec B404 # ours
import zipfile
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from cabinet.apart.process import ENVIRONMENT, command
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.readers import cells, workbook_process
from cabinet.billing.readers.cells import Row
from cabinet.billing.readers.portions import members_of
from cabinet.billing.refusals import LOCKED, WEB_PAGE

LARGEST = 1 << 31  # unpacked bytes of all members
RATIO = 200  # highest ratio of unpacked to packed, except for small members
SMALL = 16 << 20  # bytes
LARGEST_STRINGS = 400 << 20  # bytes of a workbook's shared strings
LARGEST_OTHER = 100 << 20  # unpacked bytes of formats that can only be read as a whole

BOMB = "Этот архив распаковывается в неправдоподобно большой файл. Сохраните таблицу заново и загрузите её."
TOO_LARGE = (
    "Книга Excel слишком велика: {size} МБ после распаковки, а можно до {limit} МБ. Разделите её на "
    "несколько файлов и загрузите их вместе или выгрузите таблицу в CSV."
)
DAMAGED = "Книга Excel повреждена: файл загрузился не целиком. Загрузите его ещё раз."
NO_ROWS = "В книге Excel нет ни одного листа с данными."
SENTENCES = {
    workbook_process.DAMAGED: DAMAGED,
    workbook_process.LOCKED: LOCKED,
    workbook_process.NO_TABLE: WEB_PAGE,
    workbook_process.WIDE: (
        f"Лист Excel слишком велик: в нём больше {workbook_process.WIDEST} столбцов. Скопируйте таблицу на "
        "новый лист и сохраните его."
    ),
    "": (
        "Книга Excel повреждена или не помещается в память. Сохраните её заново или выгрузите таблицу в CSV "
        "и загрузите его."
    ),
}


class Sheet:
    """A sheet: its number of rows, the first ones as text, and an iterator over all of them.

    `hidden` if whoever opens the workbook does not see it.
    """

    def __init__(
        self, path: Path, name: str, height: int, head: list[Row], whole: bool, hidden: bool
    ) -> None:
        self.path, self.name, self.height, self.hidden = path, name, height, hidden
        self.head = [list(map(cells.text, row)) for row in head]
        self.all = head if whole else None

    def rows(self) -> Iterator[Row]:
        """All rows, from the first one; empty ones may be shorter. Raises UnreadableFileError."""
        if self.all is not None:  # no process has to start for them
            yield from map(list, self.all)
            return
        with closing(_messages(self.path, self.name)) as messages:
            for _, block in messages:
                yield from block


class Workbook:
    """A workbook and its sheets. Raises UnreadableFileError if it is damaged or too large."""

    def __init__(self, path: Path) -> None:
        check_size(path)
        self.sheets = [Sheet(path, *rest) for _, *rest in _messages(path)]


def sheet_names(path: Path) -> list[str]:
    """The names of the sheets of an xlsx; [] for other workbooks and damaged ones.

    Raises UnreadableFileError for one that unpacks to far more than any workbook.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_members(archive.infolist())
            return [*members_of(archive)] if "xl/workbook.xml" in archive.NameToInfo else []
    except workbook_process.FORESEEN:
        return []


def check_size(path: Path) -> None:
    """Raises UnreadableFileError for a workbook that would not fit into memory."""
    if not zipfile.is_zipfile(path):
        _limit(path.stat().st_size, LARGEST_OTHER)
        return
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    check_members(members)
    names = {member.filename: member.file_size for member in members}
    if "xl/workbook.xml" in names:
        _limit(names.get("xl/sharedStrings.xml", 0), LARGEST_STRINGS)
    else:
        _limit(max(names.values()), LARGEST_OTHER)


def check_members(members: list[zipfile.ZipInfo]) -> None:
    """Raises UnreadableFileError for a zip bomb: an archive that unpacks to far more than any table."""
    unpacked = sum(member.file_size for member in members)
    if unpacked > LARGEST:
        raise UnreadableFileError(BOMB)
    for member in members:
        if member.file_size > SMALL and member.file_size > RATIO * max(1, member.compress_size):
            raise UnreadableFileError(BOMB)


def _limit(size: int, limit: int) -> None:
    if size > limit:
        raise UnreadableFileError(TOO_LARGE.format(size=size >> 20, limit=limit >> 20))


def _messages(path: Path, *names: str) -> Generator[tuple[Any, ...], None, None]:
    """The messages of the process that reads a workbook. Raises UnreadableFileError, also if it dies."""
    started = command(workbook_process.__name__, workbook_process.LIMITS, str(path), *names)
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(started, env=ENVIRONMENT, **pipes) as process:  # noqa: S603 (ours)
        assert process.stdout
        try:
            while length := process.stdout.read(4):
                data = process.stdout.read(int.from_bytes(length, "little"))
                what, *rest = message = pickle.loads(data)  # noqa: S301 — from our own process
                if what == "end":
                    return
                if what == "error":
                    raise UnreadableFileError(SENTENCES.get(rest[0], rest[0]))
                yield message
        finally:
            process.kill()
    raise UnreadableFileError(SENTENCES[""])
