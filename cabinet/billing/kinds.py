"""Recognises the kind of a billing file by its content."""

import codecs
import zipfile
import zlib
from pathlib import Path

from cabinet.billing import letter_pairs, refusals
from cabinet.billing.encodings import mark_of
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.readers import markup
from cabinet.billing.signatures import EMPTY_ZIP, OLE, ZIP

HEAD = 1 << 16  # bytes looked at
MARKUP = {"page": "таблица веб-страницы", "xml-sheet": "таблица XML 2003"}  # kinds of text with sheets
SHEETS = ("xl/workbook.xml", "xl/workbook.bin")
DAMAGED = "Архив или книга Excel повреждены: файл загрузился не целиком. Загрузите его ещё раз."
OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.spreadsheet": "",
    b"application/vnd.oasis.opendocument.spreadsheet-template": "",
    b"application/vnd.oasis.opendocument.text": refusals.WORD,
    b"application/vnd.oasis.opendocument.presentation": refusals.PRESENTATION,
}
DBF_VERSIONS = b"\x02\x03\x04\x05\x30\x31\x32\x43\x63\x83\x8b\x8e\xcb\xf5\xfb"
DBF_TYPES = b"CNFDLMBIYTGP@O+0VQW"

# what zipfile makes of damage, in members as in the directory
DAMAGED_ZIP = (
    zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, ValueError, EOFError,
)  # fmt: skip


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP of other files, not a workbook or a document, which are ZIPs, too."""
    return is_zip(path) and _in_zip(path) == "zip"


def is_zip(path: Path) -> bool:
    """Whether a file is a ZIP of any kind."""
    with path.open("rb") as file:
        return file.read(4) in (ZIP, EMPTY_ZIP)


def kind_of(path: Path) -> tuple[str, str]:
    """What a file is: "sheets", "page" and "xml-sheet" (which have sheets, too), "zip", "dbf", "xml" or
    "text"; and its first characters, if it is text.

    Raises UnreadableFileError, which names what it is, if it can hold no charges.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    refusals.refuse_bytes(head)
    if head.startswith((ZIP, EMPTY_ZIP)):
        return _in_zip(path), ""
    if head.startswith(OLE):
        return _in_ole(path), ""
    if is_dbf(head, path.stat().st_size):
        return "dbf", ""
    text = text_of(head)
    if is_markup(text):
        return ("xml-sheet" if markup.is_xml_sheet(text) else "page"), text
    refusals.refuse_text(text)
    return ("xml" if text.lstrip("\ufeff \t\r\n").startswith("<") else "text"), text


def is_markup(text: str) -> bool:
    """Whether a text is of a web page or of «Таблица XML 2003»."""
    return markup.is_xml_sheet(text) or markup.is_page(text)


def text_of(head: bytes) -> str:
    """The first characters of a file, as far as these bytes alone tell how it is encoded."""
    marked = mark_of(head)
    if marked:
        return head.decode(marked, "replace")
    head = head.removeprefix(codecs.BOM_UTF8)
    for name, high in (("utf-16-le", head[1:400:2]), ("utf-16-be", head[0:400:2])):
        if len(high) > 4 and sum(map(high.count, (0, 4))) > len(high) * 0.9:
            return head.decode(name, "replace")
    text = head.decode("utf-8", "replace")
    foreign = sum(letter > "\x7f" for letter in text)
    if text.count("\ufffd") * 2 > foreign:
        return head.decode(letter_pairs.encoding(head)[0], "replace")
    return text


def _in_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            mime = _beginning(archive, "mimetype") if "mimetype" in names else b""
    except DAMAGED_ZIP as error:
        raise UnreadableFileError(DAMAGED) from error
    if any(name in names for name in SHEETS):
        return "sheets"
    if mime.strip() in OPEN_DOCUMENT:
        if sentence := OPEN_DOCUMENT[mime.strip()]:
            raise UnreadableFileError(sentence)
        return "sheets"
    if "word/document.xml" in names:
        raise UnreadableFileError(refusals.WORD)
    if "ppt/presentation.xml" in names:
        raise UnreadableFileError(refusals.PRESENTATION)
    return "zip"


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    """The first bytes of a member, of which no more is unpacked: it may be a bomb."""
    with archive.open(name) as member:
        return member.read(80)


def _in_ole(path: Path) -> str:
    """Old Office: names of the streams stand in it as UTF-16."""
    with path.open("rb") as file:
        rest = file.read(1 << 24)
        if path.stat().st_size > 1 << 24:
            file.seek(-(1 << 20), 2)
            rest += file.read()

    def has(name: str) -> bool:
        return f"{name}\0".encode("utf-16-le") in rest

    if has("EncryptedPackage") or has("EncryptionInfo"):
        raise UnreadableFileError(refusals.LOCKED)
    if has("Workbook") or has("Book"):
        return "sheets"
    if has("WordDocument"):
        raise UnreadableFileError(refusals.WORD)
    raise UnreadableFileError(refusals.OLD_OFFICE)


def is_dbf(head: bytes, size: int) -> bool:
    """Whether a file begins as a table of dBASE or FoxPro does."""
    if len(head) < 65 or head[0] not in DBF_VERSIONS or not (head[2] <= 12 and head[3] <= 31):
        return False
    length, width = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
    if length < 65 or width < 2 or length > size:
        return False
    return head[43] in DBF_TYPES and (head[32:33].isalpha() or head[32] > 127 or head[32] == 95)
