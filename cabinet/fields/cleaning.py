"""What all parsers share: their error, and the normalisation of typed text."""

import re
import unicodedata


class FieldError(ValueError):
    """What was typed is not a value of this kind. Carries a code only, never the text that was typed.

    `detail` is a narrower word than the code where one is known, else empty.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


# Soft hyphens, zero-width and direction marks: invisible, and carried along when copying from messengers.
INVISIBLE = dict.fromkeys(
    [0xAD, 0x61C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)]
)
HYPHENS = dict.fromkeys([*range(0x2010, 0x2016), 0x2043, 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
SPACES = dict.fromkeys(
    [*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000]
)
APOSTROPHES = dict.fromkeys(map(ord, "`´ʹʻʼʽˈ‘’‛′＇"), "'")


def clean(text: str, limit: int, code: str) -> str:
    """Compatibility forms unified, invisible characters gone, dashes plain, single spaces, trimmed.

    Raises FieldError(code) for more than `limit` characters and FieldError("empty") if nothing is left.
    """
    if len(text) > limit:
        raise FieldError(code)
    text = unicodedata.normalize("NFKC", text.translate(INVISIBLE)).translate(HYPHENS)
    text = " ".join(text.split())
    if not text:
        raise FieldError("empty")
    return text


_SLIPS = str.maketrans("OoОоlI|Ззб", "0000111336")
_LETTERS = "0-9OoОоlIЗз"
_INSIDE = rf"(?<=[{_LETTERS}])[б|](?=[{_LETTERS}])"  # at an end they are a word, a border of a table
_SLIP = re.compile(rf"{_INSIDE}|[OoОоlIЗз]")
_WITH_SLIPS = re.compile(rf"(?:[{_LETTERS}]|{_INSIDE}|[^\w])*")


def with_digits(text: str) -> str:
    """The text with О, З, l or I as the digits they look like, and | or б where digits stand on both sides.

    Only if it has no other letters and at least four digits.
    """
    if text.isdigit() or not _WITH_SLIPS.fullmatch(text):
        return text
    if len(re.findall("[0-9]", text)) < 4:
        return text
    return _SLIP.sub(lambda slip: slip[0].translate(_SLIPS), text)


def without_controls(text: str) -> str:
    """Without control characters and halves of surrogate pairs, which databases and mail do not take."""
    text = text.translate(INVISIBLE)
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)
