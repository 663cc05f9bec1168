"""Tables in web pages and in «Таблица XML 2003», which programs save under the name of a workbook.

Both are read as a whole, in the process that reads workbooks; nothing is fetched, run or expanded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import Element  # nosec B405 # a type

from cabinet.billing.encodings import Recoded, encoding_of
from cabinet.billing.readers.cells import Cell, Row
from cabinet.billing.readers.elements import BROKEN, FORBIDDEN, elements_of, local_name

PAGE = re.compile(r"<(?:!doctype html|html|head|meta|body|table|style|div|center)\b")
XML_SHEET = ("urn:schemas-microsoft-com:office:spreadsheet", 'progid="excel.sheet"')
WIDEST = 16_384  # cells of a row, as in Excel; a wider sheet is refused by its width anyway
TALLEST = 1_048_576  # rows
MOST_TABLES = 100_000  # of a page; those that only place others on it count
SILENT = ("script", "style")  # whose text no cell shows
PIECE = 1 << 16  # bytes
LONGEST = 1 << 20  # characters of a tag, a comment or a style sheet


class DamagedError(ValueError):
    """It was cut off, is not well-formed, or says of itself that it is larger than any sheet."""


@dataclass
class Table:
    """A table as a sheet: its name, its rows, whether whoever opens the file does not see it."""

    name: str
    rows: list[Row] = field(default_factory=list)
    hidden: bool = False


def is_page(text: str) -> bool:
    """Whether a text begins as a web page does."""
    lower = text[:2000].lower().lstrip("\ufeff \t\r\n")
    return bool(PAGE.match(lower)) or (lower.startswith("<") and "<html" in lower)


def is_xml_sheet(text: str) -> bool:
    """Whether a text begins as «Таблица XML 2003» does."""
    lower = text[:2000].lower()
    return lower.lstrip("\ufeff \t\r\n").startswith("<") and any(mark in lower for mark in XML_SHEET)


def tables_of(path: Path, xml: bool) -> list[Table]:
    """All tables of a file. Raises DamagedError, and UnreadableFileError for letters that cannot be read."""
    encoding = encoding_of(path, False)
    with path.open("rb") as file:
        recoded = Recoded(file, encoding)
        if xml:
            return list(_sheets(recoded))
        page = _Page()
        while piece := recoded.read(PIECE):
            page.feed(piece.decode())
            if len(page.rawdata) > LONGEST:  # of which all is looked at again each time
                raise DamagedError
        page.end()
    return [table for table in page.tables if any(sum(map(bool, row)) > 1 for row in table.rows)]


def _sheets(file: Recoded) -> Iterator[Table]:
    """The sheets of «Таблица XML 2003»."""
    sheet: Table | None = None
    try:
        for begins, element in elements_of(file, forbid_dtd=True):
            name = local_name(element)
            if name == "Worksheet" and begins:
                sheet = Table(_attribute(element, "Name"))
            elif begins or sheet is None:
                continue
            elif name == "Row":
                _take(sheet, element)
                element.clear()
            elif name == "Visible":
                sheet.hidden = "hidden" in (element.text or "").lower()
            elif name == "Worksheet":
                yield sheet
                element.clear()
    except (FORBIDDEN, *BROKEN) as error:
        raise DamagedError from error


def _take(sheet: Table, element: Element) -> None:
    """Add a row to a sheet, empty ones before it where it says so."""
    place = _number(element, "Index") or len(sheet.rows) + 1
    if not len(sheet.rows) < place <= TALLEST:
        raise DamagedError
    sheet.rows += [[] for _ in range(place - len(sheet.rows) - 1)]
    row: Row = []
    for cell in element:
        if local_name(cell) != "Cell":
            continue
        place = _number(cell, "Index") or len(row) + 1
        if not len(row) < place + _number(cell, "MergeAcross") <= WIDEST:
            raise DamagedError
        row += [""] * (place - len(row) - 1)
        data = next((part for part in cell if local_name(part) == "Data"), None)
        row.append("" if data is None else _value(data))
        row += [""] * _number(cell, "MergeAcross")
    sheet.rows.append(row)


def _value(data: Element) -> Cell:
    text = "".join(data.itertext()).strip()
    kind = _attribute(data, "Type")
    if kind == "Number":
        return float(text or 0)
    return datetime.fromisoformat(text) if kind == "DateTime" and text else text


def _attribute(element: Element, name: str) -> str:
    """An attribute, in whatever namespace."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def _number(element: Element, name: str) -> int:
    """An attribute that counts; 0 without it."""
    text = _attribute(element, name)
    if text and not (text.isdecimal() and len(text) < 8):
        raise DamagedError
    return int(text or 0)


class _Page(HTMLParser):
    """Collects the tables of a page, those inside the cells of others among them, each for itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Table] = []
        self.open: list[_Open] = []
        self.silent = ""  # the element whose text is not shown

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell; the one before may not have been ended."""
        if self.silent:
            return
        if tag in SILENT:
            self.silent = tag
        elif tag == "table":
            if len(self.tables) == MOST_TABLES:
                raise DamagedError
            self.tables.append(Table(f"Таблица {len(self.tables) + 1}"))
            self.open.append(_Open(self.tables[-1]))
        elif self.open and tag == "tr":
            self.open[-1].begin_row()
        elif self.open and tag in ("td", "th"):
            self.open[-1].begin_cell({name: value or "" for name, value in attrs})
        elif self.open and tag in ("br", "p", "div"):
            self.open[-1].add(" ")

    def handle_endtag(self, tag: str) -> None:
        """End a table or a cell."""
        if self.silent:
            self.silent = "" if tag == self.silent else self.silent
        elif self.open and tag == "table":
            self.open.pop().end_cell()
        elif self.open and tag in ("td", "th", "tr"):
            self.open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        """Add text to the cell that it stands in."""
        if self.open and not self.silent:
            self.open[-1].add(data)

    def end(self) -> None:
        """Be told that nothing follows. Raises DamagedError if a table is not ended: the page was cut off."""
        if self.open or "<" in self.rawdata:
            raise DamagedError


class _Open:
    """A table that is being read, with the columns that cells of rows above it reach down into."""

    def __init__(self, table: Table) -> None:
        self.rows = table.rows
        self.reach: dict[int, int] = {}
        self.text: list[str] | None = None
        self.span = (1, 1)

    def begin_row(self) -> None:
        """Begin a row."""
        self.end_cell()
        if len(self.rows) == TALLEST:
            raise DamagedError
        self.reach = {column: rows - 1 for column, rows in self.reach.items() if rows > 1}
        self.rows.append([])

    def begin_cell(self, attributes: dict[str, str]) -> None:
        """Begin a cell, which may span several rows and columns; spreadsheets note its exact number in it."""
        self.end_cell()
        if not self.rows:
            self.begin_row()
        exact = attributes.get("x:num", "") or attributes.get("sdval", "")
        self.text = [exact] if exact else []
        self.exact = bool(exact)
        self.span = _span(attributes.get("colspan", "")), _span(attributes.get("rowspan", ""))

    def add(self, text: str) -> None:
        """Add text to the cell that is open."""
        if self.text is not None and not self.exact:
            self.text.append(text)

    def end_cell(self) -> None:
        """End the cell that is open, if there is one."""
        if self.text is None:
            return
        row = self.rows[-1]
        while self.reach.get(len(row)):
            row.append("")
        wide, tall = self.span
        if len(row) + wide > WIDEST:
            raise DamagedError
        self.reach |= dict.fromkeys(range(len(row), len(row) + wide), tall) if tall > 1 else {}
        row.append(" ".join("".join(self.text).split()))
        row += [""] * (wide - 1)
        self.text = None


def _span(text: str) -> int:
    """How many rows or columns a cell spans."""
    return min(int(text), WIDEST) or 1 if text.isdecimal() and len(text) < 8 else 1
