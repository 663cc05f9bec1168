"""What the titles of columns mean: titles are folded, then looked up.

Folding takes away what programs decorate titles with: case, «ё», stars, colons, quotes, units, line breaks
and the hyphens before them, numbers in front, Latin letters that look like Russian ones.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from cabinet.billing.batches import COLUMNS
from cabinet.billing.compound_titles import compound
from cabinet.billing.synonyms import SYNONYMS

UNITS = re.compile(r"(?<![а-яa-z])(?:в )?(?:руб(?:лях|лей|ли)?|ru[br]|коп(?:ейках|ейки|еек)?|р)(?![а-яa-z])")
MONTH = re.compile(  # «Начислено за октябрь 2026 г.»
    r" за (?:(?:январ|феврал|март|апрел|ма|июн|июл|август|сентябр|октябр|ноябр|декабр)[а-я]?|[0-9]{1,2})"
    r" 20[0-9]{2}(?: (?:года|г))?"
    r"| за (?:январь|февраль|март|апрель|май|июнь|июль|август|сентябрь|октябрь|ноябрь|декабрь)\b"
    r"| на [0-9]{1,2} [0-9]{1,2} (?:20)?[0-9]{2}(?: (?:года|г))?\b"  # «Долг на 01.11.2026»
)
NOISE = {  # says nothing of what a column holds: «№» before or after, whose account it is
    "номер",
    "n",
    "абонента",
    "плательщика",
    "собственника",
    "потребителя",
    "нанимателя",
    "квартиросъемщика",
}
SPELLED = {"счета": "счет", "сч": "счет", "лиц": "лицевой", "лицевого": "лицевой"}
NEVER_READ = re.compile(  # identity papers: no import needs them
    r"снилс|паспорт|удостоверяющ|страхов\w* (?:номер|свидет)|кем выдан|дата выдачи|"
    r"(?:серия|номер|вид|дата|тип) документа|^серия|snils|passport"
)
WORD = re.compile(r"[0-9a-zа-я]+")
HYPHENATED = re.compile(r"\xad|-[ \t]*[\r\n]+\s*")
NUMBERED = re.compile(r"^[0-9]{1,2} (?=[а-яa-z])")
WRAP = re.compile(r"(?<=[^\W\d_])-\s+(?=[а-яё])")
CAPITAL = re.compile(r"(?<=[а-яёa-z])(?=[А-ЯЁA-Z])|(?<=[А-ЯЁA-Z])(?=[А-ЯЁA-Z][а-яёa-z])")
VAGUE = 4  # rank of such titles of sums
LOOK_ALIKES = str.maketrans("aceopxykmthb", "асеорхукмтнв")
KNOWN: dict[str, tuple[str, int]] = {}
for _field in COLUMNS:
    KNOWN[_field.replace("_", " ")] = _field, 0
for _field, _ranks in SYNONYMS.items():
    for _rank, _titles in enumerate(_ranks):
        for _title in _titles.split(" = "):
            KNOWN.setdefault(_title, (_field, _rank))
CONTRARY = {  # what in brackets makes another thing of a sum: «Переплата (долг)», «Долг (на начало)»
    "amount_due": re.compile(r"^ (?:на нач|вход)"),
    "amount_due_credit": re.compile(r"долг|задолж|недоплат|дебет|\bдт\b|^ (?:на нач|вход)"),
}
LOOSE: dict[frozenset[str], set[tuple[str, int]]] = {}


@lru_cache(500)  # one is asked about several times while the titles of a table are sought
def fold(title: str) -> str:
    """A title without its decoration: words in lower case with single spaces."""
    text = unicodedata.normalize("NFKC", title.replace("№", " номер ")).lower().replace("ё", "е")
    words = WORD.findall(HYPHENATED.sub("", text))
    text = " ".join([_one_alphabet(word) for word in words])
    text = UNITS.sub(" ", MONTH.sub("", NUMBERED.sub("", text)))
    return " ".join(text.split())


def _one_alphabet(word: str) -> str:
    """A word with letters of both alphabets in Russian ones; a lone Latin «c» is Russian, too."""
    return word if word.isascii() and word not in ("c", "k", "o") else word.translate(LOOK_ALIKES)


def labels(titles: Sequence[str]) -> list[str]:
    """What tells the columns of a table apart: folded titles, with their number where two are the same.

    A column without a title has its number from 1. A label folded is the label.
    """
    folded = [_settled(title) for title in titles]
    return [
        text if text and folded.count(text) == 1 else f"{text} {place}".strip()
        for place, text in enumerate(folded, 1)
    ]


def _settled(title: str) -> str:
    """A title folded until folding no longer changes it."""
    text = fold(title) or title.strip()
    while (again := fold(text)) and again != text:
        text = again
    return text


def is_private(title: str) -> bool:
    """Whether a column holds identity papers, which are never read."""
    return bool(NEVER_READ.search(fold(title)))


def is_vague(folded: str) -> bool:
    """Whether the title of a sum does not say what it is the sum of: «Сумма», «Итого», «Долг»."""
    found = field_of(folded)
    return found is not None and found[0] == "amount_due" and found[1] >= VAGUE


def _words(folded: str) -> frozenset[str]:
    """What a title says in whatever order, without NOISE."""
    words = folded.replace("л с", "лс").split()
    latin = folded.isascii()  # of «SALDO_N» the «N» is no number: it is the balance at the beginning
    return frozenset(SPELLED.get(word, word) for word in words if latin or word not in NOISE)


def _loosely(folded: str) -> tuple[str, int] | None:
    """What titles with the same words in another order name, if that is one thing: «Лицевой счёт, №»."""
    if not LOOSE:
        for known, (name, rank) in KNOWN.items():
            LOOSE.setdefault(_words(known), set()).add((name, rank))
    words = _words(folded)
    found = LOOSE.get(words, set()) if words else set()
    names = {name for name, _ in found}
    return (names.pop(), max(rank for _, rank in found) + 1) if len(names) == 1 else None


def _joined(title: str, folded: str) -> tuple[str, int] | None:
    """What «НомерЛицевогоСчета» names, which has no spaces, or «Лице- вой счёт», which was wrapped."""
    again = fold(CAPITAL.sub(" ", WRAP.sub("", title)))
    return None if again == folded else KNOWN.get(again) or _loosely(again)


@lru_cache(500)
def field_of(title: str) -> tuple[str, int] | None:
    """Which of our fields a title names and how exactly, 0 for the most exact; None for another title."""
    folded = fold(title)
    found = KNOWN.get(folded) or _loosely(folded) or _joined(title, folded)
    if found is None and (several := compound(folded)):
        return several, 1
    if found is None and "(" in title:
        bare = fold(re.sub(r"\([^()]*\)?", " ", title))
        known = KNOWN.get(bare)
        contrary = known and known[0] in CONTRARY and CONTRARY[known[0]].search(folded[len(bare) :])
        found = (known[0], known[1] + 1) if known and not contrary else None
    return found
