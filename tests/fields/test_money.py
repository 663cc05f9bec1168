"""Sums of money, as people and files write them and as they are shown."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cabinet import fields
from cabinet.fields import FieldError
from cabinet.wording.formats import format_money
from tests.fields.refusals import refusal
from tests.properties import UNTIMED


@pytest.mark.parametrize(
    ("typed", "kopecks"),
    [
        ("4 218,67", 421867),
        ("4218,67", 421867),
        ("4218.67 ₽", 421867),
        ("4218.67₽", 421867),
        ("₽ 4218.67", 421867),
        ("4\u00a0218,67\u00a0₽", 421867),
        ("4\u202f218,67", 421867),
        ("4\u2009218,67", 421867),
        ("4'218.67", 421867),
        ("4’218.67", 421867),
        ("4,218.67", 421867),
        ("4.218,67", 421867),
        ("4 218, 67", 421867),
        ("4218 руб. 67 коп.", 421867),
        ("4 218 рублей 67 копеек", 421867),
        ("4218р67к", 421867),
        ("4218 р. 67", 421867),
        ("4218-67", 421867),
        ("4218=67", 421867),
        ("+4218,67 RUB", 421867),
        ("4218,67 руб", 421867),
        ("4218,67руб.", 421867),
        ("4218,67 р.", 421867),
        ("4218,67 Р", 421867),
        ("\u200e4218,67\ufeff", 421867),
        ("4218 67", 421867),
        ("4 218 67", 421867),
        ("4218 67 руб.", 421867),
        ("1 234 567 89", 123456789),
        ("4218,67.", 421867),
        ("4218 руб. 67 коп.;", 421867),
        ("к оплате: 4 218,67", 421867),
        ("Итого 4218.67 р.", 421867),
        ("４２１８，６７", 421867),
        ("4218/67", 421867),
        ("4218:67", 421867),
        ("421З,6О", 421360),
        ("42б1|8,5", 42611850),
        ("1 000,-", 100000),
        ("960.-", 96000),
        ("960 руб. 5 коп.", 96005),
        ("1 000", 100000),
        ("1.000", 100000),
        ("4.218", 421800),
        ("4,218", 421800),
        ("1.234.567", 123456700),
        ("1 234 567,8", 123456780),
        ("960", 96000),
        ("960,", 96000),
        ("960,5", 96050),
        ("12.5000", 1250),
        ("0.500", 50),
        ("1 234,500", 123450),
        ("1234,560", 123456),
        ("0", 0),
        ("-0", 0),
        ("0,00", 0),
        ("007", 700),
        ("10000000000", 10**12),
        ("10 000 000 000,00", 10**12),
    ],
)
def test_a_sum_is_understood(typed: str, kopecks: int) -> None:
    assert fields.money(typed) == kopecks


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("-12,30", "negative"),
        ("−12,30", "negative"),
        ("– 12,30", "negative"),
        ("10000000000,01", "too_large"),
        ("99999999999999999999", "too_large"),
        ("12,345,6", "not_money"),
        ("1234,567", "not_money"),
        ("1 234,567", "not_money"),
        ("12.3456", "not_money"),
        ("42 18", "not_money"),
        ("1 2345", "not_money"),
        ("218 67", "not_money"),
        ("12О", "not_money"),
        ("4218б", "not_money"),
        ("|4218|", "not_money"),
        ("4218,67-", "not_money"),
        ("4218 67 00", "not_money"),
        ("1 234'567", "not_money"),
        ("1,23.456,78", "not_money"),
        ("0,123,456", "not_money"),
        ("1..5", "not_money"),
        (",50", "not_money"),
        ("руб", "not_money"),
        ("12,30 руб. 40 коп.", "not_money"),
        ("12 коп.", "not_money"),
        ("12 руб. 345 коп.", "not_money"),
        ("12 USD", "not_money"),
        ("1e5", "not_money"),
        ("0x10", "not_money"),
        ("nan", "not_money"),
        ("١٢", "not_money"),
        ("12-", "not_money"),
        ("--12", "not_money"),
    ],
)
def test_other_sums_are_refused(typed: str, code: str) -> None:
    assert refusal(fields.money, typed) == code


def test_negative_sums_are_for_those_who_ask() -> None:
    assert fields.money("-12,30", signed=True) == -1230
    assert fields.money("−1 012,30 ₽", signed=True) == -101230
    assert refusal(fields.money, "-10000000000,01", signed=True) == "too_large"


@pytest.mark.parametrize(
    "typed", ["к оплате -150,30", "Сумма: -150,30", "итого −150,30 ₽", "Всего: - 150,30", "сумма=-150,30"]
)
def test_a_minus_behind_words_stays_a_minus(typed: str) -> None:
    assert fields.money(typed, signed=True) == -15030
    assert refusal(fields.money, typed) == "negative"


def test_a_dash_that_may_be_a_minus_is_refused_where_sums_have_signs() -> None:
    assert fields.money("итого – 150,30") == 15030
    assert refusal(fields.money, "итого – 150,30", signed=True) == "not_money"


def test_a_sum_is_shown_with_no_break_spaces() -> None:
    assert format_money(421867) == "4\u00a0218,67\u00a0₽"
    assert format_money(5) == "0,05\u00a0₽"
    assert format_money(0) == "0,00\u00a0₽"
    assert format_money(-123456700) == "−1\u00a0234\u00a0567,00\u00a0₽"


AMOUNTS = st.integers(0, fields.MAX_KOPECKS) | st.integers(0, 10**7)


@UNTIMED
@given(
    AMOUNTS,
    st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009", "'", "’", ".", ","]),
    st.sampled_from([",", "."]),
    st.sampled_from(["", " ₽", "₽", " руб.", " руб", "р.", " RUB", " р", "00"]),
    st.sampled_from(["", "+", " ", "\u200e"]),
)
@example(100000, ".", ",", "", "")
def test_a_sum_written_any_usual_way_comes_back(
    kopecks: int, thousands: str, decimal: str, tail: str, head: str
) -> None:
    if thousands == decimal:
        thousands = ""
    typed = head + f"{kopecks // 100:,}".replace(",", thousands) + f"{decimal}{kopecks % 100:02}" + tail
    assert fields.money(typed) == kopecks


@UNTIMED
@given(AMOUNTS, st.booleans())
def test_a_shown_sum_comes_back(kopecks: int, negative: bool) -> None:
    amount = -kopecks if negative else kopecks
    assert fields.money(format_money(amount), signed=True) == amount


@UNTIMED
@given(st.from_regex(r"[0-9]{1,10}([.,][0-9]{0,4})?", fullmatch=True))
def test_the_short_cut_for_plain_sums_agrees_with_the_long_way(typed: str) -> None:
    def outcome(text: str) -> int | str:
        try:
            return fields.money(text)
        except FieldError as error:
            return error.code

    assert outcome(typed) == outcome(f" {typed} руб.")
