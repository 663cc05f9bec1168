"""Reads the text of a receipt's code: ГОСТ Р 56042, and what is really printed under that name.

Takes bytes, since the header is often wrong about the encoding. Of what deviates from the standard all is
understood that has been seen on receipts: keys in any case, line breaks, HTML entities, roubles for kopecks,
rounding noise, periods in any spelling, identifiers of ГИС ЖКХ in place of the account.
"""

import html
import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from cabinet import fields

LONGEST = 4096  # bytes; the largest QR code holds 2953
_HEAD = re.compile(r"st0001[0-9]", re.I)
_SUM = re.compile(r"([+-]?)([0-9]{1,16})(?:([.,])([0-9]{1,12}))?")
_MONTH_AND_YEAR = re.compile(r"([0-9]{1,2})[-./ ]?([0-9]{2})")
_MAY_BE_GIS = ("els", "zhku", "uin", "quittid", "docidx")
_GIS = re.compile(r"([0-9]{2}[A-ZА-Я]{2}[0-9]{6}(?:-?[0-9]{2})?)(?:-[0-9]{1,8})?")
_BY_FREQUENCY = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъ"
_WEIGHTS = {letter: len(_BY_FREQUENCY) - place for place, letter in enumerate(_BY_FREQUENCY)}
_CASE_BROKEN = re.compile("[а-яё][А-ЯЁ]")
_CASE_WEIGHT = 100


@dataclass(frozen=True)
class Slip:
    """What a code says. Texts are as printed, empty where there are none.

    `amounts` are kopecks, the likeliest first: some issuers write roubles. `inn` and `payee` name a company.
    """

    account: str
    amounts: tuple[int, ...]
    period: date | None
    inn: str
    payee: str
    address: str


def parse(data: bytes) -> Slip | None:
    """What the code of a receipt says; None for any other code."""
    if len(data) > LONGEST:
        return None
    text = html.unescape(_decoded(data)).lstrip("\ufeff \t\r\n")
    if not _HEAD.match(text) or len(text) < 9:
        return None
    values = _values(text)
    return Slip(
        account=_account(values),
        amounts=_amounts(values.get("sum", "")),
        period=_period(values.get("paymperiod", "")),
        inn=re.sub(r"[^0-9]", "", values.get("payeeinn", ""))[:12],
        payee=_line(values.get("name", ""), 160),
        address=_line(values.get("payeraddress", ""), 200),
    )


def _values(text: str) -> dict[str, str]:
    """The values by their keys in lower case; of two alike the first that says anything."""
    separator, body = text[7], text[8:]
    if separator not in "\r\n":
        body = re.sub(r"[\r\n]", "", body)
    found: dict[str, str] = {}
    for part in body.split(separator):
        key, equals, value = part.partition("=")
        if equals and value.strip():
            found.setdefault(key.strip().lower(), value.strip())
    return found


def _account(values: dict[str, str]) -> str:
    """The account; where a code has only an ЕЛС or ЖКУ of ГИС ЖКХ, that, without the number of a document."""
    for key in ("persacc", *_MAY_BE_GIS):
        text = _line(values.get(key, ""), 64)
        gis = _GIS.fullmatch(text.upper())
        if gis or (text and key == "persacc"):
            return text[: gis.end(1)] if gis else text
    return ""


def _line(text: str, longest: int) -> str:
    """One line of what can be printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:longest]


def _decoded(data: bytes) -> str:
    """UTF-8 where it can be nothing else; of the two others the one that looks more like Russian."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    first, second = data.decode("cp1251", "replace"), data.decode("koi8-r", "replace")
    if data.lstrip()[6:7] == b"3":  # the header decides where nothing else does
        first, second = second, first
    return first if _likeness(first) >= _likeness(second) else second


def _likeness(text: str) -> int:
    """How much a text looks like Russian: by its letters, and by capitals that begin words."""
    letters = sum(_WEIGHTS.get(letter, 0) for letter in text.lower())
    return letters - _CASE_WEIGHT * len(_CASE_BROKEN.findall(text))


def _amounts(text: str) -> tuple[int, ...]:
    """What a sum may mean, in kopecks. Whole numbers are kopecks; roubles have one or two decimals.

    A fraction of nothing but zeros or nines is what a computer leaves of a product.
    """
    match = _SUM.fullmatch(re.sub(r"[\s']", "", text))
    if match is None:
        return ()
    sign, whole, mark, fraction = match.groups(default="")
    exact = Decimal(f"{sign}{whole}.{fraction or 0}")
    kopecks, roubles = int(exact.to_integral_value(ROUND_HALF_UP)), exact * 100
    noisy = abs(exact - kopecks) < Decimal("0.005")
    if not fraction:
        found = [kopecks]
    elif len(fraction) <= 2 or not fraction[2:].strip("0"):
        found = [int(roubles), kopecks] if noisy else [int(roubles)]
        if noisy and mark == "." and len(fraction) != 2:
            found.reverse()
    else:
        found = [kopecks] if noisy else []
    return tuple(amount for amount in found if abs(amount) <= fields.MAX_KOPECKS)


def _period(text: str) -> date | None:
    """The first day of the month; None where it cannot be read."""
    text = " ".join(text.split())
    candidates = [text]
    if match := _MONTH_AND_YEAR.fullmatch(text):
        candidates += [f"{match[1]}.20{match[2]}", f"{match[2]}.20{match[1]}"]
    if re.fullmatch("[0-9]{8}", text):
        candidates += [f"{text[:2]}.{text[2:4]}.{text[4:]}", f"{text[:4]}-{text[4:6]}-{text[6:]}"]
    for candidate in candidates:
        try:
            return fields.period(candidate)
        except fields.FieldError:
            continue
    return None
