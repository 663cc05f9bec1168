"""Parses billing periods and dates of birth."""

import re
from datetime import date

from cabinet.fields.cleaning import FieldError, clean, with_digits

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
_YEAR_WORD = r"(?: ?(?:(?:года|г\.?) ?(?:рождения|рожд\.?|р\.?)|года|году|год|г)\.?)?"
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
_BETWEEN = r"[-./,:;\\_ ]{1,3}"
_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_BIRTH_DATES = [
    re.compile(pattern + _YEAR_WORD + r"[.,;]?")
    for pattern in (
        rf"(?P<day>[0-9]{{1,2}}){_BETWEEN}(?P<month>[0-9]{{1,2}}){_BETWEEN}{_YEAR}",
        rf"(?P<day>[0-9]{{2}})(?P<month>[0-9]{{2}}){_YEAR}",
        rf"(?P<year>[0-9]{{4}}){_BETWEEN}(?P<month>[0-9]{{1,2}}){_BETWEEN}(?P<day>[0-9]{{1,2}})",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        rf"(?P<day>[0-9]{{1,2}})(?:-?(?:е|го))?[ ./-]*{_MONTH}[ ,./-]*{_YEAR}",
        rf"(?P<day>[0-9]{{1,2}}){_BETWEEN}(?P<roman>[ivxхі]{{1,4}}){_BETWEEN}{_YEAR}",
    )
]
_ROMAN = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6,
    "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12,
}  # fmt: skip
_LATIN = str.maketrans("хі", "xi")
_OLD = 100  # years; two digits of a year may mean anybody younger


def _month(match: re.Match[str]) -> int | None:
    """The number of the month that the match holds in digits, Roman or not, or as a word; else None."""
    groups = match.groupdict()
    if "roman" in groups:
        return _ROMAN.get(groups["roman"].translate(_LATIN))
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

    The age on `today` is `youngest` to `oldest` full years. Two digits of a year do where they leave one
    year in which somebody below a hundred may be born.
    Codes: empty, not_a_date, short_year, no_such_date, future, too_young, too_old.
    """
    text = clean(text, 50, "not_a_date").lower()
    spellings = dict.fromkeys((text, with_digits(text)))  # `II` is February rather than eleven
    reasons = []
    for match in filter(None, (pattern.fullmatch(one) for one in spellings for pattern in _BIRTH_DATES)):
        try:
            return _born(match, today, youngest, oldest)
        except FieldError as error:
            reasons.append(error.code)
    raise FieldError(reasons[0] if reasons else "not_a_date")


def _born(match: re.Match[str], today: date, youngest: int, oldest: int) -> date:
    """The date of a match, checked. Raises FieldError."""
    month, day, year = _month(match), int(match["day"]), int(match["year"])
    if month is None:
        raise FieldError("not_a_date")
    if len(match["year"]) == 2:
        return _born_in_short_year(year, month, day, today, youngest)
    try:
        born = date(year, month, day)
    except ValueError:
        raise FieldError("no_such_date") from None
    if born > today:
        raise FieldError("future")
    age = _age(born, today)
    if age < youngest:
        raise FieldError("too_young")
    if age > oldest:
        raise FieldError("too_old")
    return born


def _born_in_short_year(year: int, month: int, day: int, today: date, youngest: int) -> date:
    """The one date that the last two digits of a year can mean. Raises FieldError: short_year."""
    century = today.year - today.year % 100
    found = []
    for whole in (century + year, century - 100 + year):
        try:
            born = date(whole, month, day)
        except ValueError:
            continue
        if youngest <= _age(born, today) < _OLD:
            found.append(born)
    if len(found) != 1:
        raise FieldError("short_year")
    return found[0]


def _age(born: date, today: date) -> int:
    """Full years; negative before the birth."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
