"""Dates of birth."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet import fields
from tests.fields.dates import GENITIVE, TODAY
from tests.fields.refusals import refusal
from tests.properties import UNTIMED


@pytest.mark.parametrize(
    "typed",
    [
        "01.02.1960",
        "1.2.1960",
        "01/02/1960",
        "01-02-1960",
        "01 02 1960",
        "01, 02, 1960",
        "01. 02. 1960",
        "01021960",
        "1960-02-01",
        "1960.02.01",
        "1 февраля 1960 г.",
        "1 февраля 1960",
        "1 Февраля 1960 года",
        "1 фев 1960",
        "01.02.1960 г.р.",
        "01\u00a0февраля\u00a01960",
        "01–02–1960",
        " \u200e01.02.1960",
        "01.02.60",
        "1.2.60",
        "010260",
        "1 февраля 60",
        "19600201",
        "1960, 02, 01",
        "1.II.1960",
        "1/ІІ-60",
        "1-фев-1960",
        "01.02.1960 года рождения",
        "01.02.1960г.рожд.",
        "1 февраля 1960 г.р.",
        "01.02.1960.",
        "01:02:1960",
        "01..02.1960",
        "01_02_1960",
        "О1.02.196О",
        "1 февраль 1960",
    ],
)
def test_a_date_of_birth_is_understood(typed: str) -> None:
    assert fields.birth_date(typed, TODAY) == date(1960, 2, 1)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("01.02.19", "short_year"),
        ("010220", "short_year"),
        ("1 февраля 13", "short_year"),
        ("31.02.60", "short_year"),
        ("1.IIII.1960", "not_a_date"),
        ("31.02.1960", "no_such_date"),
        ("29.02.1961", "no_such_date"),
        ("00.01.1960", "no_such_date"),
        ("12/31/1960", "no_such_date"),
        ("01.01.0000", "no_such_date"),
        ("16.10.2026", "future"),
        ("15.10.2026", "too_young"),
        ("16.10.2012", "too_young"),
        ("15.10.1905", "too_old"),
        ("01.01.0001", "too_old"),
        ("01.02.196", "not_a_date"),
        ("1960", "not_a_date"),
        ("1 фювраля 1960", "not_a_date"),
        ("вчера", "not_a_date"),
        ("01.02.19600", "not_a_date"),
        ("٠١.٠٢.١٩٦٠", "not_a_date"),
    ],
)
def test_other_dates_of_birth_are_refused_by_reason(typed: str, code: str) -> None:
    assert refusal(fields.birth_date, typed, TODAY) == code


def test_the_limits_of_age_are_inclusive() -> None:
    assert fields.birth_date("15.10.2012", TODAY) == date(2012, 10, 15)
    assert fields.birth_date("15.10.1906", TODAY) == date(1906, 10, 15)
    assert fields.birth_date("16.10.1905", TODAY) == date(1905, 10, 16)
    assert fields.birth_date("29.02.2012", date(2026, 3, 1)) == date(2012, 2, 29)
    assert refusal(fields.birth_date, "29.02.2012", date(2026, 2, 28)) == "too_young"


def test_two_digits_of_a_year_mean_the_one_year_in_which_people_are_born() -> None:
    assert fields.birth_date("15.10.27", TODAY) == date(1927, 10, 15)
    assert fields.birth_date("15.10.12", TODAY) == date(2012, 10, 15)
    assert fields.birth_date("15.10.08", TODAY) == date(2008, 10, 15)
    assert refusal(fields.birth_date, "16.10.12", TODAY) == "short_year", "too young, or too old"
    assert refusal(fields.birth_date, "15.10.26", TODAY) == "short_year"
    assert fields.birth_date("29.02.60", TODAY) == date(1960, 2, 29)


def test_eight_digits_are_read_the_way_that_makes_a_date() -> None:
    assert fields.birth_date("20101980", TODAY) == date(1980, 10, 20)
    assert fields.birth_date("20011201", TODAY) == date(2001, 12, 1)


@UNTIMED
@given(st.dates(TODAY - timedelta(days=43_800), TODAY - timedelta(days=5_114)))
def test_a_date_of_birth_written_any_usual_way_comes_back(born: date) -> None:
    for typed in (
        f"{born:%d.%m.%Y}",
        f"{born.day}.{born.month}.{born.year}",
        f"{born:%d/%m/%Y}",
        f"{born:%d %m %Y}",
        f"{born:%d%m%Y}",
        born.isoformat(),
        f"{born.day} {GENITIVE[born.month - 1]} {born.year} г.",
    ):
        assert fields.birth_date(typed, TODAY) == born
