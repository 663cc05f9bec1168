"""Finds out how a text file is encoded, and reads it in blocks of whole lines."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cabinet.billing.errors import UnreadableFileError

BLOCK = 1 << 15  # bytes
LONGEST_LINE = 1 << 20  # bytes
LOST = "\ufffd"  # stands where bytes were no character


def encoding_of(path: Path) -> str:
    """ "utf-8" or "cp1251". Reads the file once, in blocks; raises UnreadableFileError for an endless line.

    UTF-8 of which a few bytes are damaged is still UTF-8: as cp1251 every name in it would become nonsense.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, good = "", 0
    with path.open("rb") as file:
        for block in blocks(file):
            if encoding or (block.isascii() and not decoder.getstate()[0]):
                continue
            if not good and block.startswith(codecs.BOM_UTF8):
                encoding = "utf-8"
                continue
            try:
                text = decoder.decode(block)
                good += 0 if good else len(text) - _ascii(text)
            except UnicodeDecodeError as error:
                text = error.object.decode("utf-8", "replace")
                lost = text.count(LOST)
                good += len(text) - _ascii(text) - lost
                encoding = "utf-8" if good > lost else "cp1251"
    if not encoding and decoder.getstate()[0]:  # the file ends in the middle of a character
        encoding = "utf-8" if good else "cp1251"
    return encoding or "utf-8"


def _ascii(text: str) -> int:
    """How many characters are ASCII."""
    return len(text.encode("ascii", "ignore"))


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """The rest of the file in blocks of whole lines. Raises UnreadableFileError for an endless line."""
    rest = b""
    while chunk := file.read(BLOCK):
        chunk = rest + chunk
        cut = chunk.rfind(b"\n") + 1 or chunk.rfind(b"\r", 0, -1) + 1
        if not cut and len(chunk) > LONGEST_LINE:
            raise UnreadableFileError("Это не таблица: в файле слишком длинная строка")
        if cut:
            yield chunk[:cut]
        rest = chunk[cut:]
    if rest:
        yield rest


def broken(text: str) -> bool:
    """Whether there are characters that are none."""
    return "\0" in text or LOST in text
