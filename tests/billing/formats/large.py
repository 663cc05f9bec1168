"""Writes files of millions of accounts, a portion at a time."""

import itertools
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.billing.formats import writers
from tests.billing.formats.truth import Home, many_homes

PORTION = 50_000  # accounts
Write = Callable[[Path, list[Home]], Path]


def csv(path: Path, count: int) -> Path:
    """Delimited text with titles."""
    return _joined(path, count, writers.csv, lambda part: part.index(b"\n") + 1)


def sberbank(path: Path, count: int) -> Path:
    """A registry for Sberbank."""
    return _joined(path, count, writers.sberbank, lambda part: 0)


def gorod(path: Path, count: int) -> Path:
    """A registry for «Город»; the sum in its first line is set when it is known."""

    total = 0

    def write(part: Path, homes: list[Home]) -> Path:
        nonlocal total
        total += sum(home.due for home in homes)
        return writers.gorod(part, homes, total=1 << 40)

    _joined(path, count, write, lambda part: part.index(b"4711\r\n") + 6)
    with path.open("r+b") as file:
        width = len(file.readline().split()[1])
        file.seek(len("#FILESUM "))
        file.write(f"{total // 100}.{total % 100:02d}".rjust(width, "0").encode())
    return path


def dbf(path: Path, count: int) -> Path:
    """A table of dBASE III."""
    _joined(path, count, writers.dbf, lambda part: struct.unpack_from("<H", part, 8)[0], b"\x1a")
    with path.open("r+b") as file:
        file.seek(4)
        file.write(struct.pack("<I", count))
    return path


def _joined(path: Path, count: int, write: Write, head: Callable[[bytes], int], end: bytes = b"") -> Path:
    """Files of portions as one: of those after the first without the first bytes, of all without the end."""
    part = path.with_suffix(".part")
    with path.open("wb") as file:
        for place, homes in enumerate(_portions(count)):
            data = write(part, homes).read_bytes().removesuffix(end)
            file.write(data[head(data) if place else 0 :])
        file.write(end)
    part.unlink()
    return path


def _portions(count: int) -> Iterator[list[Home]]:
    homes = many_homes(count)
    while portion := list(itertools.islice(homes, PORTION)):
        yield portion
