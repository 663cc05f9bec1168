"""Which operator a Russian mobile number was given to, by its DEF code."""

from functools import cache
from pathlib import Path

OPERATORS = ("mts", "megafon", "beeline", "t2", "motiv", "other")
FILE = Path(__file__).with_name("def_codes.txt")
LONGEST, SHORTEST = 5, 3  # digits of a prefix


def operator(phone: str) -> str:
    """One of OPERATORS for an E.164 number; empty where the table knows none, and abroad.

    Whoever kept the number when changing the operator is still counted under the one before.
    """
    if not phone.startswith("+7"):
        return ""
    digits, prefixes = phone[2:], _prefixes()
    found = (prefixes.get(digits[:length]) for length in range(LONGEST, SHORTEST - 1, -1))
    known = next((one for one in found if one), "-")
    return "" if known == "-" else known


@cache
def _prefixes() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, _colon, prefixes = line.partition(": ")
            found |= dict.fromkeys(prefixes.split(), name)
    return found
