"""Tells Russian text from text decoded wrongly, by its letters."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from cabinet.billing.letter_pairs import SINGLE

LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
# per mille of each letter in addresses and names
FREQUENCIES = (
    88, 18, 46, 16, 30, 75, 9, 17, 66, 13, 36, 46, 29, 68, 101, 24,
    58, 52, 55, 27, 3, 9, 6, 14, 8, 4, 1, 17, 17, 3, 6, 22,
)  # fmt: skip
LIKELY = {letter: math.log(share / 1000 * 33) for letter, share in zip(LETTERS, FREQUENCIES, strict=True)}
LIKELY["ё"] = LIKELY["э"]
_PAIRS = (
    "ст но ен то на ов ни ра во ко ор ро ер ан ре ал ли ая ол ос ог го ва ле ел ла ка ло ин "
    "ит пр ри ть ом ес ар от ир ев од ул кв ск ой ий ый ич ви ти те не ма ми да де ки ны ся "
    "из ас ат об по та ус уч за ам ав ад ил ьс ии рн рь се си со че чн ьн нт нд ке жи же ив "
    "иц хи ше ша шо лю юб ме "
)
PAIRS = frozenset(_PAIRS.split())
WORD = re.compile(r"(?:[^\W\d_]|[^\x00-\x7f])+")
RUNS = re.compile(r"(.)\1{3,}")
USUAL_SIGNS = "«»№—–„“”…°§₽\xa0­’‘•"
ENOUGH = 16  # letters that are no ASCII, at least, before text can be called garbled
# letters; how much better than as it stands, and how Russian at least, such a text is in another encoding
GAINS = ((400, 0.12, 0.0), (150, 0.3, -0.2), (40, 1.2, -0.2), (0, 2.0, -0.2))
PLAINLY = 0.45  # so Russian is no text by a wrong encoding, if there is enough of it
LOOKED_AT = 3000  # characters


def score(text: str) -> tuple[float, int]:
    """How Russian a text is, per letter that is no ASCII, and how many of these there are; 0 for none.

    Above about 0 is Russian; a wrong encoding is far below.
    """
    total, count = 0.0, 0
    for word, times in Counter(_words(text)).items():
        count += times * (len(word) - len(word.encode("ascii", "ignore")))
        total += times * _score_word(word)
    return (total / count if count else 0.0), count


def _words(text: str) -> Iterator[str]:
    words = (word.strip(USUAL_SIGNS) for word in WORD.findall(RUNS.sub(r"\1", text)))
    return (word for word in words if not word.isascii())


def _score_word(word: str) -> float:
    lower = word.lower()
    signs = [letter for letter in lower if letter > "\x7f" and letter not in USUAL_SIGNS]
    total = sum([LIKELY.get(letter, -4.0) for letter in signs])
    total += sum([0.7 if first + second in PAIRS else -0.5 for first, second in pairwise(lower)])
    if lower[0] in "ьъы":
        total -= 4
    if not (word.islower() or word.isupper() or word.istitle()):  # «сАДОВАЯ», «иВАНОВ»
        total -= 4 * sum(a.islower() and b.isupper() for a, b in pairwise(word))
    return total


def is_garbled(text: str) -> bool:
    """Whether decoding again would turn nonsense into Russian: the text was encoded twice."""
    now, count = score(text[: 3 * LOOKED_AT])
    if count < ENOUGH or (now > PLAINLY and count > LOOKED_AT // 20):
        return False
    words = " ".join(_words(text[: 3 * LOOKED_AT]))[:LOOKED_AT]
    if len(set(words)) <= ENOUGH // 2:
        return False
    now = score(words)[0]
    better = next(max(now + gain, least) for letters, gain, least in GAINS if count >= letters)
    return any(score(again)[0] > better for again in _turned(words))


def _turned(text: str) -> Iterator[str]:
    """The text with each wrong decoding undone."""
    for stored in (*SINGLE, "latin-1", "cp1252"):
        data = text.encode(stored, "ignore")
        if len(data) * 100 < len(text) * 97:
            continue
        for meant in ("utf-8", *SINGLE):
            if meant != stored:
                yield data.decode(meant, "ignore")
