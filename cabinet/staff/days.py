"""Days as filters of lists name them, in Moscow."""

from datetime import date, datetime, timedelta

from flask import request

from cabinet.models.spending import MOSCOW

FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)  # others are slips of the hand


def day_asked(name: str) -> date | None:
    """The day of a parameter of the address; None without one, and for anything that is no day of ours."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


def begin_of(day: date | None) -> datetime | None:
    """When it begins, in UTC."""
    return datetime.combine(day, datetime.min.time()) - MOSCOW if day else None


def end_of(day: date | None) -> datetime | None:
    """When it is over, in UTC."""
    return begin_of(day + timedelta(days=1)) if day else None
