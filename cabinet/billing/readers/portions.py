"""Reads a large sheet of an xlsx in portions, each turned into a small workbook for calamine.

So a sheet of a million rows takes no more memory than its shared strings, and a lone cell in the far corner
of a sheet costs nothing.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO, NamedTuple
from xml.etree.ElementTree import ParseError  # nosec B405 # an error

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from python_calamine import CalamineWorkbook

from cabinet.billing.readers.cells import Row

BLOCK = 1 << 20  # bytes read at a time
PORTION = 4 << 20  # approximate bytes of a portion
ROWS = 20_000  # of a portion, including empty ones in between
OVERLAP = 256  # bytes; no start tag of a cell is longer
WIDE = re.compile(rb'c r="([A-Z]{2,3})[0-9]+"[^>/]*>')
NUMBER = re.compile(rb'<(?:\w+:)?row [^>]*?\br="([0-9]+)"')
ROW_END = re.compile(rb"</(?:\w+:)?row>|<(?:\w+:)?row [^>]*/>")
SHARED = re.compile(rb'<c ([^>]*?)t="s"([^>]*)><v>([0-9]+)</v></c>')
STRING = re.compile(rb"<si>(.*?)</si>|<si/>", re.DOTALL)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BOOK = (
    f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
    '%s<sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


class Extent(NamedTuple):
    """The size of a sheet: unpacked bytes, the last row, and the last column with a value (at least 26)."""

    size: int
    rows: int
    columns: int


def members_of(archive: zipfile.ZipFile) -> dict[str, str]:
    """Maps the sheets of an xlsx to their files inside it. Raises ValueError if it is damaged."""
    try:
        relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {each.get("Id"): each.get("Target", "") for each in relations}
        book = fromstring(archive.read("xl/workbook.xml"))
    except (ParseError, DefusedXmlException, KeyError) as error:
        raise ValueError("no workbook") from error
    found = {}
    for each in book.iter():
        if each.tag.endswith("}sheet"):
            target = targets.get(each.get(f"{{{RELATIONS}}}id"), "")
            member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if "worksheets/" in member and member in archive.NameToInfo:
                found[each.get("name", "")] = member
    return found


def hidden_in(archive: zipfile.ZipFile) -> set[str]:
    """The names of the sheets of an xlsx that whoever opens it does not see."""
    book = fromstring(archive.read("xl/workbook.xml"))
    sheets = (each for each in book.iter() if each.tag.endswith("}sheet"))
    return {each.get("name", "") for each in sheets if each.get("state", "visible") != "visible"}


def measure(archive: zipfile.ZipFile, member: str) -> Extent:
    """The size of a sheet. Reads all of it, at about 200 MiB a second."""
    wide: set[bytes] = set()
    rows, rest = 0, b""
    with archive.open(member) as sheet:
        while block := sheet.read(BLOCK):
            text = rest + block
            wide.update(WIDE.findall(text))
            last = text.rfind(b"row ")
            number = NUMBER.search(text, max(0, last - 16)) if last >= 0 else None
            rows = max(rows, int(number[1]) if number else 0)
            rest = text[-OVERLAP:]
    columns = max((_column(letters) for letters in wide), default=26)
    return Extent(archive.getinfo(member).file_size, rows, columns)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _relations(**targets: str) -> str:
    """The XML that says where the parts of a workbook are."""
    parts = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets.items(), 1)
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{package}">{parts}</Relationships>'


class Portions:
    """All rows of a sheet of an xlsx; their widths differ, and empty ones are []."""

    def __init__(self, archive: zipfile.ZipFile, member: str, columns: int) -> None:
        self.archive, self.member = archive, member
        self.rows = max(100, min(ROWS, 4_000_000 // columns))
        self.strings: list[bytes] | None = None
        names = archive.NameToInfo
        self.styles = archive.read("xl/styles.xml") if "xl/styles.xml" in names else b""
        properties = re.search(rb"<workbookPr[^>]*/>", archive.read("xl/workbook.xml"))
        self.book = BOOK % (properties[0].decode() if properties else "")

    def __iter__(self) -> Iterator[Row]:
        done = 0
        for xml in self._cut():
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(self._workbook(xml))).get_sheet_by_index(0)
            if sheet.start is None:
                continue
            first, left = sheet.start
            for _ in range(first - done):
                yield []
            done = max(done, first)
            for row in sheet.to_python(skip_empty_area=True):
                yield [""] * left + row if left else row
                done += 1

    def _cut(self) -> Iterator[bytes]:
        """The XML of the rows in portions of whole rows; a gap between rows starts a new portion."""
        with self.archive.open(self.member) as sheet:
            head, rest = self._head(sheet)
            block = rest
            while block:
                ends = [match.end() for match in ROW_END.finditer(rest)]
                for start, end in self._portions(rest, ends):
                    yield head + rest[start:end] + b"</sheetData></worksheet>"
                block = sheet.read(PORTION)
                rest = rest[ends[-1] if ends else 0 :] + block

    def _head(self, sheet: IO[bytes]) -> tuple[bytes, bytes]:
        """What is needed of the XML before the rows to read them, and the beginning of the rows."""
        text = b""
        while b"sheetData" not in text and (block := sheet.read(BLOCK)):
            text += block
        root = re.search(rb"<(?:\w+:)?worksheet[^>]*>", text)
        data = re.search(rb"<(?:\w+:)?sheetData[^>]*>", text)
        if not root or not data:
            raise ValueError("no sheet")
        return root[0] + data[0], text[data.end() :]

    def _portions(self, text: bytes, ends: list[int]) -> Iterator[tuple[int, int]]:
        start = begun = last = 0
        for end in ends:
            found = NUMBER.search(text, last, end)
            number = int(found[1]) if found else 0
            if begun and number >= begun + self.rows and last > start:
                yield start, last
                start, begun = last, number
            begun = begun or number
            last = end
        if last > start:
            yield start, last

    def _workbook(self, xml: bytes) -> bytes:
        """A workbook of one sheet with its texts inline."""
        if b't="s"' in xml:
            strings = self._strings()
            xml = SHARED.sub(
                lambda found: (
                    b'<c %bt="inlineStr"%b><is>%b</is></c>' % (found[1], found[2], strings[int(found[3])])
                ),
                xml,
            )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
            made.writestr("xl/workbook.xml", self.book)
            made.writestr("_rels/.rels", _relations(officeDocument="xl/workbook.xml"))
            parts = _relations(worksheet="worksheets/sheet1.xml", styles="styles.xml")
            made.writestr("xl/_rels/workbook.xml.rels", parts)
            if self.styles:
                made.writestr("xl/styles.xml", self.styles)
            made.writestr("xl/worksheets/sheet1.xml", xml)
        return out.getvalue()

    def _strings(self) -> list[bytes]:
        """The shared strings of the workbook, as XML."""
        if self.strings is None:
            self.strings, rest = [], b""
            with self.archive.open("xl/sharedStrings.xml") as source:
                while block := source.read(BLOCK):
                    rest += block
                    end = 0
                    for match in STRING.finditer(rest):
                        self.strings.append(match[1] or b"")
                        end = match.end()
                    rest = rest[end:]
        return self.strings
