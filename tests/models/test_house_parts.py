"""Houses and what is in them, taken apart: each number stands where it was meant, however it is written."""

from collections.abc import Callable

import pytest

from cabinet.models.address import MAYBE, NO, SURE
from cabinet.models.house_parts import NUMBERLESS, House, compare

Parts = set[tuple[str, str]]


@pytest.mark.parametrize(
    ("text", "number", "parts", "flat"),
    [
        ("20", "20", set(), ""),
        ("020а", "20", {("литера", "а")}, ""),
        ("3/2", "3", {("дробь", "2")}, ""),
        ("3/02", "3", {("дробь", "2")}, ""),
        ("3\\2", "3", {("дробь", "2")}, ""),
        ("3/10", "3", {("дробь", "10")}, ""),
        ("3/а", "3", {("литера", "а")}, ""),
        ("3-7", "3", set(), "7"),
        ("3/2-7", "3", {("дробь", "2")}, "7"),
        ("3-а", "3", {("литера", "а")}, ""),
        (" 3. ", "3", set(), ""),
        ("б/н", NUMBERLESS, set(), ""),
        ("нет", "", set(), ""),
        ("0", "", set(), ""),
        ("", "", set(), ""),
    ],
)
def test_the_number_of_a_house(text: str, number: str, parts: Parts, flat: str) -> None:
    house = House()
    house.set_house(text, "дом")
    assert (house.number, house.parts, house.flat, house.sure) == (number, parts, flat, True)
    assert house.kind == ("дом" if number not in ("", NUMBERLESS) else "")


@pytest.mark.parametrize(
    ("text", "part"),
    [("2", "2"), ("02", "2"), ("20", "20"), (" 2 .", "2"), ("2-а", "2а"), ("2\\3", "2/3"), ("а", "а")],
)
def test_a_part_of_a_house(text: str, part: str) -> None:
    house = House()
    house.add_part(text, "корпус")
    assert house.parts == {("корпус", part)}


@pytest.mark.parametrize("text", ["", "0", "00", " . ", "-", "нет", "б/н"])
def test_a_part_that_is_none(text: str) -> None:
    house = House()
    house.add_part(text, "корпус")
    house.set_flat(text)
    house._set_room(text, "")
    assert (house.parts, house.flat, house.room, house.sure) == (set(), "", "", True)


@pytest.mark.parametrize(
    ("text", "flat"),
    [
        ("7", "7"),
        ("007", "7"),
        ("70", "70"),
        (" 7 .", "7"),
        ("7-а", "7а"),
        ("7-2", "7-2"),
        ("7\\2", "7/2"),
        ("iv", "4"),
        ("ix", "9"),
        ("iх", "9"),  # the second letter is Cyrillic
        ("1 2", "12"),
    ],
)
def test_the_number_of_a_flat(text: str, flat: str) -> None:
    house = House()
    house.set_flat(text, "квартира")
    assert (house.flat, house.flat_kind, house.sure) == (flat, "квартира", True)


@pytest.mark.parametrize(
    ("text", "room"), [("2", "2"), ("02", "2"), ("20", "20"), (" 2.", "2"), ("2-б", "2б")]
)
def test_the_number_of_a_room(text: str, room: str) -> None:
    house = House()
    house._set_room(text, "комната")
    assert (house.room, house.sure) == (room, True)


@pytest.mark.parametrize(
    ("setter", "name"),
    [
        (House.set_flat, "flat"),
        (lambda house, text: house._set_room(text, ""), "room"),
        (House.set_house, "number"),
    ],
)
def test_what_is_said_twice_is_sure_only_if_it_is_the_same(
    setter: Callable[[House, str], None], name: str
) -> None:
    house = House()
    for text in ("7", "07"):
        setter(house, text)
        assert (getattr(house, name), house.sure) == ("7", True)
    setter(house, "8")
    assert (getattr(house, name), house.sure) == ("7", False)
    setter(house, "7")
    assert house.sure is False, "once in doubt, always"


@pytest.mark.parametrize(
    ("rest", "flat", "sure"),
    [(" 7 ", "7", True), (". 7 . , ", "7", True), ("а", "а", True), ("б/н", "", True), ("подвал", "", False)],
)
def test_what_no_word_names(rest: str, flat: str, sure: bool) -> None:
    house = House()
    house.set_leftovers(rest, house.set_flat)
    assert (house.flat, house.sure) == (flat, sure)


@pytest.mark.parametrize(
    ("values", "number", "parts", "flat", "sure"),
    [
        ([], "", set(), "", True),
        (["3"], "3", set(), "", True),
        (["3", "7"], "3", set(), "7", True),
        (["3", "2", "7"], "3", {("", "2")}, "7", False),
    ],
)
def test_numbers_without_words(values: list[str], number: str, parts: Parts, flat: str, sure: bool) -> None:
    house = House()
    house.take_unlabelled(values)
    assert (house.number, house.parts, house.flat, house.sure) == (number, parts, flat, sure)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("141600, г клин, ул дачная, д 3, подъезд 2, кв 7", ("3", set(), "7", "", "г клин ул дачная")),
        ("д 3, кв 7, к 2", ("3", set(), "7", "2", "")),  # behind a flat it is a room
        ("д 3, к 1, кв 7", ("3", {("корпус", "1")}, "7", "", "")),
        ("д 3, кв 7, к 1, комната 2", ("3", {("корпус", "1")}, "7", "2", "")),  # the room is named
    ],
)
def test_what_words_name(text: str, found: tuple[str, Parts, str, str, str]) -> None:
    house = House()
    rest = house.take(text).replace(",", " ").split()
    assert (house.number, house.parts, house.flat, house.room, " ".join(rest)) == found


def home(parts: str = "", kind: str = "", sure: bool = True, **more: str) -> House:
    """House 3; parts such as «корпус 2, 4»."""
    pairs = [part.rpartition(" ") for part in parts.split(", ") if part]
    return House("3", kind, {(named, value) for named, _, value in pairs}, sure=sure, **more)


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (home(), home(), SURE),
        (home(), House("4"), NO),
        (House(), House(), NO),
        (home("корпус 2"), home("корпус 2"), SURE),
        (home("корпус 2"), home("корпус 3"), NO),
        (home("корпус 2"), home("строение 2"), NO),
        (home("корпус 2"), home("2"), SURE),
        (home("дробь 2"), home("корпус 2"), SURE),
        (home("дробь 2"), home("строение 2"), MAYBE),
        (home("корпус 2"), home(), NO),
        (home("корпус 2, строение 3"), home("2, 3"), SURE),
        (home("корпус 2, строение 3"), home("3, 2"), SURE),
        (home("корпус 1, корпус 2, строение 3, литера а"), home("1, 2, 3, а"), SURE),
        (home("корпус 1, корпус 2, строение 3, литера а, литера б"), home("1, 2, 3, а, б"), NO),
        (home(kind="дом"), home(kind="владение"), MAYBE),
        (home(kind="дом"), home(), SURE),
        (home(sure=False), home(), MAYBE),
        (home(), home(sure=False), MAYBE),
        (home(flat="7"), home(flat="7"), SURE),
        (home(flat="7"), home(flat="8"), NO),
        (home(flat="7"), home(), MAYBE),
        (home(flat="7", flat_kind="офис"), home(flat="7"), MAYBE),
        (home(flat="7", room="1"), home(flat="7", room="2"), NO),
        (home(flat="7", room="1"), home(flat="7"), MAYBE),
    ],
)
def test_two_houses(one: House, other: House, verdict: int) -> None:
    assert compare(one, other) == compare(other, one) == verdict


@pytest.mark.parametrize(
    ("parts", "number", "left"),
    [
        ("корпус 1205", "1205", ""),
        ("корпус 1205, строение 3", "1205", "строение 3"),
        ("корпус а", "", "корпус а"),
        ("корпус 1, корпус 2", "", "корпус 1, корпус 2"),
        ("строение 3", "", "строение 3"),
    ],
)
def test_the_building_is_the_house_where_none_is_named(parts: str, number: str, left: str) -> None:
    house = House(parts=home(parts).parts)
    house.settle()
    assert (house.number, house.parts) == (number, home(left).parts)
    assert house.kind == ("корпус" if number else "")


def test_a_house_that_is_named_keeps_its_building() -> None:
    house = home("корпус 2")
    house.settle()
    assert (house.number, house.parts) == ("3", {("корпус", "2")})
