"""Parses names of people."""

import re
import unicodedata

from cabinet.fields.cleaning import APOSTROPHES, HYPHENS, INVISIBLE, FieldError

_NAME_HYPHEN = re.compile(r" ?-[- ]*")
PARTICLES = frozenset(
    (
        "оглы", "оглу", "кызы", "гызы", "уулу", "де", "ди", "да", "дю", "ла", "ле", "дер", "ван", "фон",
        "ogly", "kyzy", "de", "di", "da", "du", "la", "le", "der", "den", "van", "von",
    )
)  # fmt: skip


def person_name(text: str) -> str:
    """A surname, first name or patronymic in NFC: words of letters joined by single spaces, `-` and `’`.

    Letters are Cyrillic or Latin. A name typed all small or all in capitals gets its capitals right,
    particles typed small stay small; any other is left as typed. 1 to 60 characters.
    Codes: empty, not_a_name, too_long.
    """
    if len(text) > 300:
        raise FieldError("too_long")
    text = unicodedata.normalize("NFC", text.translate(INVISIBLE)).translate(HYPHENS)
    text = text.translate(APOSTROPHES).replace("'", "’")
    name = _NAME_HYPHEN.sub("-", " ".join(text.split()))
    if not name:
        raise FieldError("empty")
    if len(name) > 60:
        raise FieldError("too_long")
    if not all(map(_is_word, re.split("[-’ ]", name))):
        raise FieldError("not_a_name")
    if len(name) > 1 and (name.islower() or name.isupper()):
        name = unicodedata.normalize("NFC", _capitalise(name))
    return name


def _is_word(word: str) -> bool:
    """Whether these are letters, at most one combining mark after each."""
    after_letter = False
    for char in word:
        if char.isalpha() and unicodedata.name(char, "").startswith(("CYRILLIC ", "LATIN ")):
            after_letter = True
        elif after_letter and "\u0300" <= char <= "\u036f":
            after_letter = False
        else:
            return False
    return bool(word)


def _capitalise(name: str) -> str:
    parts = re.split("([- ])", name)
    return "".join(p if p in PARTICLES and len(parts) > 1 else _capitalise_word(p) for p in parts)


def _capitalise_word(word: str) -> str:
    """First letter large, the others small; also after an initial with an apostrophe (`О’Нил`, `Д’Арк`)."""
    letters = [_small(char) for char in word]
    for place in (0, 2) if word[1:2] == "’" else (0,):
        if place < len(word):
            capital = word[place].upper()  # `ß` and a few more have no single capital
            letters[place] = capital if len(capital) == 1 else word[place]
    return "".join(letters)


def _small(char: str) -> str:
    return "i" if char == "İ" else char.lower()
