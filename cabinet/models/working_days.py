"""Which days people work in Russia: art. 112 of the Labour Code, and days off that each decree moves."""

from datetime import date, timedelta
from functools import lru_cache

from cabinet.models.base import settings
from config_terms import moved_day

NEW_YEAR = tuple((1, day) for day in range(1, 9))
OTHERS = ((2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4))
DAY = timedelta(days=1)


def is_working(day: date) -> bool:
    """Whether people work on this day, as far as `DAYS_OFF_MOVED` tells of its year."""
    off, on = _exceptions(day.year, settings().days_off_moved)
    return day in on or (day.weekday() < 5 and day not in off)


def later(day: date, working_days: int) -> date:
    """The last of so many working days, the first of which follows the day."""
    for _n in range(working_days):
        day += DAY
        while not is_working(day):
            day += DAY
    return day


def earlier(day: date, working_days: int) -> date:
    """The first of so many working days, the last of which is before the day."""
    for _n in range(working_days):
        day -= DAY
        while not is_working(day):
            day -= DAY
    return day


@lru_cache(maxsize=16)
def _exceptions(year: int, moved: tuple[str, ...]) -> tuple[frozenset[date], frozenset[date]]:
    """Days of a year that are off though in the week, and those worked at a weekend.

    A holiday on a weekend moves that day off to the next working day, unless the decree says otherwise of it;
    those of the new year only the decree moves.
    """
    days = dict(filter(None, map(moved_day, moved)))
    others = [date(year, month, day) for month, day in OTHERS]
    holidays = {*others, *(date(year, month, day) for month, day in NEW_YEAR)}
    off = {*holidays, *days.values()}
    for holiday in others:
        if holiday.weekday() >= 5 and holiday not in days:
            day = holiday + DAY
            while day.weekday() >= 5 or day in off:
                day += DAY
            off.add(day)
    return frozenset(off), frozenset(days.keys() - holidays)
