"""Parses mobile phone numbers."""

import re
from collections.abc import Sequence

import phonenumbers

from cabinet.fields.cleaning import FieldError, clean, with_digits

# words and marks about the number, such as «тел.», «(мама)», quotes; further digits are none of them
_ABOUT = r"""(?:[^\W\d_]|[\s.,:;!«»„“”"'()№-])*"""
_PHONE = re.compile(
    rf"{_ABOUT}(?P<number>[+(]?[0-9][0-9+() .,/\\_-]*){_ABOUT}",
    re.IGNORECASE,
)
# Russian mobile numbers as nearly all type them, which the library reads the same by a hundred calls; of the
# rest of 9300… it knows more
_USUAL = re.compile(r"(?:\+7|8)?(9(?!300)[0-9]{9})")
_ONE_MISSING = re.compile(r"[78]?9[0-9]{8}")
# satellites and world-wide services, whose SMS cost many times as much; 954 is a satellite's in Russia
_DEAR = re.compile(r"\+(?:870|878|88[0-9]|979|7954)")
_UNKNOWN = phonenumbers.PhoneNumberType.UNKNOWN
_MOBILE_TYPES = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def phone(text: str, regions: Sequence[str] = ("RU",)) -> str:
    """The mobile number in E.164 (`+79161234567`).

    `regions` are the ISO codes of the countries whose numbers are accepted; numbers without a country code
    belong to the first. With no regions any country will do, and numbers without a country code are Russian.
    Codes: empty, not_a_phone, one_missing (a Russian mobile number one digit short), landline (also
    toll-free and the like), foreign, satellite (also world-wide services, whose SMS are dear).
    """
    match = _PHONE.fullmatch(with_digits(clean(text, 100, "not_a_phone")))
    if match is None:
        raise FieldError("not_a_phone")
    typed = match["number"]
    digits = re.sub(r"[^0-9]", "", typed)
    home = regions[0] if regions else "RU"
    usual = _USUAL.fullmatch("+" + digits if "+" in typed else digits) if home == "RU" else None
    if usual:
        return _not_dear("+7" + usual[1])
    number, kind = _read("+" in typed, digits, home)
    if number is None:
        if home == "RU" and _ONE_MISSING.fullmatch(digits):
            raise FieldError("one_missing")
        # Kazakh numbers share +7; even one outside the numbering plan is not a mistyped Russian number.
        if home == "RU" and regions and "KZ" not in regions and re.fullmatch(r"[78]?7[0-9]{9}", digits):
            raise FieldError("foreign")
        raise FieldError("not_a_phone")
    if regions and phonenumbers.region_code_for_number(number) not in regions:
        raise FieldError("foreign")
    if kind not in _MOBILE_TYPES:
        raise FieldError("landline")
    return _not_dear(str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)))


def _not_dear(e164: str) -> str:
    if _DEAR.match(e164):
        raise FieldError("satellite")
    return e164


def _read(plus: bool, digits: str, home: str) -> tuple[phonenumbers.PhoneNumber | None, int]:
    """The first way of reading the digits that gives an existing number, and its type."""
    readings = ["+" + digits] if plus else [digits]
    if home == "RU":
        # `+8 916…`, `+7 8 916…`, `+7 +7 916…`, `+916…`
        slip = re.fullmatch(r"(?:7?[78])?([0-9]{10})", digits)
        if slip:
            readings.append("+7" + slip[1])
        elif not plus and not re.match(r"[78]|9[0-8]", digits):  # `375 29…`; not `916…` with digits too many
            readings.append("+" + digits)
    for reading in readings:
        try:
            number = phonenumbers.parse(reading, home)
        except phonenumbers.NumberParseException:
            continue
        kind = phonenumbers.number_type(number)
        if kind != _UNKNOWN:  # what `is_valid_number` asks, which finds the type out once more
            return number, kind
    return None, _UNKNOWN
