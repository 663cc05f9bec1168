"""The list of common and leaked passwords; `SOURCES.md` says where it comes from.

Kept as one sorted block of text with binary search: less than a tenth of the memory of a set.
"""

import gzip
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("common.txt.gz")


def contains(word: str) -> bool:
    """Whether `word` (casefolded, NFKC, ё written as е) is in the list."""
    wanted = word.encode("utf-8", "replace")
    block = _block()
    low, high = 0, len(block)
    while low < high:
        start = block.rfind(b"\n", 0, (low + high) // 2) + 1
        end = block.find(b"\n", start)
        line = block[start:end]
        if line == wanted:
            return True
        if line < wanted:
            low = end + 1
        else:
            high = start
    return False


@cache
def _block() -> bytes:
    """The words, one a line, each line ended, in the order of their UTF-8 bytes."""
    return gzip.decompress(FILE.read_bytes())
