"""Passwords of the great leaks, as a filter that can tell without holding any; `SOURCES.md` says of which.

A Bloom filter: every listed password is found, and one in 15 000 others as well. The file is mapped when the
first password is judged, so processes share its pages and none of it is read at the start.
"""

import hashlib
import mmap
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("leaked.bloom")
PROBES = 14
BITS_EACH = 20
SHORTEST = 8  # characters; no rule accepts less


def contains(word: str) -> bool:
    """Whether `word` (as `spelling.normal` has it) is in the list, or seems so."""
    bits = _bits()
    return all(bits[place >> 3] >> (place & 7) & 1 for place in places(word, len(bits) * 8))


def places(word: str, size: int) -> list[int]:
    """The bits of a word in a filter of `size` bits."""
    drawn = hashlib.sha256(word.encode("utf-8", "replace")).digest()
    first, step = int.from_bytes(drawn[:8], "big"), int.from_bytes(drawn[8:16], "big") | 1
    return [(first + number * step) % size for number in range(PROBES)]


@cache
def _bits() -> mmap.mmap:
    with FILE.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
