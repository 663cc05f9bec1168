"""Working days in Russia: weekends, holidays, holidays on weekends, days off that a decree moved."""

from datetime import date, timedelta

import pytest
from peewee import Database

from cabinet.models.data_request import last_day
from cabinet.models.working_days import earlier, is_working, later
from config import Settings
from config_check import problems

pytestmark = pytest.mark.usefixtures("database")
OFF_2026 = (  # in the week, by the production calendar
    *(f"2026-01-{day:02}" for day in (1, 2, 5, 6, 7, 8, 9)),
    *("2026-02-23", "2026-03-09", "2026-05-01", "2026-05-11", "2026-06-12", "2026-11-04", "2026-12-31"),
)


def test_the_calendar_of_2026(database: Database) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    off = [day.isoformat() for day in days if day.weekday() < 5 and not is_working(day)]
    assert tuple(off) == OFF_2026
    assert not any(is_working(day) for day in days if day.weekday() >= 5)
    assert sum(map(is_working, days)) == 247


@pytest.mark.settings(
    days_off_moved=(
        *("2024-04-27>2024-04-29", "2024-11-02>2024-04-30", "2024-12-28>2024-12-30"),
        *("2024-01-06>2024-05-10", "2024-01-07>2024-12-31"),
    )
)
def test_a_saturday_is_worked_for_a_day_off_in_the_week(database: Database) -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
    worked = [day.isoformat() for day in days if day.weekday() >= 5 and is_working(day)]
    assert worked == ["2024-04-27", "2024-11-02", "2024-12-28"]
    assert not is_working(date(2024, 1, 6)) and not is_working(date(2024, 12, 31))
    assert sum(map(is_working, days)) == 248


@pytest.mark.settings(days_off_moved=("2025-02-23>2025-05-08", "2025-03-08>2025-06-13"))
def test_the_decree_has_the_last_word_of_a_holiday_on_a_weekend(database: Database) -> None:
    assert is_working(date(2025, 2, 24)) and is_working(date(2025, 3, 10))
    assert not is_working(date(2025, 5, 8)) and not is_working(date(2025, 6, 13))


def test_the_law_gives_ten_working_days(database: Database) -> None:
    assert last_day("tell", date(2026, 4, 30)) == date(2026, 5, 18)
    assert last_day("tell", date(2026, 12, 29)) == later(date(2026, 12, 29), 10)
    assert last_day("withdraw", date(2026, 4, 30)) == date(2026, 5, 30)
    assert earlier(date(2026, 5, 12), 1) == date(2026, 5, 8)
    assert later(date(2026, 5, 12), 0) == earlier(date(2026, 5, 12), 0) == date(2026, 5, 12)


@pytest.mark.parametrize("text", ["2026-13-01>2026-01-09", "2026-01-03", "2026-01-03>", "3.01>9.01"])
def test_what_says_no_two_days_prevents_a_start(text: str, database: Database) -> None:
    assert any("DAYS_OFF_MOVED" in one for one in problems(Settings(testing=True, days_off_moved=(text,))))
