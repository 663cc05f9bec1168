"""What is seen at once of a whole column or block is what a look at each of its cells would have found."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.billing.alien import broken
from cabinet.billing.amounts import ROUBLES_AND_KOPECKS
from cabinet.billing.common_text import common_signs, is_common
from cabinet.billing.derived import COMPANY, names, people
from cabinet.billing.nothings import NOTHINGS, NULLS, emptied
from cabinet.billing.numbers import account, column_of_keys
from cabinet.fields import FieldError
from tests.properties import UNTIMED

WORDS = st.sampled_from(
    ["Иванова", "анна", "Петрова-Водкина", "О’Нил", "И.", "П. П.", "ООО", "ооо-ромашка", "ТСЖ", "И.П.", "12",
     "«Мир»", "Α\u0345", "\xa0", "оглы", ""]
)  # fmt: skip
NAMES = st.lists(WORDS, max_size=6).map(" ".join)
ODD = "\"#&'<;|^~ \t\r\n\xa0\u0400\u047f\u0480\u2028\x7f\x1f\0\ufffd№—ёЯz9"
SIGNS = st.sampled_from(ODD) | st.characters()


@UNTIMED
@given(st.lists(NAMES, min_size=1, max_size=5))
def test_names_are_split_alike_in_a_column_and_alone(column: list[str]) -> None:
    assert people(column) == list(map(names, column))


def test_a_company_in_a_column_stays_whole_and_its_neighbours_are_people() -> None:
    company = sorted(COMPANY)[0].upper() + " Ромашка"
    assert people(["Иванова Анна", company]) == [("Иванова", "Анна", ""), (company, "", "")]


@UNTIMED
@given(st.text(SIGNS, max_size=20))
def test_a_common_text_has_nothing_that_needs_a_closer_look(text: str) -> None:
    if not is_common(text, common_signs("\"#&'<", "\n")):
        return
    assert text.replace("\n", "").isprintable() and not broken(text)
    assert not set("\"#&'<").intersection(text) and all(sign.isascii() or sign.isalpha() for sign in text)


def test_russian_text_is_common() -> None:
    text = "7000012345;2026-10;5432,10;Ёлкин;г. Москва, ул. Профсоюзная, д. 12/3 к.1 (лит. Ў), кв. 5;\n"
    assert is_common(text, common_signs("\"#&'<", "\n")) and not is_common(text, common_signs(";", "\n"))


@UNTIMED
@given(st.lists(st.sampled_from(["1.00", "-12,50", "1234567890.12", "12345678901.12", "1", "-", "1.0", ""])))
def test_a_column_of_sums_fits_if_each_of_them_does(cells: list[str]) -> None:
    fits = all(ROUBLES_AND_KOPECKS.fullmatch(f"{cell};") for cell in cells)
    assert bool(ROUBLES_AND_KOPECKS.fullmatch("".join(f"{cell};" for cell in cells))) == fits


def test_each_word_for_nothing_is_found_alone_and_beside_others() -> None:
    for word in NOTHINGS:
        sums = "" if word in NULLS else word
        assert emptied([[word], ["1", word]], ["last_name", "address"]) == [[""], ["1", ""]]
        assert emptied([[word], ["1.00", word]], ["amount_due", None]) == [[sums], ["1.00", word]]


@UNTIMED
@given(st.lists(st.text(st.sampled_from("0123456789٣²") | st.characters(), max_size=9), min_size=1))
def test_numbers_of_accounts_are_read_alike_in_a_column_and_alone(column: list[str]) -> None:
    found: list[tuple[str, str]] = []
    with suppress(FieldError):
        found += map(account, column)
    if len(found) < len(column):
        with pytest.raises(FieldError):
            column_of_keys(column, False)
    else:
        assert list(zip(*column_of_keys(column, False), strict=True)) == found
