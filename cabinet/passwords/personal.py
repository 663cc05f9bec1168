"""Finds what strangers may know about a resident in a password, however it is spelled."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cabinet.passwords.spelling import normal, spellings
from cabinet.passwords.trivial import is_trivial_tail

BRAND_WORDS = ("домопульт", "domopult", "кабинет", "cabinet")
SHORTEST_WORD = 4
LONGEST_WORD = 40
SHORTEST_PHONE = 7
MUST_REMAIN = 4

_SEPARATORS = r"[ \-_.,/\\()+:]*"
_ALWAYS_SEPARATED = r"[ \-_.,/\\:]+"

# a Russian letter (or two) and how it is written in Latin ones; «» may be left out
_LATIN = {
    "а": "a", "б": "b", "в": "v w", "г": "g", "д": "d", "е": "e ye ie je yo io jo", "ж": "zh j g", "з": "z s",
    "и": "i y", "й": "y i j «»", "к": "k c q", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s c", "т": "t", "у": "u ou", "ф": "f ph", "х": "h kh x", "ц": "c ts tz cz", "ч": "ch tch 4",
    "ш": "sh", "щ": "shch sch sh", "ъ": "' «»", "ы": "y i", "ь": "' «»", "э": "e", "ю": "yu iu ju u",
    "я": "ya ia ja a", "кс": "ks x",
}  # fmt: skip
_WAYS = {letter: (letter, *ways.replace("«»", " ").split(" ")) for letter, ways in _LATIN.items()}


@dataclass(frozen=True)
class Personal:
    """What a password must not be made of; what is not known yet stays empty."""

    phone: str = ""
    names: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    birth_date: date | None = None
    extra_words: tuple[str, ...] = ()


def is_personal(text: str, known: Personal) -> bool:
    """Whether a normalised text has personal parts and fewer than four other characters beside them.

    Trivial remainders (a year, «123», «!!») do not count.
    """
    covered = _covered(text, known)
    if not any(covered):
        return False
    rests = "".join("\n" if hidden else c for c, hidden in zip(text, covered, strict=True)).split("\n")
    return sum(len(rest) for rest in rests if not is_trivial_tail(rest)) < MUST_REMAIN


def _covered(text: str, known: Personal) -> list[bool]:
    """For each character, whether it belongs to something personal."""
    spans = [
        found.span()
        for pattern in (*_phones(known.phone), *_dates(known.birth_date))
        for found in re.finditer(pattern, text)
    ]
    for spelling in spellings(text):
        for pattern in _accounts(known.accounts):
            spans += [found.span() for found in re.finditer(pattern, spelling)]
        for word in _words(known):
            spans += _find_word(word, spelling)
    covered = [False] * len(text)
    for start, end in spans:
        covered[start:end] = [True] * (end - start)
    return covered


def _words(known: Personal) -> set[str]:
    """The parts of names, and the brand's words, that are long enough to tell."""
    given = " ".join((*known.names, *known.extra_words, *BRAND_WORDS))
    words = re.split(r"[\W\d_]+", normal(given))
    return {word[:LONGEST_WORD] for word in words if len(word) >= SHORTEST_WORD}


def _find_word(word: str, text: str) -> list[tuple[int, int]]:
    """Where `text` has the word in its own letters or transliterated.

    Steps through the word keeping every place reached with its earliest start: names come from users, and a
    regular expression of these alternatives could be made to run for years.
    """
    reached = {place: place for place in range(len(text))}
    for letter in re.findall("кс|.", word):
        following: dict[int, int] = {}
        for end, start in reached.items():
            for way in _WAYS.get(letter, (letter,)):
                if text.startswith(way, end):
                    after = end + len(way)
                    following[after] = min(start, following.get(after, start))
        reached = following
    return [(start, end) for end, start in reached.items()]


def _accounts(accounts: tuple[str, ...]) -> Iterator[str]:
    for account in accounts:
        characters = re.sub(r"[\W_]", "", normal(account))
        for number in {characters, characters.lstrip("0"), re.sub("[^0-9]", "", characters)}:
            if len(number) >= SHORTEST_WORD:
                yield _SEPARATORS.join(re.escape(c) for c in number)


def _phones(phone: str) -> Iterator[str]:
    """The whole number, with 8 instead of 7, and every end of it of at least seven digits; longest first."""
    digits = re.sub(r"[^0-9]", "", phone)
    if len(digits) == 11 and digits[0] == "7":
        yield _SEPARATORS.join("8" + digits[1:])
    for size in range(len(digits), SHORTEST_PHONE - 1, -1):
        yield _SEPARATORS.join(digits[-size:])


def _dates(day: date | None) -> Iterator[str]:
    """The birth date in the usual orders, with and without separators and leading zeros."""
    if day is None:
        return
    d, m, year = f"{day.day:02}", f"{day.month:02}", f"{day.year:04}"
    for y in (year, year[2:]):
        for parts in ((d, m, y), (y, m, d), (m, d, y), (y, d, m)):
            yield _SEPARATORS.join(parts)
            yield _ALWAYS_SEPARATED.join(part if part == y else f"0?{part.lstrip('0')}" for part in parts)
    yield f"{day.day}{day.month}{year}"
    yield f"{year}{day.month}{day.day}"
