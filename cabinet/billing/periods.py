"""Months as exports write them."""

import re
from datetime import date, timedelta

from cabinet import fields

OLDEST = 60  # months back
SPELLINGS = 1000  # that are remembered
STEMS = (
    "январ",
    "феврал",
    "март",
    "апрел",
    "ма",
    "июн",
    "июл",
    "август",
    "сентябр",
    "октябр",
    "ноябр",
    "декабр",
)
ENGLISH = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
SHORT_NAMES = {"февр": 2, "сент": 9, "нояб": 11, "sept": 9}
NAMES = SHORT_NAMES | {
    name: number
    for number, (stem, english) in enumerate(zip(STEMS, ENGLISH, strict=True), 1)
    for name in (
        stem, stem[:3], *(stem + end for end in ("ь", "я", "е", "й", "а")), english, english[:3]
    )
    if name != "ма"
}  # fmt: skip
WORD = r"([а-яa-z]{3,9})\.?"
YEAR = r"([0-9]{4}|[0-9]{2})"
NAMED = re.compile(rf"(?:за )?{WORD}(?: ?[-,./'’] ?| )?{YEAR}(?: ?(?:года|год|г)\.?)?")
YEAR_FIRST = re.compile(rf"([0-9]{{4}})(?: ?(?:года|год|г)\.?)?[-,./ ]+{WORD}")
SHORT = re.compile(r"(0?[1-9]|1[0-2])[./-]([0-9]{2})")  # 10.26
SHORT_DAY = re.compile(r"([0-9]{1,2})[.-](0?[1-9]|1[0-2])[.-]([0-9]{2})(?: 0{1,2}:00(?::00)?)?")  # 01.10.26
COMPACT = re.compile(r"(20[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")  # 20261031
SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/(20[0-9]{2}|[0-9]{2})(?: 0{1,2}:00(?::00)?(?: ?am)?)?")
SERIAL = re.compile(r"(4[0-9]{4}|5[0-9]{4})(?:[.,]0+)?")  # days since 1900 as spreadsheets count them
SPAN = re.compile(r"(?:с )?([0-9./-]{6,10}) ?(?:-|по|\.\.+) ?([0-9./-]{6,10})")
DECIMAL_MONTH = re.compile(r"(1?[0-9])[.,](20[0-9]{2})0*")


def month_after(month: date) -> date:
    """The first day of the month after one."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def day_order(spellings: set[str]) -> str:
    """What comes first in dates such as 10/1/2026, by all of a column: "day", "month", "" if none can tell.

    A number above twelve tells; otherwise, that under one reading all are firsts of months and under the
    other not.
    """
    pairs = [(int(m[1]), int(m[2])) for text in spellings if (m := SLASHED.fullmatch(text.strip().lower()))]
    if not pairs:
        return "day"
    day, month = any(first > 12 for first, _ in pairs), any(second > 12 for _, second in pairs)
    if not day and not month:
        day, month = all(first == 1 for first, _ in pairs), all(second == 1 for _, second in pairs)
        if day and month:
            return "day"
    if day == month:
        return ""
    return "day" if day else "month"


class Periods:
    """Reads the months of one file; spellings are remembered.

    `order` is what comes first in dates with slashes ("day", "month", "" for unknown), `only` the month that
    staff named: no other is taken. Months must lie between five years back and the one after `today`.
    """

    def __init__(self, today: date, order: str = "day", only: date | None = None) -> None:
        self.newest = month_after(today)
        years, months = divmod(today.year * 12 + today.month - 1 - OLDEST, 12)
        self.oldest = date(years, months + 1, 1)
        self.order, self.only = order, only
        self.known: dict[str, date] = {}

    def of(self, text: str) -> date:
        """The first day of the month. Raises FieldError: not_a_period, day_or_month, future, old, other."""
        known = self.known.get(text)
        if known is None:
            if len(self.known) >= SPELLINGS:
                self.known.clear()
            known = self.known[text] = self._checked(text)
        return known

    def _checked(self, text: str) -> date:
        month = self._read(text)
        if month > self.newest:
            raise fields.FieldError("future")
        if month < self.oldest:
            raise fields.FieldError("old")
        if self.only and month != self.only:
            raise fields.FieldError("other")
        return month

    def _read(self, text: str) -> date:
        if len(text) > 50 or "\n" in text or "\r" in text:
            raise fields.FieldError("not_a_period")
        text = " ".join(text.lower().replace("ё", "е").split())
        if not text:
            raise fields.FieldError("not_a_period")
        slashed = SLASHED.fullmatch(text)
        if slashed:
            return self._slashed(int(slashed[1]), int(slashed[2]), _year(slashed[3]))
        span = SPAN.fullmatch(text)
        if span:
            first, last = fields.period(span[1]), fields.period(span[2])
            if first != last:
                raise fields.FieldError("not_a_period")
            return first
        return unusual(text) or fields.period(text)

    def _slashed(self, first: int, second: int, year: int) -> date:
        order = self.order
        if self.only and (first == self.only.month) != (second == self.only.month):
            order = "day" if second == self.only.month else "month"
        if not order and first != second:
            raise fields.FieldError("day_or_month")
        day, month = (second, first) if order == "month" else (first, second)
        return _day(year, month, day).replace(day=1)


def unusual(text: str) -> date | None:
    """A month written as spreadsheets do, not people: «окт.26», 46296, 20261031. Raises FieldError."""
    serial = SERIAL.fullmatch(text)
    if serial:
        return (date(1899, 12, 30) + timedelta(days=int(serial[1]))).replace(day=1)
    compact = COMPACT.fullmatch(text)
    if compact:
        return _day(int(compact[1]), int(compact[2]), int(compact[3])).replace(day=1)
    short_day = SHORT_DAY.fullmatch(text)
    if short_day:
        return _day(_year(short_day[3]), int(short_day[2]), int(short_day[1])).replace(day=1)
    short = SHORT.fullmatch(text)
    if short:
        return date(2000 + int(short[2]), int(short[1]), 1)
    decimal = DECIMAL_MONTH.fullmatch(text)
    if decimal and 1 <= int(decimal[1]) <= 12:
        return date(int(decimal[2]), int(decimal[1]), 1)
    named, turned = NAMED.fullmatch(text), YEAR_FIRST.fullmatch(text)
    word, year = (named[1], named[2]) if named else (turned[2], turned[1]) if turned else ("", "")
    month = NAMES.get(word)
    return date(_year(year), month, 1) if month else None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise fields.FieldError("not_a_period") from error
