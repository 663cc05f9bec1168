"""Finds lines of a text that are in another encoding than the rest of it, as where two files became one."""

import re

from cabinet.billing import russian

LOST = "\ufffd"  # stands where bytes were no character
UTF_8 = re.compile(rb"(?:[\xd0\xd1][\x80-\xbf]){3}")  # three Russian letters; no word in any other encoding
RUN = LOST * 3


def _usual(*ranges: tuple[int, int]) -> bytes:
    return bytes((*range(0x80), *(code for first, last in ranges for code in range(first, last + 1))))


# what nearly all Russian text consists of, by its encoding: letters, ё, №, quotes, dashes, frames
USUAL = {
    "cp1251": _usual((0xC0, 0xFF), (0xB8, 0xB9), (0x96, 0x97), *((one, one) for one in b"\xa0\xa8\xab\xbb")),
    "cp866": _usual((0x80, 0xAF), (0xE0, 0xF1), *((one, one) for one in b"\xb3\xba\xc4\xcd\xfc")),
    "koi8-r": _usual((0xC0, 0xFF), (0xA3, 0xA3), (0xB3, 0xB3), (0x80, 0x81)),
    "iso8859-5": _usual((0xA0, 0xF1)),
    "mac-cyrillic": _usual((0x80, 0x9F), (0xD0, 0xD3), (0xDC, 0xFE), (0xC7, 0xC8), (0xCA, 0xCA)),
}  # fmt: skip


def decoded(block: bytes, encoding: str) -> str:
    """A block of whole lines as text; what is no ASCII is LOST in lines of another encoding."""
    usual = USUAL.get(encoding)
    if not usual or not block.translate(None, usual):
        return block.decode(encoding, "replace")
    return "".join(_line(line, encoding, usual) for line in block.splitlines(keepends=True))


def own(sample: bytes, encoding: str = "") -> bytes:
    """A text that is not UTF-8, without the lines that are, or that are in another encoding than the given.

    All of it if no other line has a letter, or most have letters of another encoding.
    """
    lines = [line for line in sample.splitlines(keepends=True) if not UTF_8.search(line)]
    found = b"".join(lines)
    if found.isascii():
        return sample
    if usual := USUAL.get(encoding):
        kept = [line for line in lines if not _is_alien(line, encoding, usual)]
        return b"".join(kept) if len(kept) * 2 > len(lines) else found
    return found


def broken(text: str) -> bool:
    """Whether any character is LOST, or says that it stands where another one was."""
    return "\0" in text or LOST in text or "\x1a" in text


def is_alien(cells: list[str]) -> bool:
    """Whether characters of a row were lost as in `decoded`, or as in UTF-8 where a row is none."""
    return any(RUN in cell for cell in cells)


def _line(line: bytes, encoding: str, usual: bytes) -> str:
    return line.decode("ascii" if _is_alien(line, encoding, usual) else encoding, "replace")


def _is_alien(line: bytes, encoding: str, usual: bytes) -> bool:
    """Whether letters of a line are in another encoding; what is not usual alone may be signs."""
    if not line.translate(None, usual):
        return False
    return UTF_8.search(line) is not None or russian.is_garbled(line.decode(encoding, "replace"))
