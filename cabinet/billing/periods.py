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
        stem, stem[:3], *(stem + end for end in ("ь", "я", "е", "ю", "ем", "й", "а", "у")),
        english, english[:3],
    )
    if name != "ма"
}  # fmt: skip
ALIKE = {"ё": "е", "–": "-", "—": "-", "х": "x", "\xa0": " ", "\u2009": " "}
SIGNS = str.maketrans(ALIKE | dict.fromkeys('«»"'))
WORD = r"([а-яa-z]{3,9})\.?"
YEAR = r"([0-9]{4}|[0-9]{2})"
OF_YEAR = r"(?: ?(?:года|год|г)\.?)?"
IN_WORDS = r"(?:-?й)? ?(?:месяц|мес|м)\.?"  # 10 месяц, 10-й мес.
PREFIX = re.compile(r"^(?:(?:за|в|расчетный|отчетный|период|месяц):? )+")
NAMED = re.compile(rf"{WORD}(?: месяц)?(?: ?[-,./'’] ?| )?{YEAR}{OF_YEAR}")
YEAR_FIRST = re.compile(rf"([0-9]{{4}}){OF_YEAR}[-,./ ]*{WORD}(?: месяц)?")
NUMBERED = re.compile(rf"(0?[1-9]|1[0-2])(?:{IN_WORDS}|\. )[ ,./-]*([0-9]{{4}}){OF_YEAR}")
NUMBERED_LAST = re.compile(
    rf"([0-9]{{4}})(?:{OF_YEAR}[ ,./-]*(0?[1-9]|1[0-2]){IN_WORDS}|(?:-?[mм]|[_,])(0[1-9]|1[0-2]))"
)
DAY_OF_NAMED = re.compile(rf"([0-9]{{1,2}})[-./ ]{WORD}[-./ ]{YEAR}")  # 31-OCT-26
ROMAN = re.compile(rf"([ivx]{{1,4}})[-./ ]([0-9]{{4}}){OF_YEAR}")
ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
DIGITS = re.compile(r"([0-9]?[0-9])([0-9]{2})")  # 1026, 926, 2610
MONTH_ALONE = re.compile(r"0?[1-9]|1[0-2]")
LOST_ZERO = re.compile(r"(20[0-9]{2})[.,]1")  # of 2026.10, if a spreadsheet wrote it
SHORT = re.compile(r"(0?[1-9]|1[0-2])[./-]([0-9]{2})")  # 10.26
SHORT_DAY = re.compile(r"([0-9]{1,2})[.-](0?[1-9]|1[0-2])[.-]([0-9]{2})(?: 0{1,2}:00(?::00)?)?")  # 01.10.26
COMPACT = re.compile(r"(20[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")  # 20261031
SLASHED = re.compile(  # 10/1/2026, 10/1/26, 10-1-2026
    r"([0-9]{1,2})[/-]([0-9]{1,2})[/-](20[0-9]{2}|(?<=/)[0-9]{2})"
    r"(?: (?:0{1,2}:00(?::00)?(?: ?am)?|12:00(?::00)? ?am))?",
    re.IGNORECASE,
)
TIMED = re.compile(  # a day that ends at 23:59:59; of time zones only Moscow's is certain
    r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})[ t][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:\+03:?00)?"
)
TIMED_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.(20[0-9]{2}),? [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")
SERIAL = re.compile(r"(4[0-9]{4}|5[0-9]{4})(?:[.,]0+)?")  # days since 1900 as spreadsheets count them
SPAN = re.compile(r"(?:[сc] )?([0-9./-]{6,10}) ?(?:-|по|\.\.+) ?([0-9./-]{6,10})")
SPAN_OF_ONE_YEAR = re.compile(r"(?:[сc] )?0?1[./](0?[1-9]|1[0-2]) ?(?:-|по|\.\.+) ?([0-9./]{8,10})")
SPAN_OF_NAMED = re.compile(
    rf"(?:[сc] )?0?1(?: ([а-я]+)(?: [0-9]{{4}}{OF_YEAR})?)? ?(?:-|по) ?[0-9]{{2}} ([а-я]+) ([0-9]{{4}})"
    + OF_YEAR
)
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


def lacks_year(text: str) -> bool:
    """Whether it is a month without a year: «октябрь», «10»."""
    return text.lower().rstrip(".") in NAMES or MONTH_ALONE.fullmatch(text) is not None


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
        """The first day of the month.

        Raises FieldError: empty, not_a_period, day_or_month, no_year, lost_zero, future, old, other.
        """
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
        text = PREFIX.sub("", " ".join(text.lower().translate(SIGNS).split()).replace(" / ", "/"), 1)
        if not text:
            raise fields.FieldError("empty")
        if text[-2:-1].isdigit():
            text = text.rstrip(".")
        slashed = SLASHED.fullmatch(text)
        if slashed:
            return self._slashed(int(slashed[1]), int(slashed[2]), _year(slashed[3]))
        if month := NAMES.get(text.rstrip("."), int(text) if MONTH_ALONE.fullmatch(text) else 0):
            if self.only is None:
                raise fields.FieldError("no_year")
            return self.only.replace(month=month)
        if LOST_ZERO.fullmatch(text):
            if self.only and self.only.month in (1, 10) and text.startswith(f"{self.only.year}"):
                return self.only
            raise fields.FieldError("lost_zero")
        return unusual(text) or _span(text) or fields.period(text)

    def _slashed(self, first: int, second: int, year: int) -> date:
        order = self.order
        if self.only and (first == self.only.month) != (second == self.only.month):
            order = "day" if second == self.only.month else "month"
        if not order and first != second:
            raise fields.FieldError("day_or_month")
        day, month = (second, first) if order == "month" else (first, second)
        return _day(year, month, day).replace(day=1)


def unusual(text: str) -> date | None:
    """A month as spreadsheets and programs write it: «окт.26», 46296, 20261031, «10 мес. 2026».

    `text` is in lower case with single spaces. Raises FieldError.
    """
    serial = SERIAL.fullmatch(text)
    if serial:
        return (date(1899, 12, 30) + timedelta(days=int(serial[1]))).replace(day=1)
    found = _with_day(text)
    if found:
        return found.replace(day=1)
    year, month = _year_and_month(text)
    return date(year, month, 1) if 1 <= month <= 12 else None


def _with_day(text: str) -> date | None:
    """A date whose month is meant."""
    if found := COMPACT.fullmatch(text) or TIMED.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := TIMED_DAY.fullmatch(text):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := SHORT_DAY.fullmatch(text):
        return _day(_year(found[3]), int(found[2]), int(found[1]))
    found = DAY_OF_NAMED.fullmatch(text)
    month = NAMES.get(found[2]) if found else None
    return _day(_year(found[3]), month, int(found[1])) if found and month else None


def _year_and_month(text: str) -> tuple[int, int]:
    """Year and month; 0 for the month of another text."""
    if found := SHORT.fullmatch(text) or DECIMAL_MONTH.fullmatch(text) or NUMBERED.fullmatch(text):
        return _year(found[2]), int(found[1])
    if found := NUMBERED_LAST.fullmatch(text):
        return int(found[1]), int(found[2] or found[3])
    if found := DIGITS.fullmatch(text):  # 1026 has its year behind, 2610 in front; 1110 tells neither
        first, last = int(found[1]), int(found[2])
        return 2000 + max(first, last), min(first, last) if max(first, last) > 12 else 0
    if (found := ROMAN.fullmatch(text)) and found[1] in ROMANS:
        return int(found[2]), ROMANS.index(found[1]) + 1
    if found := NAMED.fullmatch(text):
        return _year(found[2]), NAMES.get(found[1], 0)
    if found := YEAR_FIRST.fullmatch(text):
        return int(found[1]), NAMES.get(found[2], 0)
    return 0, 0


def _span(text: str) -> date | None:
    """The month of its first and its last day. Raises FieldError if these are of different months."""
    if found := SPAN.fullmatch(text):
        first, last = (unusual(part) or fields.period(part) for part in found.groups())
    elif found := SPAN_OF_ONE_YEAR.fullmatch(text):
        last = unusual(found[2]) or fields.period(found[2])
        first = last.replace(month=int(found[1]))
    elif found := SPAN_OF_NAMED.fullmatch(text):
        last = fields.period(f"{found[2]} {found[3]}")
        first = fields.period(f"{found[1]} {found[3]}") if found[1] else last
    else:
        return None
    if first != last:
        raise fields.FieldError("not_a_period")
    return first


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise fields.FieldError("not_a_period") from error
