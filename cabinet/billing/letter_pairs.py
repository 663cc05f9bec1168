"""Finds the encoding of Russian text of one byte a letter, by how likely its letters follow one another."""

import re
from collections.abc import Sequence
from itertools import pairwise

SINGLE = ("cp1251", "cp866", "koi8-r", "iso8859-5", "mac-cyrillic")
CERTAIN = 8.0  # so much likelier than any other, in powers of e, an encoding is certain
# How likely each of ORDER follows another in names and addresses: 9 is always, one less is e times rarer.
# The first row and column are the ends of a word.
ORDER = "·абвгдежзийклмнопрстуфхцчшщъыьэюя"
_ROWS = (
    "276666656637676676765654554223545", "835656545456667357664554453222327",
    "583433733725625827527335323354324", "882344623725536735743224434254224",
    "783535732723625837547222222232332", "673543754725556846646233432365334",
    "635856655356767557663555544222224", "675546824826247632726322222224222",
    "585656754725657724726223322265255", "654555545477768556663455654222336",
    "934445424226656534752224334222223", "782422523723544826556222232233222",
    "674254743725544842446432322257256", "685433724724555854636434433255325",
    "783356743726226833764425433265245", "635866555456766357664543543222224",
    "674233722725625857546222432245224", "675455743726566844666454443256245",
    "563523722628656754575333432345234", "772524722725446837646233522256254",
    "656567566456766367773563664222434", "672242822822624727556332222226222",
    "782544622723656836466223222233232", "774522822728444722425222422272242",
    "872423832726227523346232232225222", "672622822827556643566232223223222",
    "472222822822224522226222222422222", "333333933333333333333333333373337",
    "836565655276666256662462673223222", "725545824626267442752435555322337",
    "622527222267877227772522222222252", "557566566257757257762455666222224",
    "935444445236447235553244443222234",
)  # fmt: skip
FOLLOWING = {
    first + second: int(digit) - 9.0
    for first, digits in zip(ORDER, _ROWS, strict=True)
    for second, digit in zip(ORDER, digits, strict=True)
}
_WORDS = "ул кв дом пер пр пл обл корп стр лит мкр пос им на по за"
SHORT = frozenset(_WORDS.split())
OF_SHORT, OF_ONE, OF_SIGN, OF_FRAME, OF_OTHER = -3.0, -3.0, -3.0, -7.0, -5.0
IRREGULAR, RISE, CAPITALS = -4.0, -4.0, -1.0  # «сАДОВАЯ»; each small letter before a capital; «САДОВАЯ»
SIGNS = re.compile("[«»№—–„“”…°§₽\xa0\xad’‘•]")
FRAMES = re.compile("[─-╿]")
TOKEN = re.compile(rb"[A-Za-z\x80-\xff]+")
RUN = re.compile(rb"([\x80-\xff])\1{3,}")
PLACED = (  # what needs no letter beside it to be known: thousands and roubles of a sum, a sign of a number
    re.compile(r"(?<![^\0-\x7f])(?<!\w)[0-9]{1,3}(?:\xa0[0-9]{3})+(?=[.,][0-9]{2}(?![0-9]))"),
    re.compile(r"(?<=[0-9][.,][0-9]{2})[ \xa0]?[рР](?:уб|УБ)?(?=(?!\w)[\0-\x7f]|$)", re.MULTILINE),
)
NUMBERED = re.compile(r"(?<![^\0-\x7f])(?<!\w)№(?=[ \xa0]?[\w;,|\t/])")
NUMBERING = ("cp1251", "cp866")  # other encodings have the sign where these have letters, or do not have it
TOKENS = 400  # different ones that are looked at
LONGEST = 40  # bytes of one of them


def encoding(sample: bytes, told: str = "") -> tuple[str, bool]:
    """The encoding in which bytes are most likely Russian, and whether no other is nearly as likely.

    An encoding that gives the same text is no other. `told`, by whoever wrote the file, decides between
    likely ones, and so do signs by where they stand. Where nothing tells it is cp1251.
    """
    near, joined = _near(sample)
    best = near[0]
    if told in near:
        return told, True
    if placed := [name for name in near if _all_placed(sample, name)]:
        best, near = placed[0], placed
    return best, len({joined.decode(name, "replace") for name in near}) == 1


def alternatives(sample: bytes) -> list[str]:
    """The encodings in which bytes may be Russian, the likeliest first; of those that agree, one."""
    near, joined = _near(sample)
    return list({joined.decode(name, "replace"): name for name in reversed(near)}.values())[::-1]


def _near(sample: bytes) -> tuple[list[str], bytes]:
    """The likely encodings, the likeliest first, and the words by which they were judged."""
    tokens = _tokens(sample)
    likely = {name: _likelihood(tokens, name) for name in SINGLE}
    most = max(likely.values())
    near = [name for name in SINGLE if most - likely[name] < CERTAIN]
    return sorted(near, key=likely.__getitem__, reverse=True), b" ".join(tokens)


def _tokens(sample: bytes) -> Sequence[bytes]:
    """The different words that are not ASCII."""
    found: dict[bytes, None] = {}
    for match in TOKEN.finditer(RUN.sub(rb"\1", sample)):
        if not match[0].isascii():
            found[match[0][:LONGEST]] = None
            if len(found) == TOKENS:
                break
    return list(found)


def _all_placed(sample: bytes, name: str) -> bool:
    """Whether all that is not ASCII are signs which stand where such signs do."""
    text = sample.decode(name, "replace")
    for pattern in (*PLACED, *([NUMBERED] if name in NUMBERING else [])):
        text = pattern.sub("0", text)
    return text.isascii()


def _likelihood(tokens: Sequence[bytes], name: str) -> float:
    total = 0.0
    for token in tokens:
        text, frames = FRAMES.subn("№", token.decode(name, "replace"))
        words = SIGNS.split(text)
        total += (OF_FRAME - OF_SIGN) * frames + OF_SIGN * (len(words) - 1)
        total += sum(_of_word(word) for word in words if not word.isascii())
    return total


def _of_word(word: str) -> float:
    lower = word.lower().replace("ё", "е")
    others = sum(letter > "\x7f" and letter not in ORDER for letter in lower)
    if len(word) == 1:
        return OF_ONE + OF_OTHER * others
    total = OF_OTHER * others
    regular = word.islower() or word.isupper() or word.istitle()
    if lower in SHORT and regular:
        total += OF_SHORT
    else:
        known = "".join(letter if letter in ORDER else "·" for letter in lower)
        total += sum(FOLLOWING[first + second] for first, second in pairwise(f"·{known}·"))
    if not regular:
        return total + IRREGULAR + RISE * sum(a.islower() and b.isupper() for a, b in pairwise(word))
    return total + (CAPITALS if word.isupper() else 0.0)
