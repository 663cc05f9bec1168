"""Addresses as people and billing write them, taken apart, and compared part by part."""

import re
from dataclasses import dataclass
from functools import cached_property

from cabinet.models import house_parts
from cabinet.models.house_parts import MAYBE, NO, NUMBERLESS, SURE, House, is_value, says_numberless
from cabinet.models.place_parts import NAME_ONLY, Place, places_in, tokens_of
from cabinet.models.place_words import (
    AREA,
    CITY,
    DISTRICT,
    KINDS,
    REGION,
    SETTLEMENT,
    STREET,
    UNKNOWN,
    clue,
    fold,
    gist,
    names,
    without_initials,
)

__all__ = ["MAYBE", "NO", "SURE", "Address", "compare", "parse", "typed"]

_NO_STREET = re.compile(
    r"\s*(?:нет(?: улиц[аы]?)?|без улиц[аы]?|улиц[аы]? нет|отсутствует|б/?у|н/?у|-)?[\s.]*"
)
_TRAILING = re.compile(
    r"(?<=[а-я.\s])\s((?!\d+-(?:я|й|ая|ый|ой|го)\s*$)\d+(?:\s?[а-я])?(?:\s*[/-]\s*\d*[а-я]?)*)\s*$"
)


@dataclass
class Address:
    """An address. `places` are localities, the largest first; `street` holds its kind among its words.

    `street` is empty where there are no streets. `sure` is False where it cannot be told what is what.
    """

    regions: list[Place]
    districts: list[Place]
    places: list[Place]
    street: frozenset[str]
    house: House
    sure: bool = True

    @cached_property
    def clue(self) -> str:
        """A piece of text that this address has in every spelling (of `fold`); "" if there is none."""
        place = self.places[-1].words if self.places else frozenset[str]()
        return clue(self.street or place)


def parse(text: str) -> Address:
    """The address in a line of text; whatever the text is."""
    return _read(fold(text[:500]), "")


def typed(city: str, street: str, house: str, building: str, flat: str) -> Address:
    """The address in the fields of a form. What is typed into the wrong field is found by its label."""
    inside = House()
    inside.take_premises(fold(flat[:100]))
    inside.set_leftovers(inside.take(fold(building[:100])), inside.add_part)
    inside.set_leftovers(inside.take(fold(house[:100])), inside.set_house)
    return _read(fold(city[:200]), fold(street[:200]), inside)


def _read(text: str, street: str, house: House | None = None) -> Address:
    """`street` is what stands where a street is asked for."""
    sure = "(" not in text + street
    text, street = (re.sub(r"\([^()]*\)?", " ", part) for part in (text, street))
    house = house or House()
    chunks: list[Place] = []
    bare_street = frozenset[str]()
    for part, is_street in ((text, False), (street, True)):
        found = _chunks(house, house.take(part), keep=is_street)
        if is_street and found and all(p.kind.level == UNKNOWN for p in found):
            bare_street = found.pop().words
        chunks += found
    house.settle()
    return _arranged(chunks, bare_street, house, sure, guess=not street)


def _chunks(house: House, text: str, keep: bool) -> list[Place]:
    """The names in the rest of an address; numbers among them go into the house."""
    segments = [s for s in re.split(r"[,;\n]", text) if not _NO_STREET.fullmatch(s)]
    numbers = [s.strip() for s in segments if is_value(s)]
    named = [s for s in segments if not is_value(s) and not says_numberless(s)]
    if len(named) + len(numbers) < len(segments) and not numbers:
        house.set_house(NUMBERLESS)
    if named and not house.number and not keep:
        named[-1], trailing = _trailing(named[-1], numbers)
        house.sure = house.sure and not (trailing and numbers)
        numbers = trailing + numbers
    if keep and not named and numbers:  # a street of a number alone
        return [Place(NAME_ONLY, names(numbers[:1]))]
    house.take_unlabelled(numbers)
    return [place for segment in named for place in places_in(tokens_of(segment))]


def _trailing(segment: str, numbers: list[str]) -> tuple[str, list[str]]:
    """A segment without the number of the house at its end, and that; `numbers` are what follows."""
    found = _TRAILING.search(segment)
    if not found or len(numbers) > 1 or any("-" in number for number in numbers):
        return segment, []
    before = tokens_of(segment[: found.start()])
    named = any(token not in KINDS for token in before)  # not «мкр 5»
    numbered = any(token in KINDS and KINDS[token].level in (SETTLEMENT, AREA) for token in before)
    if not named or (numbers and numbered):
        return segment, []
    return segment[: found.start()], [found[1].strip()]


def _arranged(chunks: list[Place], street: frozenset[str], house: House, sure: bool, guess: bool) -> Address:
    """Which of the places is what; with `guess` a name without a kind may be the street."""
    streets = [c for c in chunks if c.kind.level == STREET]
    bare = [c for c in chunks if c.kind.level == UNKNOWN]
    places = [c for c in chunks if c.kind.level in (CITY, SETTLEMENT, AREA)]
    if streets and street:
        sure = False
    if not streets and not street and guess and bare and (len(bare) > 1 or places):
        street = bare.pop().words
    street = street or (streets[0].words if streets else frozenset())
    places += bare
    places = [Place(c.kind, without_initials(c.words)) for c in sorted(places, key=lambda c: c.kind.level)]
    unique = [p for n, p in enumerate(places) if p.words and p.words not in [q.words for q in places[:n]]]
    if not streets and any(street == p.words for p in unique):  # the form asks for that in villages
        street = frozenset()
    return Address(
        [c for c in chunks if c.kind.level == REGION],
        [c for c in chunks if c.kind.level == DISTRICT],
        unique,
        street,
        house,
        sure and len({c.words for c in streets}) < 2,
    )


def compare(one: Address, other: Address) -> int:
    """Whether two addresses are one: NO, MAYBE (by their words, not by all their parts) or SURE."""
    found = house_parts.compare(one.house, other.house)
    for judge in (_compare_streets, _compare_places):
        found = found and min(found, judge(one, other))
    if found == SURE and not (one.sure and other.sure and (one.street or one.places)):
        return MAYBE
    return found


def _compare_streets(one: Address, other: Address) -> int:
    bare_one, bare_other = without_initials(one.street), without_initials(other.street)
    initials, their_initials = one.street - bare_one, other.street - bare_other
    if initials and their_initials and not initials & their_initials:  # А. Толстого, Л. Толстого
        return NO
    if bare_one == bare_other:
        return SURE
    if one.street and other.street:
        return MAYBE if gist(one.street) and gist(one.street) == gist(other.street) else NO
    named, bare = (one, other) if one.street else (other, one)
    return MAYBE if any(named.street == p.words for p in bare.places if p.kind.level > UNKNOWN) else NO


def _compare_places(one: Address, other: Address) -> int:
    if any(a.words != b.words and not _short(a, b) for a in one.regions for b in other.regions):
        return NO
    if not one.places or not other.places:
        return MAYBE if one.street and other.street else NO
    low, upper = one.places[-1], {p.words for p in one.places[:-1]}
    their_low, their_upper = other.places[-1], {p.words for p in other.places[:-1]}
    if low.words != their_low.words:
        return MAYBE if low.words in their_upper or their_low.words in upper else NO
    if upper and their_upper and not upper & their_upper:
        return NO
    nested = upper <= their_upper or their_upper <= upper
    kinds = {p.kind.name for p in (low, their_low)} - {""}
    districts = not (one.districts and other.districts) or (
        {d.words for d in one.districts} & {d.words for d in other.districts}
    )
    return SURE if nested and len(kinds) < 2 and districts else MAYBE


def _short(one: Place, other: Place) -> bool:
    """Whether one name of a region is the short form of the other: «Моск. обл.»."""
    a, b = sorted(("".join(sorted(one.words)), "".join(sorted(other.words))))  # what begins another is first
    return len(a) > 2 and b.startswith(a)
