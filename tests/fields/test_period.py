"""Months, as people and files write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet import fields
from tests.fields.dates import GENITIVE
from tests.fields.refusals import refusal
from tests.properties import UNTIMED


@pytest.mark.parametrize(
    "typed",
    [
        "2026-10",
        "10.2026",
        "10/2026",
        "10-2026",
        "10 2026",
        "2026.10",
        "102026",
        "202610",
        "октябрь 2026",
        "Октябрь 2026 г.",
        "ОКТЯБРЬ 2026 ГОДА",
        "октября 2026",
        "за октябрь 2026",
        "окт. 2026",
        "окт 2026г",
        "октябрь\u00a02026",
        "01.10.2026",
        "1.10.2026",
        "31.10.2026",
        "2026-10-01",
        "01.10.2026 0:00:00",
        "2026-10-01 00:00:00",
        "2026-10-01T00:00:00",
        "1 октября 2026 г.",
    ],
)
def test_a_period_is_understood(typed: str) -> None:
    assert fields.period(typed) == date(2026, 10, 1)


@pytest.mark.parametrize(
    "typed",
    [
        "2026",
        "10",
        "10.26",
        "13.2026",
        "00.2026",
        "132026",
        "1999-12",
        "2101-01",
        "31.09.2026",
        "2026-10-32",
        "октомбер 2026",
        "октябрь",
        "2026-10-01 10:00",
        "0000-00",
        "9999-99",
        "2026-1-1-1",
        "г. 2026",
    ],
)
def test_other_periods_are_refused(typed: str) -> None:
    assert refusal(fields.period, typed) == "not_a_period"


NOMINATIVE = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split()  # noqa: SIM905
MONTHS = st.dates(date(2000, 1, 1), date(2100, 12, 31)).map(lambda day: day.replace(day=1))


@UNTIMED
@given(MONTHS)
def test_a_month_written_any_usual_way_comes_back(month: date) -> None:
    year, number = month.year, month.month
    for typed in (
        month.isoformat(),
        f"{month:%Y-%m}",
        f"{month:%m.%Y}",
        f"{month:%m/%Y}",
        f"{month:%m%Y}",
        f"{month:%d.%m.%Y}",
        f"{NOMINATIVE[number - 1]} {year}",
        f"{NOMINATIVE[number - 1].title()} {year} г.",
        f"{GENITIVE[number - 1]} {year} года",
        f"{NOMINATIVE[number - 1][:3]}. {year}",
    ):
        assert fields.period(typed) == month
