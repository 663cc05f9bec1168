"""Words of places: what of a name all its spellings share."""

import pytest

from cabinet.models.address import NO, SURE, compare, parse
from cabinet.models.place_words import clue, gist, names

FLAT = "{}, г. Беслан, ул. Мира, д. 1, кв. 2"


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("садовая", "садов"),
        ("дачная 1", "дачн 1"),
        ("белая", "бел"),  # five letters are the least of which an ending is cut
        ("алый", "алый"),
        ("толстого а.", "толстого"),
    ],
)
def test_what_is_left_of_a_name(words: str, left: str) -> None:
    assert gist(frozenset(words.split())) == frozenset(left.split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("садовая", "садовая"),
        ("-садовая- 01-я", "садовая 1"),
        ("0-й 000", "0"),
        ("iv v vi", "4 5 6"),
        ("xiv партсъезда", "14 партсъезда"),
        ("а. толстого", "а. толстого"),
        ("а толстого", "а. толстого"),
        ("б садовая", "больш садовая"),
        ("б гая", "б. гая"),  # three letters are no adjective: Гай
        ("им ленина", "ленина"),
    ],
)
def test_the_words_of_a_name(text: str, words: str) -> None:
    assert names(text.replace("x", "х").split()) == frozenset(words.split())


@pytest.mark.parametrize(
    ("words", "piece"),
    [
        ("садовая", "садов"),
        ("лет 50 октября", "октября"),
        ("обл курская", "курск"),
        ("обл клин", ""),  # four letters may be anything
        ("лет 300", ""),
        ("белая", "бел"),
        ("алый", ""),
        ("парк садовая", "садов"),  # the longest, wherever it stands in the alphabet
        ("садовая юрта", "садов"),
        ("красноармейская садовая", "красноармейск"),
        ("а12345", ""),
        ("", ""),
    ],
)
def test_the_piece_that_every_spelling_has(words: str, piece: str) -> None:
    assert clue(frozenset(words.split())) == piece


@pytest.mark.parametrize(
    ("short", "long", "verdict"),
    [
        ("Кур. обл.", "Курская обл.", SURE),  # three letters are the least
        ("Ку обл.", "Курская обл.", NO),
        ("Курск обл.", "Курган обл.", NO),
        ("респ. Сев. Осетия", "респ. Северная Осетия", SURE),
        ("респ. Северная Осетия", "респ. Юж. Осетия", NO),
    ],
)
def test_the_short_form_of_a_region(short: str, long: str, verdict: int) -> None:
    one, other = parse(FLAT.format(short)), parse(FLAT.format(long))
    assert compare(one, other) == compare(other, one) == verdict
