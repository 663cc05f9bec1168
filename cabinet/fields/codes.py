"""Parses one-time codes."""

import re

from cabinet.fields.cleaning import FieldError, clean

# six digits that are no part of a longer number
_SIX = re.compile(r"(?<!\w)(?<![0-9][ .-])([0-9]{3})[ .-]?([0-9]{3})(?!\w)(?![ .-][0-9])")


def code(text: str) -> str:
    """The six digits of a one-time code, also twice or amid the words of its SMS.

    Codes: empty, not_a_code.
    """
    text = clean(text, 300, "not_a_code")
    digits = re.sub(r"[ .-]", "", text)
    if digits.isdigit() and len(digits) != 6:
        found = {digits[:6]} if len(digits) == 12 and digits[:6] == digits[6:] else set()
    else:
        found = {digits} if digits.isdigit() else {"".join(six) for six in _SIX.findall(text)}
    if len(found) != 1:
        raise FieldError("not_a_code")
    only = found.pop()
    if not re.fullmatch(r"[0-9]{6}", only):
        raise FieldError("not_a_code")
    return only
