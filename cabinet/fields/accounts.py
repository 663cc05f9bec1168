"""Parses personal account numbers."""

import re
import unicodedata

from cabinet.fields.cleaning import HYPHENS, INVISIBLE, SPACES, FieldError

_LOOK_ALIKES = dict(zip("АВЕЁКМНОРСТУХІ", "ABEEKMHOPCTYXI", strict=True))
_CYRILLIC = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯІ"
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _account_table() -> dict[int, str | None]:
    """Drops separators and maps letters to capitals of one alphabet, but `l` and `б`, which may be digits."""
    table: dict[int, str | None] = {}
    for letter in _CYRILLIC + _LATIN:
        table[ord(letter)] = table[ord(letter.lower())] = _LOOK_ALIKES.get(letter, letter)
    table |= INVISIBLE | SPACES | dict.fromkeys(HYPHENS) | dict.fromkeys(map(ord, "-_./\\:,;#№'\"«»()"))
    return table | {ord("l"): "l", ord("б"): "б"}


_ACCOUNT_TABLE = _account_table()
_PREFIX = "единый лицевого лицевой личный счёта счёт номер елс лиц лсч сч лс".translate(
    {**_ACCOUNT_TABLE, 32: "|"}
)
_PREFIXES = re.compile(rf"(?:{_PREFIX})+(?=[0-9])")
_ACCOUNT = re.compile(r"(?=[^0-9]*[0-9])[0-9A-ZА-Я]{1,32}")
_ALMOST_DIGITS = re.compile(r"[0-9OЗIl|б]+")
_SLIPS = str.maketrans("OЗIl|б", "031116")
_CAPITALS = str.maketrans("lб", "LБ")


def account_number(text: str) -> str:
    """The key by which a personal account is found, however its number is printed or typed.

    Spaces, dashes, dots, slashes, «л/с» and «№» vanish; letters become capitals; Cyrillic letters that look
    like Latin ones become Latin; in a number that has at least four digits and otherwise only О, З, l, I, |
    or б these become the digits they look like; purely numeric numbers lose their leading zeros. So numbers
    that differ only in these ways are one account. 1 to 32 characters, at least one digit.
    Codes: empty, not_an_account.
    """
    if text.isascii() and text.isdigit() and len(text) <= 32:
        return account_key(text)
    if len(text) > 100:
        raise FieldError("not_an_account")
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.replace("№", ""))
    number = text.translate(_ACCOUNT_TABLE)
    if not number.isdigit():
        if not number:
            raise FieldError("empty")
        prefix = _PREFIXES.match(number)
        number = number[prefix.end() :] if prefix else number
        almost = _ALMOST_DIGITS.fullmatch(number)
        if almost and len(re.findall("[0-9]", number)) >= 4:
            number = number.translate(_SLIPS)
        else:
            number = number.translate(_CAPITALS)
    number = account_key(number)
    if not _ACCOUNT.fullmatch(number):
        raise FieldError("not_an_account")
    return number


def account_key(number: str) -> str:
    """The number without its leading zeros if it is all digits, else as it is. Zeros only: not_an_account."""
    if not (number.isascii() and number.isdigit()):
        return number
    key = number.lstrip("0")
    if not key:
        raise FieldError("not_an_account")
    return key
