"""What attackers try first: sequences, repetitions, common words with a trivial tail."""

import re

from cabinet.passwords import common
from cabinet.passwords.spelling import TO_LATIN, spellings

SHORTEST_RUN = 3
SHORTEST_STEM = 4
LONGEST_TAIL = 5  # «2024!»

_ROWS = (
    "01234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,.",
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.",
    "qazwsxedcrfvtgbyhnujmik,ol.",
    "qweasdzxcrtyfghvbnuiojkl",
    "zaq1xsw2cde3vfr4bgt5nhy6mju7",
    "zaqxswcdevfrbgtnhymju",
    "!@#$%^&*()",
)
_SEQUENCES = tuple(text for row in _ROWS for text in (row, row[::-1]))
_YEAR = re.compile(r"(?:19|20)\d\d")
_REPEATED = re.compile(r"(.+?)\1+", re.DOTALL)


def is_common(text: str) -> bool:
    """Whether a normalised text is a common password, or one with a trivial tail, in any spelling."""
    if is_sequence(text) or _listed(text):
        return True
    repeated = _REPEATED.fullmatch(text)
    if repeated and (len(repeated[1]) < SHORTEST_STEM or _listed(repeated[1])):
        return True
    for size in range(1, LONGEST_TAIL + 1):
        stem, tail = text[:-size], text[-size:]
        if len(stem) >= SHORTEST_STEM and is_trivial_tail(tail) and (is_sequence(stem) or _listed(stem)):
            return True
    return False


def is_trivial_tail(text: str) -> bool:
    """Whether digits and punctuation add next to nothing: «1», «77», «123», «2024», «!», «12!»."""
    digits = text.rstrip("!?.,*-_+=#@$%&()\"'/\\:; ")
    if not digits:
        return len(set(text)) == 1
    if not (digits.isascii() and digits.isdigit()):
        return False
    return (
        len(digits) <= 2
        or bool(_YEAR.fullmatch(digits) or _REPEATED.fullmatch(digits))
        or is_sequence(digits)
    )


def is_sequence(text: str) -> bool:
    """Whether a text is nothing but runs of neighbouring keys or letters: «qwerty123», «4321абвг»."""
    return any(_all_runs(spelling) for spelling in {text, text.translate(TO_LATIN)})


def _all_runs(text: str) -> bool:
    ends = {0}  # places up to which the text is runs
    for start in range(len(text)):
        if start not in ends:
            continue
        for row in _SEQUENCES:
            end = start + SHORTEST_RUN
            while end <= len(text) and text[start:end] in row:
                ends.add(end)
                end += 1
    return bool(text) and len(text) in ends


def _listed(word: str) -> bool:
    return any(common.contains(spelling) for spelling in spellings(word))
