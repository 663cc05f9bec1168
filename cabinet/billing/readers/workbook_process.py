"""Reads a workbook in a process apart (`cabinet.apart`), so that damage or a zip bomb kills only that.

Writes messages to stdout, each four bytes of length followed by a pickle: ("sheet", name, height, rows,
whole, hidden) with the first rows of each sheet, and whether those are all, or, if a sheet is named, ("rows",
rows) until its end; ("error", code) if it cannot be read; finally ("end",).
"""

import pickle  # nosec B403 # to a process of ours
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum, ZipError

from cabinet.apart.process import Limits
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.readers.cells import Row
from cabinet.billing.readers.portions import Portions, hidden_in, measure, members_of
from cabinet.billing.signatures import OLE, ZIP

if TYPE_CHECKING:
    from cabinet.billing.readers.markup import Table

LIMITS = Limits(seconds=1800, memory=900 << 20)  # ten times what the largest sheet takes
AT_ONCE = 24 << 20  # unpacked bytes of a sheet that is read as a whole
CELLS_AT_ONCE = 2_000_000
WIDEST = 702  # columns
HEAD = 60  # first rows of each sheet that are looked at
ROWS = 500  # per message
LOOKED_AT = 1 << 16  # bytes that tell whether a file is text
WIDE, LOCKED, DAMAGED, NO_TABLE = "wide", "locked", "damaged", "no table"
FORESEEN = (
    CalamineError, ZipError, zipfile.BadZipFile, zlib.error, ValueError, KeyError, IndexError, EOFError,
    OverflowError, RuntimeError, NotImplementedError, struct.error, OSError, MemoryError,
)  # fmt: skip


class TooWideError(Exception):
    """A sheet has more columns than any table has."""


class NoTableError(Exception):
    """A web page has no table."""


def main() -> None:
    """Read the workbook named on the command line: all of one sheet, or the beginnings of all."""
    path, *names = sys.argv[1:]
    try:
        if names:
            rows = _Book(Path(path)).sheet(names[0])[1]
            while block := list(islice(rows, ROWS)):
                _send("rows", block)
        else:
            _send_heads(_Book(Path(path)))
    except PasswordError:
        _send("error", LOCKED)
    except TooWideError:
        _send("error", WIDE)
    except NoTableError:
        _send("error", NO_TABLE)
    except UnreadableFileError as error:
        _send("error", str(error))
    except FORESEEN:
        _send("error", DAMAGED)
    else:
        _send("end")


def _send_heads(book: "_Book") -> None:
    for name in book.names:
        height, rows = book.sheet(name)
        head = list(islice(rows, HEAD))
        _send("sheet", name, height, head, next(rows, None) is None, name in book.hidden)


def _send(*message: Any) -> None:
    data = pickle.dumps(message, protocol=5)
    sys.stdout.buffer.write(len(data).to_bytes(4, "little") + data)
    sys.stdout.buffer.flush()


class _Book:
    """A workbook; the large sheets of an xlsx are read in portions."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.members: dict[str, str] = {}
        if zipfile.is_zipfile(path):
            self.archive = zipfile.ZipFile(path)
            if "xl/workbook.xml" in self.archive.NameToInfo:
                self.members = members_of(self.archive)
        self.tables = _tables(path)
        self.whole = None if self.members or self.tables else _opened(path)
        self.names = [*self.members] or [*self.tables] or list(self.whole.sheet_names if self.whole else ())
        self.hidden = hidden_in(self.archive) if self.members else set()
        if self.tables:
            self.hidden = {name for name, table in self.tables.items() if table.hidden}
        if self.whole:
            shown = SheetVisibleEnum.Visible
            self.hidden = {each.name for each in self.whole.sheets_metadata if each.visible != shown}

    def sheet(self, name: str) -> tuple[int, Iterator[Row]]:
        """The height and the rows of a sheet."""
        if self.tables:
            rows = self.tables[name].rows
            if max(map(len, rows), default=0) > WIDEST:
                raise TooWideError
            return len(rows), iter(rows)
        if self.members:
            extent = measure(self.archive, self.members[name])
            if extent.columns > WIDEST:
                raise TooWideError
            if extent.size > AT_ONCE or extent.rows * extent.columns > CELLS_AT_ONCE:
                return extent.rows, iter(Portions(self.archive, self.members[name], extent.columns))
        self.whole = self.whole or _opened(self.path)
        sheet = self.whole.get_sheet_by_name(name)
        return (sheet.end[0] + 1 if sheet.end else 0), iter(sheet.iter_rows())


def _opened(path: Path) -> CalamineWorkbook:
    """A workbook of whatever format it is: calamine believes the name of a path."""
    with path.open("rb") as file:
        return CalamineWorkbook.from_filelike(file)


def _tables(path: Path) -> "dict[str, Table]":
    """The tables of a web page or of «Таблица XML 2003» by their names; {} for a file of any other kind."""
    with path.open("rb") as file:
        head = file.read(LOOKED_AT)
    if head.startswith((OLE, ZIP)):
        return {}
    from cabinet.billing.kinds import is_markup, text_of  # half of the start of a process that few need
    from cabinet.billing.readers import markup

    text = text_of(head)
    if not is_markup(text):
        return {}
    xml = markup.is_xml_sheet(text)
    found = {table.name: table for table in markup.tables_of(path, xml)}
    if not found and not xml:
        raise NoTableError
    return found or {"": markup.Table("")}
