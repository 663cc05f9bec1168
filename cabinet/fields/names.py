"""Parses names of people."""

import re
import unicodedata

from cabinet.fields.cleaning import APOSTROPHES, HYPHENS, INVISIBLE, FieldError

_NAME_HYPHEN = re.compile(r" ?-[- ]*")
_FORMER = re.compile(r"(.+?) ?\( ?([^()]+?) ?\)")  # «Иванова (Петрова)»
_END = re.compile(r"(?<=[\w)]{2})[ .,;]+$")  # not the dot of an initial
_ROMAN = re.compile("[IVX]+")
_TWINS = dict(zip("АВЕКМНОРСТХаеорсухіІ", "ABEKMHOPCTXaeopcyxiI", strict=True))
_TO_LATIN = str.maketrans(_TWINS)
_TO_CYRILLIC = str.maketrans({latin: cyrillic for cyrillic, latin in _TWINS.items() if cyrillic not in "іІ"})
_NONE = frozenset(
    (
        "-",
        "--",
        "---",
        "нет",
        "отсутствует",
        "не имею",
        "без отчества",
        "нет отчества",
        "б/о",
        "нету",
        "прочерк",
        "no",
        "none",
    )
)
_SONS = frozenset(("оглы", "оглу", "кызы", "гызы", "уулу", "ogly", "kyzy"))
PARTICLES = frozenset(
    (
        "оглы", "оглу", "кызы", "гызы", "уулу", "де", "ди", "да", "дю", "ла", "ле", "дер", "ван", "фон",
        "ogly", "kyzy", "de", "di", "da", "du", "la", "le", "der", "den", "van", "von",
    )
)  # fmt: skip


def person_name(text: str) -> str:
    """A surname, first name or patronymic in NFC: words of letters joined by single spaces, `-` and `’`.

    Letters are Cyrillic or Latin; a letter typed in the other alphabet becomes its twin of the word's own. A
    former surname may follow in brackets. A name typed all small or all in capitals gets its capitals right,
    particles typed small stay small; any other is left as typed. 1 to 60 characters.
    Codes: empty, not_a_name, too_long.
    """
    if len(text) > 300:
        raise FieldError("too_long")
    text = unicodedata.normalize("NFC", text.translate(INVISIBLE)).translate(HYPHENS)
    text = text.translate(APOSTROPHES).replace("'", "’")
    name = _END.sub("", _NAME_HYPHEN.sub("-", " ".join(text.split())))
    if not name:
        raise FieldError("empty")
    if len(name) > 60:
        raise FieldError("too_long")
    former = _FORMER.fullmatch(name)
    if not former:
        return _good(name)
    name = f"{_good(former[1])} ({_good(former[2])})"
    if len(name) > 60:
        raise FieldError("too_long")
    return name


def patronymic(text: str) -> str:
    """A patronymic as `person_name` has it; empty for a dash, «нет» and the like.

    Codes: not_a_name, too_long.
    """
    said = " ".join(text[:100].translate(INVISIBLE).translate(HYPHENS).lower().split()).rstrip(".")
    return "" if not said or said in _NONE else person_name(text)


def _good(name: str) -> str:
    """The name with its words checked, each of one alphabet, and its capitals. Raises FieldError."""
    words = re.split("([-’ ])", name)
    if not all(map(_is_word, words[::2])):
        raise FieldError("not_a_name")
    name = unicodedata.normalize("NFC", "".join(map(_of_one_alphabet, words)))
    if len(name) > 1 and (name.islower() or name.isupper()):
        name = unicodedata.normalize("NFC", _capitalise(name))
    return name


def _of_one_alphabet(word: str) -> str:
    """The word without letters of a second alphabet, where these have twins in the first."""
    if not (re.search("[а-яёі]", word, re.I) and re.search("[a-z]", word, re.I)):
        return word
    for twins, other in ((_TO_CYRILLIC, "[a-z]"), (_TO_LATIN, "[а-яёі]")):
        retyped = word.translate(twins)
        if not re.search(other, retyped, re.I):
            return retyped
    raise FieldError("not_a_name")


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
    if len(parts) == 1:
        return _capitalise_word(name)
    return "".join(map(_capitalise_part, parts))


def _capitalise_part(part: str) -> str:
    """One word of several: particles stay small, numbers of kings large."""
    if part in PARTICLES or part.lower() in _SONS:
        return part.lower()
    return part if _ROMAN.fullmatch(part) else _capitalise_word(part)


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
