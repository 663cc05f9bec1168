"""Combines several cells into one of our fields, and splits one cell into several."""

import re
from collections.abc import Iterator

from cabinet import fields
from cabinet.billing.amounts import kopecks as amount_of
from cabinet.billing.batches import AMOUNTS, KOPECKS
from cabinet.billing.numbers import whole
from cabinet.billing.overpaid import CREDIT

MOST_WORDS = 4  # of the name of one person
MARKS = re.compile(r'["«»0-9,;]')  # of companies, as the words are
COMPANY = {
    "ооо", "оао", "зао", "пао", "ао", "ип", "тсж", "тсн", "снт", "гбу", "муп", "мбу", "гуп", "фгуп",
    "мку", "мкд", "администрация", "общество", "товарищество", "управление", "департамент", "комитет",
    "учреждение", "предприятие", "компания", "магазин", "школа", "банк",
}  # fmt: skip
WORD = re.compile(r"\w+")
SPACES = re.compile(r"\s+")
INTEGER = re.compile(r"-?[0-9]{1,3}(?:\s?[0-9]{3})*|-?[0-9]{1,12}")
PART = re.compile(r"[0-9]{1,2}")
INITIALS = re.compile(r"([А-ЯЁA-Z]\.)\s*([А-ЯЁA-Z]\.?)?", re.IGNORECASE)


def people(column: list[str]) -> list[tuple[str, str, str]]:
    """The `names` of a column. One of nothing but letters, and of no company, needs no look at each."""
    joined = " ".join(column).replace("-", " ")
    if not joined.replace(" ", "").isalpha() or not COMPANY.isdisjoint(joined.lower().split()):
        return list(map(names, column))
    split = map(str.split, column)
    return [
        (words[0], words[1], " ".join(words[2:])) if 1 < len(words) <= MOST_WORDS else (text, "", "")
        for text, words in zip(column, split, strict=True)
    ]


def names(text: str) -> tuple[str, str, str]:
    """Surname, first name and patronymic of one cell; a company or several people are all surname."""
    words = text.split()
    if len(words) < 2 or len(words) > MOST_WORDS or MARKS.search(text) or _names_company(text.lower()):
        return text, "", ""
    initials = "." in text and INITIALS.fullmatch(" ".join(words[1:]))
    if initials:
        return words[0], initials[1], initials[2] or ""
    return words[0], words[1], " ".join(words[2:])


def _names_company(text: str) -> bool:
    if not COMPANY.isdisjoint(text.split()):
        return True
    return not text.replace(" ", "").isalpha() and not COMPANY.isdisjoint(WORD.findall(text))


def roubles(whole_roubles: str, kopecks: str) -> str:
    """An amount whose roubles and kopecks stand in two cells; unreadable where they do not fit together."""
    kopecks = whole(kopecks)
    if not kopecks:
        return whole_roubles
    if not INTEGER.fullmatch(whole_roubles or "0") or not PART.fullmatch(kopecks):
        return f"{whole_roubles} + {kopecks}"
    return f"{whole_roubles or 0},{kopecks:0>2}"


def of_kopecks(text: str) -> str:
    """An amount in whole kopecks as roubles; unreadable if it has a fraction."""
    digits = whole(SPACES.sub("", text))
    if not INTEGER.fullmatch(digits):
        return f"{text} + " if text else ""
    sign, digits = ("-", digits[1:]) if digits[0] == "-" else ("", digits)
    return f"{sign}{digits[:-2] or 0},{digits[-2:]:0>2}"


def sums(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Those of our fields that several columns make: amounts, and services by the company whose they are."""
    made = {}
    for name, raw in zip(AMOUNTS, KOPECKS, strict=True):
        if raw in found and name in found:
            made[name] = list(map(roubles, found[name], found[raw]))
        elif raw in found:
            made[name] = list(map(of_kopecks, found[raw]))
    if CREDIT in found:
        due = made.get("amount_due") or found.get("amount_due", [""] * len(found[CREDIT]))
        made["amount_due"] = list(map(balance, due, found[CREDIT]))
    if "supplier" in found and "service" in found:
        made["service"] = list(map(_of_company, found["supplier"], found["service"]))
    return made


def _of_company(company: str, service: str) -> str:
    """A service of a company; what is the total of an account stays so."""
    total = service.lower().startswith(("итог", "всего"))
    return f"{service} {company}" if service and company and not total else service or company


def balance(debit: str, credit: str) -> str:
    """What is to be paid, of what is owed and what was paid too much; unreadable if these are no amounts."""
    try:
        owed, over = amount_of(debit) or 0, amount_of(credit) or 0
    except fields.FieldError:
        return f"{debit} + {credit}"
    if over < 0 or (over and owed < 0):  # whose sign that is nobody knows
        return f"{debit} + {credit}"
    whole_roubles, rest = divmod(abs(owed - over), 100)
    return f"{'-' if over > owed else ''}{whole_roubles},{rest:02}" if over else debit or credit


def months(month: list[str], year: list[str]) -> Iterator[str]:
    """Periods of months and years that stand apart; a month that names its year needs none."""
    for name, number in zip(month, year, strict=True):
        number = re.sub(r"\D", "", whole(number))
        number = f"20{number}" if len(number) == 2 else number
        name = whole(name)
        yield (
            name if not number or (number in name and len(name) > len(number)) else f"{name} {number}".strip()
        )
