"""Parses free text, such as a street or a comment."""

import re

from cabinet.fields.cleaning import FieldError, clean, without_controls


def line(text: str, longest: int) -> str:
    """One line of words, such as a street: single spaces, nothing invisible, a letter or digit in it.

    Codes: empty, too_long (above `longest` characters), no_words.
    """
    text = clean(without_controls(text[: 10 * longest]), 10 * longest, "too_long")
    if len(text) > longest:
        raise FieldError("too_long")
    if not any(char.isalnum() for char in text):
        raise FieldError("no_words")
    return text


def paragraphs(text: str, longest: int) -> str:
    """Lines of words as typed; nothing invisible, no more than one empty line in a row. May be empty.

    Codes: too_long (above `longest` characters).
    """
    lines = (without_controls(one).rstrip() for one in text[: 10 * longest].splitlines())
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(text) > longest:
        raise FieldError("too_long")
    return text
