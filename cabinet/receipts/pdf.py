"""Refuses PDFs with scripts, programs, embedded files or encryption. Executes and draws nothing.

Names are searched for in the whole file and in every stream that can be unpacked, `#` escapes included, so
it does not matter which of two contradicting structures a reader would follow. What cannot be unpacked but
may hold objects is refused.
"""

import re
import zlib
from collections.abc import Iterator

from cabinet.receipts.errors import RefusedFileError

ACTIVE = (
    "JavaScript", "Launch", "EmbeddedFile", "FileAttachment", "RichMedia",
    "SubmitForm", "ImportData", "GoToE",
)  # fmt: skip
MOST_STREAMS = 20_000
MOST_UNPACKED = 100 * 1024 * 1024
PIECE = 64 * 1024
OVERLAP = 64  # bytes, longer than any name with all its letters escaped
TAIL = 2048  # bytes in which the end mark must be


def _name(word: str) -> bytes:
    """A pattern for a PDF name, each letter of which may be written as `#` and two digits."""
    letters = [f"(?:{c}|#{ord(c) >> 4:x}[{ord(c) & 15:x}{ord(c) & 15:X}])" for c in word]
    return ("/" + "".join(letters)).encode()


_ACTIVE = re.compile(b"|".join(map(_name, ACTIVE)) + b"|" + _name("XFA") + rb"(?=[\s\[<0-9])")
_ENCRYPTED = re.compile(_name("Encrypt"))
_STREAM = re.compile(rb"(?<!end)stream[ \t]*(?:\r\n|\n|\r)?")
_OBJECTS = re.compile(_name("ObjStm") + b"|" + _name("First"))
_FILTER = re.compile(_name("Filter") + rb"\s*\[?\s*" + _name("FlateDecode") + rb"\s*\]?\s*(?:/|>>)")
_ANY_FILTER = re.compile(_name("F") + rb"(?=[\s\[/(<0-9])|" + _name("Filter"))
_PARAMETERS = re.compile(_name("DecodeParms") + b"|" + _name("DP") + rb"(?=[\s\[<0-9])")


def check(data: bytes) -> None:
    """Return if the PDF is harmless and whole.

    Raises RefusedFileError: pdf_active, pdf_encrypted, suspicious (too much in it, or hidden), broken.
    """
    if data.rfind(b"%%EOF", -TAIL) < 0:
        raise RefusedFileError("broken")
    if _ENCRYPTED.search(data):
        raise RefusedFileError("pdf_encrypted")
    if _ACTIVE.search(data):
        raise RefusedFileError("pdf_active")
    left = MOST_UNPACKED
    for count, match in enumerate(_STREAM.finditer(data)):
        if count >= MOST_STREAMS:
            raise RefusedFileError("suspicious")
        left -= _check_stream(data, match, left)


def _check_stream(data: bytes, match: re.Match[bytes], most: int) -> int:
    """Refuse a stream as `check` does; returns the bytes that it unpacks to, at most `most`."""
    head = _dictionary(data, match.start())
    holds_objects = _OBJECTS.search(head)
    if holds_objects and not _plainly_packed(head):
        raise RefusedFileError("suspicious")
    unpacker, before, size = zlib.decompressobj(), b"", 0
    for piece in _unpacked(unpacker, data, match.end()):
        size += len(piece)
        if size > most:
            raise RefusedFileError("suspicious")
        if _ACTIVE.search(before + piece):
            raise RefusedFileError("pdf_active")
        before = piece[-OVERLAP:]
    if holds_objects and _ANY_FILTER.search(head) and not unpacker.eof:
        raise RefusedFileError("suspicious")
    return size


def _dictionary(data: bytes, place: int) -> bytes:
    """What precedes a stream in its object."""
    near = data[max(0, place - PIECE) : place]
    return near[near.rfind(b"obj") + 3 :] if b"obj" in near else near[-TAIL:]


def _plainly_packed(head: bytes) -> bool:
    """Whether the stream is packed by Flate alone, or not at all."""
    if _PARAMETERS.search(head):
        return False
    return bool(_FILTER.search(head)) or not _ANY_FILTER.search(head)


def _unpacked(unpacker: "zlib._Decompress", data: bytes, place: int) -> Iterator[bytes]:
    """The unpacked stream in pieces, as far as it can be unpacked; nothing of what is not packed by Flate."""
    first = data[place : place + 2]
    if len(first) < 2 or first[0] & 15 != 8 or int.from_bytes(first, "big") % 31:
        return
    try:
        while place < len(data) and not unpacker.eof:
            packed = data[place : place + PIECE]
            place += PIECE
            while packed and not unpacker.eof:
                yield unpacker.decompress(packed, 16 * PIECE)
                packed = unpacker.unconsumed_tail
    except zlib.error:
        return
