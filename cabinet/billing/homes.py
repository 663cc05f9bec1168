"""Composes the address of a home: of its parts, or of an address that lacks some of them."""

import re
from itertools import repeat
from operator import contains

from cabinet.billing import entities
from cabinet.billing.numbers import DATED, whole

LABELS = {"house": "д. ", "building": "корп. ", "structure": "стр. ", "letter": "литера ", "premises": "кв. ",
          "room": "комн. "}  # fmt: skip
BEFORE = ("region", "district", "city", "street")  # come before the house
KINDS = re.compile(
    r"ул|улица|пр|пр кт|кт|проспект|пер|переулок|проезд|шоссе|бульвар|наб|пос|поселок|посёлок|село"
)
WORD = re.compile(r"[0-9a-zа-яё]+")
PLACES = ("address", "city", "street", "street_house")  # of which an address names one at least
OF_HOUSE = ("building", "structure", "letter", "premises", "room")
ABSENT = "0-–— "  # what stands in the column of such a part where there is none
BARE = re.compile(
    r"[0-9][0-9а-яёa-z/\- ]{0,8}|[а-яёa-z]", re.IGNORECASE
)  # a number that has no word beside it
LETTER = re.compile(r"[^\W\d_]")
DITTO = re.compile(r"(?:то|там|тот) же(?: (?:адрес|самое))?", re.IGNORECASE)
LONGEST_DITTO = 12
SIGNS = "№–—−«»“”„°…·•\xa0"  # no ASCII, and no letters
MARKS = "<&"  # of a web page, perhaps
HOUSE = re.compile(r"(?<![^\W\d_])(?:д|дом|уч|участок|вл|владение)(?:\.\s*|\s+)[0-9]", re.IGNORECASE)
FLAT = re.compile(
    r"(?<![^\W\d_])(?:кв(?![. ]*-? ?л)|квартира|пом|помещение|оф|офис|ком|комн|комната|апарт\w*|бокс|"
    r"гараж|н/п|м/м)(?![^\W\d_])",
    re.IGNORECASE,
)
NAMED_FLAT = ", кв. "
ROOM = re.compile(r"(?<![^\W\d_])(?:ком|комн|комната)(?![^\W\d_])", re.IGNORECASE)
BLOCK = re.compile(
    r"(?<![^\W\d_])(?:мкр|мкрн|мкр-н|мк-н|м-н|микрорайон|кв-л|квартал|линия|зона|км)[. ]*(?:№ ?)?$",
    re.IGNORECASE,
)
AFTER_HOUSE = (  # what follows the number of a house: nothing, a part of it, a flat
    r"(?=\s*[а-яё]?[\s.]*(?:$|[,;(0-9]|(?:к|корп|корпус|с|стр|строение|лит|литера?|кв|квартира|пом|оф|офис|ком|комн)"
    r"(?![^\W\d_])))"
)
HOUSE_ALONE = re.compile(
    r"(?:(?:д|дом)\b[. ]*)?[0-9]{1,4} ?(?:[а-яё](?![а-яё0-9]))?(?:[/-][0-9]{1,5}[а-яё]?(?![а-яё0-9]))?"
    r"(?>[ ,;]*(?:(?:к|корп|корпус|с|стр|строение|лит|литера?|кв|квартира|пом|помещение|оф|офис|ком|комн"
    r"|комната|н/п)\b[ .№]*)?(?:[0-9]{1,5}[а-яё]?|[а-яё])(?![а-яё0-9]))*+",
    re.IGNORECASE,
)
FLAT_ALONE = re.compile(
    r"(?:кв|квартира|пом|помещение|оф|офис|ком|комн|комната|н/п)\b[ .№]*[0-9]{1,5} ?[а-яё]?", re.IGNORECASE
)
ENDS_IN_HOUSE = re.compile(r"[0-9](?:/?[0-9а-яё])*$", re.IGNORECASE)
ENDS_IN_NUMBER = re.compile(r"[0-9][0-9а-яё/]*$", re.IGNORECASE)


def is_house_alone(text: str) -> bool:
    """Whether an address names nothing but the house and what is in it: «д. 3, кв. 5», «3-5», «17А»."""
    return HOUSE_ALONE.fullmatch(text.strip()) is not None


def lacks_place(text: str) -> bool:
    """Whether an address names no street and no locality, but a house or a flat: «д. 3, кв. 5», «кв. 5»."""
    return is_house_alone(text) or FLAT_ALONE.fullmatch(text.strip()) is not None


def placed(addresses: list[str]) -> bool:
    """Whether each address that is not empty has a letter: a number alone is no place, nor is «то же».

    And that nothing of a web page is left in it.

    In most columns every address has Russian letters, which is quickly seen.
    """
    plain = not any(map(str.isascii, addresses)) and min(map(len, addresses), default=0) > LONGEST_DITTO
    if plain and not any(map("".join(addresses).__contains__, SIGNS + MARKS)):
        return True
    return all(
        not text or (LETTER.search(text) and not DITTO.fullmatch(text) and not entities.left(text))
        for text in addresses
    )


def address(parts: dict[str, str]) -> str:
    """The address of its parts, which are in the order of layout.ADDRESS_PARTS, "address" before them.

    "" if they name no place, or a spreadsheet made a date of one.
    """
    if not any(parts.get(name) for name in PLACES) or any(map(DATED.fullmatch, parts.values())):
        return ""
    if "address" in parts or "street_house" in parts:
        return _completed(parts)
    parts = _unrepeated(parts)
    named = ((name, whole(text)) for name, text in parts.items())
    return ", ".join(labelled(name, text) for name, text in named if _is_there(name, text))


def _unrepeated(parts: dict[str, str]) -> dict[str, str]:
    """The parts without those that the cell of the house names, too: «ул. Лесная, д. 1, кв. 3»."""
    house = parts.get("house", "")
    if not house or BARE.fullmatch(house):
        return parts
    told = set(WORD.findall(house.lower()))
    repeated = {name for name in BEFORE if (said := _significant(parts.get(name, ""))) and said <= told}
    if FLAT.search(house):
        repeated.add("premises")
    if "," in house and house[0].isdigit():  # «1, кв. 3»
        parts = parts | {"house": f"д. {house}"}
    return {name: text for name, text in parts.items() if name not in repeated}


def _significant(text: str) -> set[str]:
    """The words that tell a place from others, not its kind: «Лесная»."""
    return {word for word in WORD.findall(text.lower()) if len(word) > 1 and not KINDS.fullmatch(word)}


def usual_parts(columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """Those of the columns that are to be written otherwise: flats such as 5.0, streets without types."""
    found = {}
    flats = "".join(columns.get("premises", ()))
    if "." in flats or "," in flats:
        found["premises"] = list(map(whole, columns["premises"]))
    if "street_type" in columns and "street" in columns:
        found["street"] = list(map(_typed_street, columns["street_type"], columns["street"]))
    return found


def _typed_street(kind: str, name: str) -> str:
    """A street with its type before it, unless its name says it already: «пр-кт Мира»."""
    bare = kind.lower().rstrip(". ")
    told = not bare or bare in name.lower().replace(".", " ").split()
    return name if told or not name else f"{kind} {name}"


def _is_there(name: str, text: str) -> bool:
    return bool(text.strip(ABSENT) if name in OF_HOUSE else text)


def with_flats(addresses: list[str], flats: list[str]) -> list[str]:
    """Addresses with the flats that they do not name."""
    if not any(flats) or all(map(contains, addresses, repeat(NAMED_FLAT))):
        return addresses
    return [
        text if not flat or NAMED_FLAT in text else with_flat(text, flat)
        for text, flat in zip(addresses, flats, strict=True)
    ]


def with_flat(text: str, flat: str, label: str = "") -> str:
    """An address with the flat, unless it names one, or no place; "" if the flat became a date."""
    flat = whole(flat)
    if DATED.fullmatch(flat):
        return ""
    if not flat.strip(ABSENT) or FLAT.search(text) or not LETTER.search(text):
        return text
    before, _, last = text.rpartition(",")
    if last.strip().lower() == flat.lower() and ENDS_IN_HOUSE.search(before.strip()):
        return text
    own = f"-{flat}"
    if text[-len(own) :].lower() == own.lower() and ENDS_IN_NUMBER.search(text[: -len(own)]):
        return text
    if not BARE.fullmatch(flat) and not any(map(str.isdigit, flat)):  # «жилое»
        return text
    return f"{text}, {label + flat if label and BARE.fullmatch(flat) else labelled('premises', flat)}"


def _completed(parts: dict[str, str]) -> str:
    """An address of which other columns repeat or add some parts."""
    text = ", ".join(filter(None, (whole(parts[name]) for name in parts if name not in LABELS)))
    house = whole(parts.get("house", ""))
    if house and not HOUSE.search(text) and not _names(text, house):
        text = f"{text}, {labelled('house', house)}"
    for name in ("building", "structure", "letter"):
        part = whole(parts.get(name, ""))
        if part.strip(ABSENT) and not _names_part(text, part):
            text = f"{text}, {labelled(name, part)}"
    text = with_flat(text, parts.get("premises", ""))
    room = whole(parts.get("room", ""))
    return f"{text}, {labelled('room', room)}" if room.strip(ABSENT) and not ROOM.search(text) else text


def _names(text: str, number: str) -> bool:
    """Whether a number stands in an address as that of a house.

    Not as a part of another one or of «5-я», nor where a word follows or a block comes before: «8 Марта»,
    «мкр 5».
    """
    found = rf"(?<![0-9а-яёa-z/-]){re.escape(number)}(?![0-9/-]){AFTER_HOUSE}"
    places = (match.start() for match in re.finditer(found, text, re.IGNORECASE))
    return any(not BLOCK.search(text[:place]) for place in places)


def _names_part(text: str, part: str) -> bool:
    """Whether an address names a building, structure or letter: «5к2», «5/2», «д. 5, корп. 2», «5А»."""
    before = r"/|к|корп\w*|с|стр\w*|лит\w*" + ("" if part[0].isdigit() else "|[0-9]")
    found = rf"(?:{before})[. ]*{re.escape(part)}(?![0-9а-яё])"
    return re.search(found, text, re.IGNORECASE) is not None


def labelled(name: str, text: str) -> str:
    """A part of an address with its word, if it is a bare number."""
    return LABELS.get(name, "") + text if text and BARE.fullmatch(text) else text
