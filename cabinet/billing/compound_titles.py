"""Titles that name several parts of an address at once: «Улица, дом», «Дом, корпус», «Город, улица»."""

import re

PARTS = {
    "address": re.compile(r"адрес"),
    "city": re.compile(r"город|населенн[а-я]+|нас|пункт|нп|поселок|село"),
    "street": re.compile(r"улица|улицы|ул|проспект"),
    "house": re.compile(r"дома?|д"),
    "building": re.compile(r"корпуса?|корп|строения?|стр|литера?"),
    "premises": re.compile(r"квартир[аы]|кв|помещени[ея]|пом"),
    "room": re.compile(r"комнат[аы]|комн|ком"),
}
NOISE = {"номер", "n", "и", "наименование", "название"}


def names_house_alone(folded: str) -> bool:
    """Whether a title says that its addresses begin with the house: «Адрес дома, квартиры»."""
    words = set(folded.split()) - NOISE
    home = [
        word for name in ("address", "house", "premises") for word in words if PARTS[name].fullmatch(word)
    ]
    return "адрес" in words and len(home) == len(words) > 1


def compound(folded: str) -> str | None:
    """Which part of an address a folded title with several of them names; None for any other title."""
    found: set[str] = set()
    for word in folded.split():
        name = next((name for name, words in PARTS.items() if words.fullmatch(word)), None)
        if name is None and word not in NOISE:
            return None
        found |= {name} if name else set()
    if len(found) < 2:
        return None
    if "address" in found:
        return "address" if "house" in found and found & {"street", "premises"} else None
    if "house" in found:
        return "street_house" if found & {"street", "city"} else "house"
    return "street" if "street" in found else "premises" if found == {"premises", "room"} else None
