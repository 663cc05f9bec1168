"""Tells the months that a sheet of a workbook names: as its own name, above its table and in its titles."""

import re
from collections.abc import Iterable
from datetime import date

from cabinet.billing.periods import NAMES, SHORT

YEAR = r"(20[0-9]{2})"
NAMED = re.compile(  # «за сентябрь», «в мае», «сентября 2026»; not «8 Марта», which is a street, nor a day
    r"\b(январ[ье]|феврал[ье]|март|марте|апрел[ье]|май|мае|июн[ье]|июл[ье]|август|августе|"
    r"сентябр[ье]|октябр[ье]|ноябр[ье]|декабр[ье])\b(?:,? (20[0-9]{2}))?"
    r"|(?<![0-9] )\b(января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря) "
    + YEAR
)
NUMBERED = re.compile(rf"(?<![0-9./-])(0?[1-9]|1[0-2])[./-]{YEAR}(?![0-9.-])")  # 09.2026, but no day
YEAR_FIRST = re.compile(rf"(?<![0-9./-]){YEAR}[. -](0[1-9]|1[0-2])(?![0-9./-])")
WHOLE = re.compile(rf"\b0?1\.(0[1-9]|1[0-2])\.{YEAR}(?: ?г\.?)? ?(?:-|–|по) ?[0-9]{{2}}\.\1\.\2")
LONE = re.compile(r"([а-яa-z]{3,9})\.?(?:[ .'_-]*(20)?([0-9]{2}))?")  # a sheet called «окт» or «окт.26»

Months = set[tuple[int, int]]  # year, 0 where it is not said; month


def months_of(name: str, texts: Iterable[str]) -> Months:
    """The months named by a sheet of this name with these texts in and above its titles."""
    found: Months = set()
    for text in (_plain(name), _plain(" ; ".join(texts))):
        for month, year, of_month, of_year in NAMED.findall(text):
            found.add((int(year or of_year or 0), NAMES[_stem(month or of_month)]))
        found |= {(int(year), int(month)) for month, year in NUMBERED.findall(text) + WHOLE.findall(text)}
        found |= {(int(year), int(month)) for year, month in YEAR_FIRST.findall(text)}
    alone = LONE.fullmatch(_plain(name))
    if alone and (month := NAMES.get(alone[1])):
        found.add((int(f"20{alone[3]}") if alone[3] else 0, month))
    if short := SHORT.fullmatch(_plain(name).replace("/", " ")):
        found.add((2000 + int(short[2]), int(short[1])))
    return found


def is_of(months: Months, period: date) -> bool:
    """Whether a sheet that names these months may be of a period: it names none, or this one among others."""
    return not months or any(month == period.month and year in (0, period.year) for year, month in months)


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("ё", "е").replace("_", " ").split())


def _stem(month: str) -> str:
    return "май" if month in ("мая", "мае", "май") else month.rstrip("ьяеа")
