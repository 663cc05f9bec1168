"""Parses one-time codes."""

import re

from cabinet.fields.cleaning import FieldError, clean


def code(text: str) -> str:
    """The six digits of a one-time code. Codes: empty, not_a_code."""
    digits = re.sub(r"[ .-]", "", clean(text, 50, "not_a_code"))
    if not re.fullmatch(r"[0-9]{6}", digits):
        raise FieldError("not_a_code")
    return digits
