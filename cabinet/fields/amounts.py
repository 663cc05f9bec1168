"""Parses sums of money."""

import re

from cabinet.fields.cleaning import APOSTROPHES, FieldError, clean, with_digits

MAX_KOPECKS = 10**12

_PLAIN_MONEY = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{2}))?")
_ROUBLES = r"(?:₽|рублей|рубля|рубль|руб|р|rub|rur)\.?"
_KOPECKS = r"(?:копеек|копейки|копейка|коп|к)\.?"
_BEFORE = r"(?:(?:к оплате|итого|всего|сумма)(?: (?P<dash>-) |[ :=]*))*"
_MONEY = re.compile(
    rf"{_BEFORE}(?P<sign>[+-])? ?(?:{_ROUBLES} ?)?(?P<number>[0-9][0-9 .,']*?) ?"
    rf"(?:{_ROUBLES}(?: ?(?:(?P<kopecks>[0-9]{{1,2}}) ?{_KOPECKS}|(?P<bare>[0-9]{{2}})))?"
    r"|[-=:;/_](?P<dashed>[0-9]{2})|[.,]-)?[.;]?"
)
_SPACED = re.compile(r"([0-9]{4,}|[1-9][0-9]{0,2}(?: [0-9]{3})+) ([0-9]{2})")


def money(text: str, signed: bool = False) -> int:
    """A sum in kopecks, written in any usual way: `4 218,67`, `4218.67 ₽`, `4'218.67`, `4218 руб. 67 коп.`.

    Two digits after a space are kopecks if a thousand or more stands before (`4218 67`): `42 18` may be 4218.
    With both a comma and a dot the last one begins the kopecks. A single comma or dot with exactly three
    digits after it and one to three before (`4.218`, `4,218`) separates thousands: receipts print two digits
    of kopecks. After kopecks only further zeros may follow (`12.5000`). Negative sums need `signed`; with it
    `итого - 5`, where nobody can tell a dash from a minus, is refused.
    Codes: empty, not_money, negative, too_large (above 10^12 kopecks either way).
    """
    plain = _PLAIN_MONEY.fullmatch(text)  # what billing files are full of
    if plain:
        return int(plain[1]) * 100 + int(plain[2] or 0)
    text = with_digits(clean(text, 64, "not_money")).translate(APOSTROPHES).lower()
    match = _MONEY.fullmatch(text)
    if match is None or (signed and match["dash"]):
        raise FieldError("not_money")
    roubles, fraction = _split_number(match["number"])
    spelled = match["kopecks"] or match["bare"] or match["dashed"]
    if spelled:
        if fraction is not None:
            raise FieldError("not_money")
        fraction = spelled.zfill(2)
    fraction = (fraction or "").ljust(2, "0")
    if fraction[2:].strip("0"):
        raise FieldError("not_money")
    kopecks = int(roubles) * 100 + int(fraction[:2])
    if kopecks > MAX_KOPECKS:
        raise FieldError("too_large")
    if match["sign"] == "-":
        if kopecks and not signed:
            raise FieldError("negative")
        return -kopecks
    return kopecks


def _split_number(number: str) -> tuple[str, str | None]:
    """Digits before the decimal separator and after it (None without one); thousands are ungrouped."""
    number = re.sub(r" ?([.,]) ?", r"\1", number.rstrip(" "))
    number = _SPACED.sub(r"\1,\2", number) if _SPACED.fullmatch(number) else number
    whole, separator, fraction = number, "", ""
    marks = re.findall(r"[.,]", number)
    if marks and marks.count(marks[-1]) == 1:
        thousands = len(marks) == 1 and re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", number)
        if not thousands:
            whole, separator, fraction = number.rpartition(marks[-1])
    if not re.fullmatch(r"[0-9]+|[1-9][0-9]{0,2}([ '.,])[0-9]{3}(?:\1[0-9]{3})*", whole):
        raise FieldError("not_money")
    if not re.fullmatch(r"[0-9]*", fraction):
        raise FieldError("not_money")
    return re.sub(r"[^0-9]", "", whole), fraction if separator else None
