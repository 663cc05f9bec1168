"""Formats phones, money and receivers for display."""

import re
from urllib.parse import urlsplit

import phonenumbers

from cabinet.wording.typography import NBSP


def display_phone(e164: str) -> str:
    """`+7 916 123-45-67` for people, with no-break spaces; what is not E.164 comes back as it is.

    A dash for what stands for no number, where it was passed on to another resident.
    """
    if e164.startswith("~"):
        return "—"
    russian = re.fullmatch(r"\+7([0-9]{3})([0-9]{3})([0-9]{2})([0-9]{2})", e164)
    if russian:
        area, first, second, third = russian.groups()
        return f"+7{NBSP}{area}{NBSP}{first}-{second}-{third}"
    if not re.fullmatch(r"\+[0-9]{7,15}", e164):
        return e164
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return str(shown).replace(" ", NBSP)


def display_part_of_phone(e164: str) -> str:
    """`+7 916 •••-••-67`: enough for its holder, too little for who looks over a shoulder."""
    shown = list(display_phone(e164))
    digits = [place for place, sign in enumerate(shown) if sign.isdigit()]
    for place in digits[4:-2]:
        shown[place] = "•"
    return "".join(shown)


def format_money(kopecks: int, language: str = "ru") -> str:
    """`4 218,67 ₽` with no-break spaces and a real minus sign; in English `₽4,218.67`."""
    roubles, rest = divmod(abs(kopecks), 100)
    sign = "−" if kopecks < 0 else ""
    if language == "en":
        return f"{sign}₽{roubles:,}.{rest:02}"
    return f"{sign}{roubles:,}".replace(",", NBSP) + f",{rest:02}{NBSP}₽"


def masked(to: str) -> str:
    """Enough of a receiver to tell it from others: `+7916•••67`, `i•••@example.ru`, a webhook's host."""
    if to.startswith(("http://", "https://")):
        return f"{urlsplit(to).hostname}/…"
    name, at, domain = to.partition("@")
    if at:
        return f"{name[:1]}•••@{domain}"
    return f"{to[:5]}•••{to[-2:]}" if len(to) > 8 else "•••" if to else ""
