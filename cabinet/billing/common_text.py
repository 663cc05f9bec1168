"""Tells quickly, by its bytes, that a text has only Russian letters and what ASCII prints."""

_LETTERS = b"\xd0\xd1" + bytes(range(0x80, 0xC0))  # U+0400 to U+047F in UTF-8, all of them letters
_ASCII = bytes(range(0x20, 0x7F))


def common_signs(without: str, more: str = "") -> bytes:
    """What a common text consists of, for `is_common`: not some signs of ASCII, and some more of them."""
    return _LETTERS + _ASCII.translate(None, without.encode()) + more.encode()


def is_common(text: str, signs: bytes) -> bool:
    """Whether a text consists of these alone. One look at all of it, where one for each sign takes longer."""
    return not text.encode("utf-8", "surrogatepass").translate(None, signs)
