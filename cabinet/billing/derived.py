"""Combines several cells into one of our fields, and splits one cell into several."""

import re
from collections.abc import Iterator

from cabinet.billing.numbers import whole

MARKS = re.compile(r'["«»0-9,;]')  # of companies, as the words are
COMPANY = {
    "ооо", "оао", "зао", "пао", "ао", "ип", "тсж", "тсн", "снт", "гбу", "муп", "мбу", "гуп", "фгуп",
    "мку", "мкд", "администрация", "общество", "товарищество", "управление", "департамент", "комитет",
    "учреждение", "предприятие", "компания", "магазин", "школа", "банк",
}  # fmt: skip
WORD = re.compile(r"\w+")
INITIALS = re.compile(r"([А-ЯЁA-Z]\.)\s*([А-ЯЁA-Z]\.?)?", re.IGNORECASE)


def names(text: str) -> tuple[str, str, str]:
    """Surname, first name and patronymic of one cell; a company or several people are all surname."""
    words = text.split()
    if len(words) < 2 or len(words) > 4 or MARKS.search(text) or _names_company(text.lower()):
        return text, "", ""
    initials = "." in text and INITIALS.fullmatch(" ".join(words[1:]))
    if initials:
        return words[0], initials[1], initials[2] or ""
    return words[0], words[1], " ".join(words[2:])


def _names_company(text: str) -> bool:
    if not COMPANY.isdisjoint(text.split()):
        return True
    return not text.replace(" ", "").isalpha() and not COMPANY.isdisjoint(WORD.findall(text))


def months(month: list[str], year: list[str]) -> Iterator[str]:
    """Periods of months and years that stand apart; a month that names its year needs none."""
    for name, number in zip(month, year, strict=True):
        number = re.sub(r"\D", "", whole(number))
        name = whole(name)
        yield (
            name if not number or (number in name and len(name) > len(number)) else f"{name} {number}".strip()
        )
