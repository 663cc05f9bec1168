"""Words in addresses: types of places and streets in all their abbreviations, and spellings of names."""

import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple

REGION, DISTRICT, CITY, UNKNOWN, SETTLEMENT, AREA, STREET = range(7)  # from the largest to the smallest


class Kind(NamedTuple):
    """A kind of place or street. `name` is the same for all spellings of a kind; "" goes with any other."""

    level: int
    name: str


_KINDS = {
    REGION: ("обл область", "край", "респ республика", "аобл", "ао"),
    DISTRICT: (
        "р-н район рн м-р-н мр-н", "округ городскойокруг го", "поселение сп гп с/п", "сельсовет с/с",
        "волость", "мо", "улус",
    ),
    CITY: ("г гор город",),
    SETTLEMENT: (
        "п пос поселок пгт рп дп кп", "с село", "д дер деревня", "х хут хутор", "ст-ца станица", "аул",
        "слобода", "снт сдт сонт сот", "днт", "днп снп", "тсн", "гск",
    ),
    AREA: ("мкр мкрн мкр-н м-н микрорайон", "кв-л квартал квл", "жк"),
    STREET: (
        "пр-кт пр-т пркт просп проспект пр", "пер пер-к переулок", "проезд пр-д прд", "б-р бул бульвар бр",
        "ш шоссе ш-се", "наб набережная", "пл площадь пл-дь", "туп тупик", "ал аллея", "линия лин", "тракт",
        "спуск", "сквер", "дор дорога", "просека просек", "въезд", "съезд", "ряд",
    ),
}  # fmt: skip
KINDS = {
    form: Kind(level, forms.split()[0])
    for level, kinds in _KINDS.items()
    for forms in kinds
    for form in forms.split()
} | {
    "ул": Kind(STREET, ""), "улица": Kind(STREET, ""), "ул-ца": Kind(STREET, ""),
    "тер": Kind(SETTLEMENT, ""), "территория": Kind(SETTLEMENT, ""), "ст": Kind(SETTLEMENT, ""),
    "станция": Kind(SETTLEMENT, ""), "нп": Kind(SETTLEMENT, ""),
}  # fmt: skip
STREET_KINDS = frozenset(kind.name for kind in KINDS.values() if kind.level == STREET and kind.name)

_TITLES = {
    "академика": "ак акад", "генерала": "ген", "маршала": "марш", "адмирала": "адм", "профессора": "проф",
    "капитана": "кап", "полковника": "полк", "лейтенанта": "лейт", "космонавта": "косм", "героя": "",
    "архитектора": "арх", "летчика": "", "инженера": "инж", "доктора": "", "писателя": "", "художника": "",
    "композитора": "", "комиссара": "", "сержанта": "", "майора": "", "святого": "св", "князя": "кн",
}  # fmt: skip
_FIRST_NAMES = (
    "александра алексея андрея анны василия виктора владимира григория дмитрия евгения ивана карла клары "
    "константина льва максима михаила николая олега павла петра розы сергея степана федора юрия"
)
_NAME_WORDS = frozenset(_FIRST_NAMES.split())
TITLES = frozenset(_TITLES)

_ORDINALS = {
    1: "перв", 2: "втор", 3: "трет", 4: "четверт", 5: "пят", 6: "шест", 7: "седьм", 8: "восьм", 9: "девят",
    10: "десят",
}  # fmt: skip
_NUMERAL_ENDINGS = "ая ый ой ое ого ья ий ье ьего"
_ENDINGS = "ая ой ый ое яя ий ее"
_ORDINAL_WORDS = {
    stem + ending: str(number) for number, stem in _ORDINALS.items() for ending in _NUMERAL_ENDINGS.split()
}
_SIZES = {
    "больш": "бол",
    "мал": "",
    "нов": "",
    "стар": "",
    "верхн": "верх",
    "нижн": "ниж",
    "средн": "сред ср",
}
_ONE_WORD = {  # a word as it may stand → as it is compared
    **_ORDINAL_WORDS,
    **{stem + end: stem for stem in _SIZES for end in _ENDINGS.split()},
    **{form: stem for stem, forms in _SIZES.items() for form in (stem, *forms.split())},
    **{form: title for title, forms in _TITLES.items() for form in forms.split()},
}
_IMPLIED = frozenset(("им", "имени", "памяти", "нам"))  # left out as often as not
_SIZE_LETTERS = {"б": "больш", "м": "мал"}
_ADJECTIVE = re.compile(r"(?:ая|яя|ый|ий|ой|ое|ее)$")

_LOOK_ALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")
_DASHES = re.compile(r"[‐-―−]")
_NAMED = (  # places with short names of their own
    (re.compile(r"\b(?:с|спб|санкт)[.\s]*-?\s*(?:петербург|пб|пбг)\b|\bспб\b"), "санкт-петербург"),
    (re.compile(r"\bн\.?\s*новгород\b"), "нижний новгород"),
    (re.compile(r"\bростов[\s-]+н\s*/\s*д\b\.?"), "ростов-на-дону"),
    (re.compile(r"\bм\.\s*о\.(?=\s*(?:,|$))|\bмо(?=\s*(?:,|$))"), "московская обл"),
    (re.compile(r"\bло(?=\s*(?:,|$))"), "ленинградская обл"),
    (re.compile(r"\bг\.\s*о\b\.?|\bгородской округ\b"), " го "),
    (re.compile(r"\b(?:муниципальный|муниц\.?|м\.)\s*(?=р-н|район|округ)"), ""),
    (re.compile(r"\b[рп]\.\s*п\b\.?|\bп\.\s*г\.\s*т\b\.?"), " пгт "),
    (re.compile(r"\b(?:рабочий|дачный|курортный|коттеджный) поселок\b|\bпоселок городского типа\b"), " пгт "),
    (re.compile(r"\bс\.\s*/?\s*п\b\.?|\bг\.\s*п\b\.?|\b(?:сельское|городское) поселение\b"), " поселение "),
    (re.compile(r"\bавт(?:ономн(?:ая|ый))?\.?\s*(?=обл|окр)"), ""),
    (re.compile(r"\bж\s*[./-]\s*д\b\.?"), " "),
    (re.compile(r"\bнас(?:еленный)?\.?\s*пункт\b"), " нп "),
    (re.compile(r"\bсад(?:овое|оводческое)?\.?\s*(?:некомм?ерческое)?\.?\s*тов(?:арищество)?\b\.?"), " снт "),
    (re.compile(r"\b(?:россия|рф|российская федерация)\b"), ","),
    (re.compile(r"(\d+)[\s-]*лет(?:ия|ие|ию)?\b"), r"\1 лет"),
)  # fmt: skip
_ORDINAL = re.compile(r"(\d+)-?(?:я|й|е|го|ая|ый|ий|ой|ое|ти|ми)")
_LEADING_ZEROS = re.compile(r"^0+(?=\d)")
_ROMAN = re.compile(r"[ivх]{2,5}|[iv]")
_ROMAN_DIGITS = {"i": 1, "v": 5, "х": 10}


def fold(text: str) -> str:
    """An address in lower-case Cyrillic: no «ё», no look-alikes, plain dashes, abbreviations spelled out."""
    text = (
        unicodedata.normalize("NFKC", text.replace("№", " "))
        .lower()
        .replace("ё", "е")
        .translate(_LOOK_ALIKES)
    )
    text = re.sub(r"[«»\"'“”„`_*]", " ", _DASHES.sub("-", text))
    for pattern, words in _NAMED:
        text = pattern.sub(words, text)
    return " ".join(text.split())


def names(tokens: list[str]) -> frozenset[str]:
    """The words of a name, each in one spelling, whatever their order; initials end with a dot."""
    parts = [part for token in tokens for part in _parts(token)]
    adjective = any(len(part) > 3 and _ADJECTIVE.search(part) for part in parts)
    found = set()
    for part in parts:
        if part in _IMPLIED:
            continue
        if len(part) == 1 and part.isalpha() and len(parts) > 1:
            # «Б. Садовая» is no «Садовая», but «М. Горького» is «Горького»
            found.add(_SIZE_LETTERS.get(part, part) if adjective else f"{part}.")
            continue
        found.add(_ONE_WORD.get(part, part))
    return frozenset(found)


def _parts(token: str) -> list[str]:
    ordinal = _ORDINAL.fullmatch(token)
    if ordinal:
        return [_plain(ordinal[1])]
    return [_plain(part) for part in token.split("-") if part]


def _plain(word: str) -> str:
    if word.isdigit():
        return _LEADING_ZEROS.sub("", word)
    if _ROMAN.fullmatch(word):
        values = [_ROMAN_DIGITS[letter] for letter in word]
        before = sum(-value if value < after else value for value, after in pairwise(values))
        return str(before + values[-1])
    return word


def without_initials(words: frozenset[str]) -> frozenset[str]:
    """A name without initials."""
    return frozenset(word for word in words if not word.endswith("."))


def gist(words: frozenset[str]) -> frozenset[str]:
    """What is left of a name without kinds, titles, first names and the endings of adjectives."""
    rest = without_initials(words) - STREET_KINDS - TITLES
    rest = rest - _NAME_WORDS or rest
    return frozenset(_ADJECTIVE.sub("", word) if len(word) > 4 else word for word in rest)


def clue(words: frozenset[str]) -> str:
    """A piece of the name that every spelling of it has; "" if there is none."""
    usual = words - STREET_KINDS - TITLES - _NAME_WORDS - set(_ONE_WORD.values())
    longest = max(sorted(usual), key=len, default="")
    return _ADJECTIVE.sub("", longest) if len(longest) > 4 and longest.isalpha() else ""
