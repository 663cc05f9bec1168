"""Parses billing periods and dates of birth."""

import re
from datetime import date

from cabinet.fields.cleaning import FieldError, clean

_MONTHS = {
    "январь": 1, "февраль": 2, "март": 3, "апрель": 4, "май": 5, "июнь": 6,
    "июль": 7, "август": 8, "сентябрь": 9, "октябрь": 10, "ноябрь": 11, "декабрь": 12,
    "января": 1, "февраля": 2, "марта": 3, "апреля": 4, "мая": 5, "июня": 6,
    "июля": 7, "августа": 8, "сентября": 9, "октября": 10, "ноября": 11, "декабря": 12,
    "янв": 1, "фев": 2, "февр": 2, "мар": 3, "апр": 4, "июн": 6,
    "июл": 7, "авг": 8, "сен": 9, "сент": 9, "окт": 10, "ноя": 11, "нояб": 11, "дек": 12,
}  # fmt: skip
_MONTH = r"(?P<name>[а-я]{3,8})\.?"
_MIDNIGHT = r"(?:[ t]0{1,2}:00(?::00(?:\.0+)?)?)?"
_YEAR_WORD = r"(?: ?(?:года|году|год|г\. ?р\.?|г\.?))?"
_PERIODS = [
    re.compile(pattern + _YEAR_WORD)
    for pattern in (
        r"(?P<year>[0-9]{4})[-./ ](?P<month>[0-9]{1,2})(?:[-./ ](?P<day>[0-9]{1,2}))?" + _MIDNIGHT,
        r"(?:(?P<day>[0-9]{1,2})[-./ ])?(?P<month>[0-9]{1,2})[-./ ](?P<year>[0-9]{4})" + _MIDNIGHT,
        r"(?P<month>0[1-9]|1[0-2])(?P<year>[0-9]{4})",
        r"(?P<year>[0-9]{4})(?P<month>0[1-9]|1[0-2])",
        rf"(?:за )?(?:(?P<day>[0-9]{{1,2}}) )?{_MONTH} ?(?P<year>[0-9]{{4}})",
    )
]
_BETWEEN = "(?: ?[-./,] ?| )"
_BIRTH_DATES = [
    re.compile(pattern + _YEAR_WORD)
    for pattern in (
        rf"(?P<day>[0-9]{{1,2}}){_BETWEEN}(?P<month>[0-9]{{1,2}}){_BETWEEN}(?P<year>[0-9]{{4}}|[0-9]{{2}})",
        r"(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4}|[0-9]{2})",
        r"(?P<year>[0-9]{4})[-./ ](?P<month>[0-9]{1,2})[-./ ](?P<day>[0-9]{1,2})",
        rf"(?P<day>[0-9]{{1,2}})(?:-?(?:е|го))?[ .]*{_MONTH}[ ,]*(?P<year>[0-9]{{4}}|[0-9]{{2}})",
    )
]


def _month(match: re.Match[str]) -> int | None:
    """The number of the month that the match holds as digits or as a Russian word; None for another word."""
    groups = match.groupdict()
    return int(groups["month"]) if "month" in groups else _MONTHS.get(groups["name"])


def period(text: str) -> date:
    """The first day of the month written as `2026-10`, `10.2026`, `102026`, `октябрь 2026 г.`, `01.10.2026`.

    Years 2000 to 2100. Codes: empty, not_a_period.
    """
    text = clean(text, 50, "not_a_period").lower()
    for pattern in _PERIODS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        year, month, day = int(match["year"]), _month(match), match.groupdict().get("day")
        try:
            found = date(year, month or 0, int(day or 1))
        except ValueError:
            continue
        if 2000 <= year <= 2100:
            return found.replace(day=1)
    raise FieldError("not_a_period")


def birth_date(text: str, today: date, *, youngest: int = 14, oldest: int = 120) -> date:
    """The date of birth: `01.02.1960`, `1/2/1960`, `01021960`, `1960-02-01`, `1 февраля 1960 г.`; day first.

    The age on `today` is `youngest` to `oldest` full years.
    Codes: empty, not_a_date, short_year, no_such_date, future, too_young, too_old.
    """
    text = clean(text, 50, "not_a_date").lower()
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _BIRTH_DATES)), None)
    month = _month(match) if match else None
    if match is None or month is None:
        raise FieldError("not_a_date")
    if len(match["year"]) == 2:
        raise FieldError("short_year")
    try:
        born = date(int(match["year"]), month, int(match["day"]))
    except ValueError:
        raise FieldError("no_such_date") from None
    if born > today:
        raise FieldError("future")
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age < youngest:
        raise FieldError("too_young")
    if age > oldest:
        raise FieldError("too_old")
    return born
