"""Finds out how a text file is encoded, and reads it in blocks of whole lines."""

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cabinet.billing import alien, alternatives, letter_pairs, russian
from cabinet.billing.alien import LOST
from cabinet.billing.errors import UnreadableFileError

BLOCK = 1 << 16  # bytes; of twice as many the cells would not stay in the processor's cache
LONGEST_LINE = 1 << 20  # bytes
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
SAMPLE = 1 << 16  # bytes that are no ASCII, with what is around them, judged by their letters
EVERY = 8  # of so many blocks one is looked at when the sample is full
NAMES = {
    "utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1251": "Windows-1251",
    "cp866": "DOS (866)",    "koi8-r": "КОИ-8", "iso8859-5": "ISO 8859-5", "mac-cyrillic": "MacCyrillic",
}  # fmt: skip

ENDLESS = "Это не таблица: в файле слишком длинная строка"
TWICE = (
    "Буквы в файле испорчены: его дважды перекодировали, и вместо русских слов в нём наборы знаков "
    "(«РЎР°РґРѕРІР°СЏ»). Выгрузите его из программы начислений ещё раз."
)
UNCLEAR = (
    "По буквам не узнать, в какой кодировке этот файл: русских слов в нём мало, или она редкая. "
    "Сохраните его в UTF-8 или в Excel (XLSX) и загрузите снова."
)
MIXED = (
    "В файле смешаны кодировки: часть русских букв нельзя прочитать. Выгрузите его ещё раз одной программой."
)


def encoding_of(path: Path, lines: bool = True, chosen: str | None = None) -> str:
    """The encoding, by its mark or by the letters: one of NAMES. Reads the file once, in blocks, of `lines`
    if it has any.

    UTF-8 of which a few bytes are damaged is still UTF-8: otherwise every name in it would become nonsense.
    Raises UnreadableFileError for text that was encoded twice or in several ways, and for an endless line;
    AlternativesError if several encodings are likely and `chosen` by staff is none of them, "" for no choice.
    """
    with path.open("rb") as file:
        sample = file.read(4096)
        encoding = mark_of(sample) or _utf16(sample)
        file.seek(0)
        if not encoding.startswith("utf-16"):
            encoding, sample = _examine(blocks(file) if lines else _pieces(file), encoding, chosen)
    text = sample.decode(encoding, "replace").replace(LOST, "").removeprefix("\ufeff")
    if russian.is_garbled(text):
        raise UnreadableFileError(TWICE)
    return encoding


def mark_of(head: bytes) -> str:
    """The encoding that a mark at the beginning names; "" without one, or if what follows is not UTF-8.

    Some programs put the mark of UTF-8 before text in Windows-1251.
    """
    found = next((name for mark, name in MARKS if head.startswith(mark)), "")
    if found != "utf-8":
        return found
    text = head.decode("utf-8", "replace")
    return "" if text.count(LOST) * 2 > len(text) - _ascii(text) else found


def _utf16(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of Russian text and its digits is 0 or 4."""
    for name, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if (
            len(high) > 8
            and sum(map(high.count, (0, 4))) > len(high) * 0.9
            and high.count(0) < len(head) * 0.49
        ):
            return name
    return ""


def _examine(parts: Iterator[bytes], known: str, chosen: str | None) -> tuple[str, bytes]:
    """The encoding of text of bytes, if it is not known, and a sample of it that is not ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    good = lost = 0
    single = False  # whether it is known not to be UTF-8
    sample = _Sample()
    for block in parts:
        if block.isascii() and not decoder.getstate()[0]:
            continue
        sample.add(block)
        if single or known:
            continue
        try:
            text = decoder.decode(block)
            good += 0 if good else len(text) - _ascii(text)
        except UnicodeDecodeError as error:
            text = error.object.decode("utf-8", "replace")
            decoder.reset()
            lost += text.count(LOST)
            good += len(text) - _ascii(text) - text.count(LOST)
            if lost > good:
                single = True
    if decoder.getstate()[0]:  # the file ends in the middle of a character
        lost += 1
    if known or lost <= good:
        return "utf-8", sample.bytes
    encoding = sample.encoding(chosen)
    return encoding, sample.bytes


def one_of(data: bytes, chosen: str | None) -> str:
    """The encoding chosen for bytes whose letters leave several. Raises as `encoding_of`."""
    likely = letter_pairs.alternatives(data)
    if chosen is None:
        raise UnreadableFileError(UNCLEAR)
    if chosen not in likely:
        raise alternatives.of_encodings(data, [(name, NAMES[name]) for name in likely])
    return chosen


class _Sample:
    """Lines that are not ASCII: all of the beginning, then now and then."""

    def __init__(self) -> None:
        self.bytes, self.seen = b"", 0
        self.later: list[bytes] = []

    def add(self, block: bytes) -> None:
        """Take a block into account."""
        self.seen += 1
        if len(self.bytes) < SAMPLE:
            self.bytes += block[: SAMPLE - len(self.bytes)]
        elif self.seen % EVERY == 0 and len(self.later) < 1000:
            self.later.append(block[:2048])

    def encoding(self, chosen: str | None) -> str:
        """The encoding of one byte a letter that makes it Russian. Raises UnreadableFileError."""
        self.bytes = alien.own(self.bytes)
        found, certain = letter_pairs.encoding(self.bytes)
        if not certain:
            found = one_of(self.bytes, chosen)
        self.bytes = alien.own(self.bytes, found)
        for block in self.later:
            if russian.is_garbled(alien.own(block, found).decode(found, "replace")):
                raise UnreadableFileError(MIXED)
        return found


def _ascii(text: str) -> int:
    """How many characters are ASCII."""
    return len(text.encode("ascii", "ignore"))


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(BLOCK):
        yield piece


class Recoded:
    """A file of bytes in some encoding, read as UTF-8 without a mark."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self.file, self.started = file, False
        self.decoder = codecs.getincrementaldecoder(encoding)("replace")

    def read(self, size: int) -> bytes:
        """Some of what follows; nothing at the end."""
        text = ""
        while not text and (piece := self.file.read(size)):
            text = self.decoder.decode(piece)
        text = text or self.decoder.decode(b"", True)
        if text and not self.started:
            self.started, text = True, text.removeprefix("\ufeff")
        return text.encode()


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """The rest of the file in blocks of whole lines. Raises UnreadableFileError for an endless line."""
    rest = b""
    while chunk := file.read(BLOCK):
        chunk = rest + chunk
        cut = chunk.rfind(b"\n") + 1 or chunk.rfind(b"\r", 0, -1) + 1
        if not cut and len(chunk) > LONGEST_LINE:
            raise UnreadableFileError(ENDLESS)
        if cut:
            yield chunk[:cut]
        rest = chunk[cut:]
    if rest:
        yield rest


def text_blocks(file: BinaryIO, encoding: str) -> Iterator[str]:
    """The file from its beginning, without its mark, as text in blocks of whole lines.

    Bytes that are no character become LOST, and letters of another encoding. Raises UnreadableFileError for
    an endless line.
    """
    mark = next((mark for mark, name in MARKS if name == encoding), codecs.BOM_UTF8)
    if file.read(len(mark)) != mark:
        file.seek(0)
    if not encoding.startswith("utf-16"):
        yield from (alien.decoded(block, encoding) for block in blocks(file))
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    rest, ended = "", False
    while not ended:
        chunk = file.read(BLOCK)
        ended = not chunk
        text = rest + decoder.decode(chunk, ended)
        cut = text.rfind("\n") + 1 or text.rfind("\r", 0, -1) + 1
        if not cut and len(text) > LONGEST_LINE:
            raise UnreadableFileError(ENDLESS)
        if cut:
            yield text[:cut]
        rest = text[cut:]
    if rest:
        yield rest


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends: line feeds, carriage returns, or both."""
    return list(io.StringIO(text, newline=""))
