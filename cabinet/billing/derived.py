"""Combines several cells into one of our fields, and splits one cell into several."""

import re
from collections.abc import Iterator

LABELS = {"house": "д. ", "building": "корп. ", "structure": "стр. ", "letter": "литера ", "premises": "кв. ",
          "room": "комн. "}  # fmt: skip
BARE = re.compile(
    r"[0-9][0-9а-яёa-z/\- ]{0,8}|[а-яёa-z]", re.IGNORECASE
)  # a number that has no word beside it
WHOLE = re.compile(r"([0-9]+)[.,]0+")
MARKS = re.compile(r'["«»0-9,;]')  # of companies, as the words are
COMPANY = {
    "ооо", "оао", "зао", "пао", "ао", "ип", "тсж", "тсн", "снт", "гбу", "муп", "мбу", "гуп", "фгуп",
    "мку", "мкд", "администрация", "общество", "товарищество", "управление", "департамент", "комитет",
    "учреждение", "предприятие", "компания", "магазин", "школа", "банк",
}  # fmt: skip
WORD = re.compile(r"\w+")
INITIALS = re.compile(r"([А-ЯЁA-Z]\.)\s*([А-ЯЁA-Z]\.?)?", re.IGNORECASE)


def whole(text: str) -> str:
    """A number without the empty fraction that a spreadsheet gave it."""
    match = WHOLE.fullmatch(text)
    return match[1] if match else text


def address(parts: dict[str, str]) -> str:
    """An address of its parts, in the order in which they come; "" if there is neither place nor street."""
    if not any(parts.get(name) for name in ("city", "street")):
        return ""
    return ", ".join(part for name, text in parts.items() if (part := _labelled(name, whole(text))))


def _labelled(name: str, text: str) -> str:
    return LABELS.get(name, "") + text if text and BARE.fullmatch(text) else text


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
