"""Reads house, building, letter, flat and room out of an address, and compares them part by part."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import permutations

NO, MAYBE, SURE = range(3)  # whether two things are one: no, by what is known of them, for certain

_TAIL = r"(?![а-яa-z0-9])"
_VALUE = rf"\d+(?:[\s-]?[а-я](?![а-я.]|\s*\d){_TAIL})?(?:\s*[/\\-]\s*(?:\d+[а-я]?|[а-я]){_TAIL})*"
_NONE = rf"(?:нет|б\s*[/\\-]?\s*н|без номера|бн|-|–){_TAIL}\.?"
_SHORT = r"(?<![а-яa-z0-9/-])(?:{0})\.?\s*"


def _labelled(words: str, value: str = rf"{_VALUE}|{_NONE}") -> re.Pattern[str]:
    return re.compile(_SHORT.format(words) + f"({value})")


_POSTCODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_ENTRANCE = re.compile(
    _SHORT.format("подъезд|подьезд|под-д|под|п-д|парадная|парадн|этаж|эт|домофон|код|вход")
    + r"\d+[а-я]?\b"
    + r"|(?:(?<=,)\s*\d+|(?<!\d)\d+\s*-?(?:й|ый|ой|ий|я|ая))\s*(?:подъезд|подьезд|под|парадная|этаж|эт)\b\.?"
)
_GLUED = (
    re.compile(
        r"(?:(?<=\d)|(?<=\d[а-я])|(?<=\d[\s-][а-я]))(корпус|корп|стр|лит|кв|к|с|д)(?=\.?\s?\d)"
    ),  # 3к2
    re.compile(r"(?<=[а-я])(?=\d)"),  # д3
)
_LETTER = re.compile(rf"(?<=\d)[\s,]*л\.?\s*(?=[а-я]{_TAIL})")  # 20 л. А
_LETTERED = rf"[а-я]\d?{_TAIL}"
_LABELS = {
    "квартира": _labelled("квартира|кварт|кв-ра|кв"),
    "помещение": _labelled(
        r"(?:нежилое\s+)?помещение|помещ|пом|н[./]?\s?п|неж\.?\s?пом", rf"{_VALUE}|[ivх]+"
    ),
    "офис": _labelled("офис|оф"),
    "машиноместо": _labelled(r"машино-?место|м/м|бокс|гараж|кладовая"),
    "комната": _labelled("комната|комн|ком|к-та"),
    "литера": _labelled("литера|литер|лит", rf"{_NONE}|{_LETTERED}"),
    "строение": _labelled("строение|строен|стр|с(?=[.\\s]*\\d)", rf"{_VALUE}|{_NONE}|{_LETTERED}"),
    "корпус": _labelled("корпус|корп|крп|кор|к(?=[.\\s]*\\d)", rf"{_VALUE}|{_NONE}|{_LETTERED}"),
    "участок": _labelled("участок|уч-к|уч|зу"),
    "владение": _labelled("владение|влад|влд|вл"),
    "дом": _labelled("домовладение|двлд|дом|здание|зд|д"),
}
_HOUSES, _PREMISES = ("участок", "владение", "дом"), ("квартира", "помещение", "офис", "машиноместо")
_ONE = re.compile(r"\s*(?:\d+)(?:[\s-]?[а-я])?(?:\s*[/\\-]\s*(?:\d+[а-я]?|[а-я]))*\s*")
_SPLIT = re.compile(r"(\d+)(?:[\s-]*([а-я])(?![а-я]))?(.*)")
_NOTHING = re.compile(rf"(?:{_NONE}|0+|\s*)")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}

NUMBERLESS = "б/н"
_COMPATIBLE = {
    frozenset(("", "корпус")): SURE,
    frozenset(("", "строение")): SURE,
    frozenset(("", "дробь")): SURE,
    frozenset(("", "литера")): SURE,
    frozenset(("дробь", "корпус")): SURE,
    frozenset(("дробь", "строение")): MAYBE,
    frozenset(("дробь", "литера")): MAYBE,
    frozenset(("корпус", "литера")): MAYBE,
}


@dataclass
class House:
    """A house and what is in it. Kinds are Russian words, "" where none is named; numbers are as compared.

    `parts` are what belongs to the number of the house: (kind, number) of корпус, строение, литера, дробь.
    `sure` is False where something was left over or said twice.
    """

    number: str = ""
    kind: str = ""
    parts: set[tuple[str, str]] = field(default_factory=set)
    flat: str = ""
    flat_kind: str = ""
    room: str = ""
    sure: bool = True

    def take(self, text: str) -> str:
        """Take what is labelled out of a folded address; returns the rest of it."""
        text = _ENTRANCE.sub(" , ", _POSTCODE.sub(" , ", text))
        for pattern in _GLUED:
            text = pattern.sub(lambda match: f" {match[0]} " if match[0] else " ", text)
        text = self._cut(_LETTER.sub(" литера ", text), _PREMISES, self.set_flat)
        if self.flat and not re.search(r"\b(?:комната|комн|ком|к-та)\b", text):
            flat_at = text.find("\0")
            head, tail = text[:flat_at], text[flat_at:]
            text = head + re.sub(r"(?<=[\s,.\0])к(?=\.?\s*\d)", "комн", tail)
        text = self._cut(text, ("комната",), self._set_room)
        text = self._cut(text, ("литера", "строение", "корпус"), self.add_part)
        text = self._cut(text, _HOUSES, self.set_house)
        return text.replace("\0", ",")

    def _cut(self, text: str, labels: tuple[str, ...], setter: Callable[[str, str], None]) -> str:
        for label in labels:

            def found(match: re.Match[str], label: str = label) -> str:
                setter(match[1], label)
                return ",\0,"

            text = _LABELS[label].sub(found, text)
        return text

    def set_house(self, text: str, kind: str = "") -> None:
        """The number of the house with what is written into it: `20а`, `3/2`, and `3-7` for a flat."""
        text = text.strip().strip(".")
        if _NOTHING.fullmatch(text):
            self.number = self.number or (NUMBERLESS if "н" in text and text != "нет" else "")
            return
        match = _SPLIT.fullmatch(text)
        if self.number not in ("", NUMBERLESS) or not match:
            self.sure = self.sure and bool(match) and self.number == (match[1].lstrip("0") if match else "")
            return
        self.number, self.kind = match[1].lstrip("0"), kind
        if match[2]:
            self.add_part(match[2], "литера")
        self._tail(re.findall(r"([/\\-])\s*(\w+)", match[3]))

    def _tail(self, tail: list[tuple[str, str]]) -> None:
        """What follows the number after strokes and dashes."""
        if tail and tail[-1][0] == "-" and tail[-1][1][0].isdigit() and not self.flat:
            self.set_flat(tail.pop()[1])
        for _sign, value in tail:
            self.add_part(value, "дробь" if value[0].isdigit() else "литера")

    def add_part(self, text: str, kind: str = "") -> None:
        """A building, structure or letter; none where it says so."""
        text = re.sub(r"[\s.-]", "", text)
        if not _NOTHING.fullmatch(text):
            self.parts.add((kind, text.lstrip("0").replace("\\", "/")))

    def set_flat(self, text: str, kind: str = "") -> None:
        """The number of the flat, or of what there is in place of one."""
        text = re.sub(r"[\s.]", "", text)
        if _NOTHING.fullmatch(text):
            return
        text = (
            re.sub(r"-(?=[а-я])", "", _ROMAN.get(text.replace("х", "x"), text)).lstrip("0").replace("\\", "/")
        )
        self.sure = self.sure and self.flat in ("", text)
        if not self.flat:
            self.flat, self.flat_kind = text, kind

    def _set_room(self, text: str, _kind: str) -> None:
        text = re.sub(r"[\s.-]", "", text).lstrip("0")
        if not _NOTHING.fullmatch(text):
            self.sure = self.sure and self.room in ("", text)
            self.room = self.room or text

    def take_premises(self, text: str) -> None:
        """What a folded field for the flat says, labelled or not."""
        text = re.sub(r"(?<=\d)[\s,]*к(?=\.?\s*\d)", " комн", text)
        self.set_leftovers(self.take(text), self.set_flat)

    def set_leftovers(self, rest: str, setter: Callable[[str], None]) -> None:
        """Give what `take` has left of a field to where it belongs; words belong nowhere."""
        for piece in filter(None, (piece.strip(" .") for piece in rest.split(","))):
            if is_value(piece) or len(piece) == 1 or _NOTHING.fullmatch(piece):
                setter(piece)
            else:
                self.sure = False

    def take_unlabelled(self, values: list[str]) -> None:
        """Numbers without a word before them: the house, then the flat."""
        values = list(values)
        if values and not self.number:
            self.set_house(values.pop(0))
        if values and not self.flat:
            self.set_flat(values.pop())
        self.sure = self.sure and not values
        for value in values:  # between house and flat
            self.add_part(value)

    def settle(self) -> None:
        """In Зеленоград the building is the house."""
        numbered = [part for part in self.parts if part[0] == "корпус" and part[1][0].isdigit()]
        if not self.number and len(numbered) == 1:
            self.parts.remove(numbered[0])
            self.set_house(numbered[0][1], "корпус")


def says_numberless(text: str) -> bool:
    """Whether this says that a house has no number."""
    return bool(re.fullmatch(r"\s*(?:дом\s*)?(?:б\s*[/\\]\s*н|бн|без номера)[\s.]*", text))


def is_value(text: str) -> bool:
    """Whether this is a number as houses and flats have them."""
    return bool(_ONE.fullmatch(text))


def compare(one: House, other: House) -> int:
    """Whether these are one flat (or house, where there are no flats): NO, MAYBE or SURE."""
    if not one.number or one.number != other.number:
        return NO
    found = min(_compare_parts(one.parts, other.parts), _compare_flats(one, other))
    kinds = {one.kind, other.kind} - {""}
    if found == SURE and (len(kinds) > 1 or not (one.sure and other.sure)):
        return MAYBE
    return found


def _compare_flats(one: House, other: House) -> int:
    pairs = ((one.flat, other.flat), (one.room, other.room))
    if any(a and b and a != b for a, b in pairs):
        return NO
    kinds = {one.flat_kind or "квартира", other.flat_kind or "квартира"}
    known = all(bool(a) == bool(b) for a, b in pairs)
    return SURE if known and (len(kinds) == 1 or not one.flat) else MAYBE


def _compare_parts(one: set[tuple[str, str]], other: set[tuple[str, str]]) -> int:
    mine, theirs = sorted(one - other), sorted(other - one)
    if len(mine) != len(theirs) or len(mine) > 4:
        return NO
    pairings = (zip(mine, order, strict=True) for order in permutations(theirs))
    return max(min((_compare_part(a, b) for a, b in pairing), default=SURE) for pairing in pairings)


def _compare_part(one: tuple[str, str], other: tuple[str, str]) -> int:
    if one[1] != other[1]:
        return NO
    return _COMPATIBLE.get(frozenset((one[0], other[0])), NO)  # what is the same was set aside before
