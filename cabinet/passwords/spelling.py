"""The ways one word is typed: case and ё, the other keyboard layout, digits for letters.

Every spelling of a text has the same length, so an index into one is an index into all.
"""

import unicodedata
from collections.abc import Iterator

LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
CYRILLIC_KEYS = "йцукенгшщзхъфывапролджэячсмитьбю"
TO_LATIN = str.maketrans(CYRILLIC_KEYS, LATIN_KEYS)
TO_CYRILLIC = str.maketrans(LATIN_KEYS + "`", CYRILLIC_KEYS + "е")
LEET = (
    str.maketrans("0134578@$!", "oieastbasi"),
    str.maketrans("01345679@$!|", "oleastggasll"),
    str.maketrans("0346@$", "озчбас"),
)


def normal(text: str) -> str:
    """For comparing: NFKC, casefolded, ё as е."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded).replace("ё", "е")


def spellings(text: str) -> Iterator[str]:
    """A normalised text as typed, in the other layouts and with digits read as letters; each once."""
    seen = set()
    as_typed = [text, text.translate(TO_LATIN), text.translate(TO_CYRILLIC)]
    for spelling in as_typed + [text.translate(table) for table in LEET]:
        if spelling not in seen:
            seen.add(spelling)
            yield spelling
