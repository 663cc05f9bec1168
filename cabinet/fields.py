"""Parse and normalise what people type: phones, codes, sums, periods, accounts, names, dates, e-mails.

Every parser takes any `str` at all and either returns the canonical value or raises `FieldError`, whose
`code` is a short machine word that the forms turn into a Russian sentence. An overlong text is refused by
its length before anything else looks at it, so the time is bounded. A canonical value parses to itself.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

import phonenumbers
from email_validator import EmailNotValidError, validate_email

NBSP = "\u00a0"
MAX_KOPECKS = 10**12


class FieldError(ValueError):
    """What was typed is not a value of this kind. Carries a code only, never the text that was typed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# Soft hyphens, zero-width and direction marks: nobody sees them, copying from messengers brings them.
_INVISIBLE = dict.fromkeys(
    [0xAD, 0x61C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)]
)
_HYPHENS = dict.fromkeys([*range(0x2010, 0x2016), 0x2043, 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
_SPACES = dict.fromkeys(
    [*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000]
)


def _clean(text: str, limit: int, code: str) -> str:
    """Compatibility forms unified, invisible characters gone, dashes plain, single spaces, trimmed.

    Raises FieldError(code) for more than `limit` characters and FieldError("empty") if nothing is left.
    """
    if len(text) > limit:
        raise FieldError(code)
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_HYPHENS)
    text = " ".join(text.split())
    if not text:
        raise FieldError("empty")
    return text


# Phones

_PHONE = re.compile(
    r"(?:(?:телефона?|тел|моб(?:ильный)?|сот(?:овый)?|номер|phone|tel|mob(?:ile)?|no)[\s.:]*)*"
    r"(?P<number>[0-9+() ./\\_-]+)",
    re.IGNORECASE,
)
_MOBILE_TYPES = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def phone(text: str, regions: Sequence[str] = ("RU",)) -> str:
    """The mobile number in E.164 (`+79161234567`).

    `regions` are the ISO codes of the countries whose numbers are welcome; numbers without a country code
    belong to the first. With no regions any country will do, and numbers without a country code are Russian.
    Codes: empty, not_a_phone, landline (also toll-free and the like), foreign.
    """
    match = _PHONE.fullmatch(_clean(text, 100, "not_a_phone"))
    if match is None:
        raise FieldError("not_a_phone")
    typed = match["number"]
    digits = re.sub(r"[^0-9]", "", typed)
    home = regions[0] if regions else "RU"
    number = _valid_number("+" in typed, digits, home)
    if number is None:
        # Kazakh numbers share +7; also those which are not in the numbering plan are no Russian slip.
        if home == "RU" and regions and "KZ" not in regions and re.fullmatch(r"[78]?7[0-9]{9}", digits):
            raise FieldError("foreign")
        raise FieldError("not_a_phone")
    if regions and phonenumbers.region_code_for_number(number) not in regions:
        raise FieldError("foreign")
    if phonenumbers.number_type(number) not in _MOBILE_TYPES:
        raise FieldError("landline")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _valid_number(plus: bool, digits: str, home: str) -> phonenumbers.PhoneNumber | None:
    """The first way of reading the digits that gives an existing number."""
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
        if phonenumbers.is_valid_number(number):
            return number
    return None


def mask_phone(e164: str) -> str:
    """`+7•••••••67` for logs: the last two digits and nothing more of a number; bullets for anything else."""
    if not re.fullmatch(r"\+[0-9]{7,15}", e164):
        return "•" * 7
    return ("+7" if e164.startswith("+7") else "+") + "•" * 7 + e164[-2:]


# One-time codes


def code(text: str) -> str:
    """The six digits of a one-time code. Codes: empty, not_a_code."""
    digits = re.sub(r"[ .-]", "", _clean(text, 50, "not_a_code"))
    if not re.fullmatch(r"[0-9]{6}", digits):
        raise FieldError("not_a_code")
    return digits


# Money

_PLAIN_MONEY = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{2}))?")
_ROUBLES = r"(?:₽|рублей|рубля|рубль|руб|р|rub|rur)\.?"
_KOPECKS = r"(?:копеек|копейки|копейка|коп|к)\.?"
_MONEY = re.compile(
    rf"(?P<sign>[+-])? ?(?:{_ROUBLES} ?)?(?P<number>[0-9][0-9 .,']*?) ?"
    rf"(?:{_ROUBLES}(?: ?(?:(?P<kopecks>[0-9]{{1,2}}) ?{_KOPECKS}|(?P<bare>[0-9]{{2}})))?"
    r"|[-=](?P<dashed>[0-9]{2}))?"
)
_APOSTROPHES = dict.fromkeys(map(ord, "`´ʹʻʼʽˈ‘’‛′＇"), "'")


def money(text: str, signed: bool = False) -> int:
    """A sum in kopecks, written in any usual way: `4 218,67`, `4218.67 ₽`, `4'218.67`, `4218 руб. 67 коп.`.

    With both a comma and a dot the last one begins the kopecks. A single comma or dot with exactly three
    digits after it and one to three before (`4.218`, `4,218`) separates thousands: receipts print two digits
    of kopecks. After kopecks only further zeros may follow (`12.5000`). Negative sums need `signed`.
    Codes: empty, not_money, negative, too_large (above 10^12 kopecks either way).
    """
    plain = _PLAIN_MONEY.fullmatch(text)  # what billing files are full of
    if plain:
        return int(plain[1]) * 100 + int(plain[2] or 0)
    text = _clean(text, 64, "not_money").translate(_APOSTROPHES).lower()
    match = _MONEY.fullmatch(text)
    if match is None:
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


# Dates

_MONTHS = {
    "январь": 1, "февраль": 2, "март": 3, "апрель": 4, "май": 5, "июнь": 6,
    "июль": 7, "август": 8, "сентябрь": 9, "октябрь": 10, "ноябрь": 11, "декабрь": 12,
    "января": 1, "февраля": 2, "марта": 3, "апреля": 4, "мая": 5, "июня": 6,
    "июля": 7, "августа": 8, "сентября": 9, "октября": 10, "ноября": 11, "декабря": 12,
    "янв": 1, "фев": 2, "февр": 2, "мар": 3, "апр": 4, "июн": 6,
    "июл": 7, "авг": 8, "сен": 9, "сент": 9, "окт": 10, "ноя": 11, "нояб": 11, "дек": 12,
}  # fmt: skip
_MONTH = r"(?P<name>[а-я]{3,8})\.?"
_MIDNIGHT = r"(?:[ t]0{1,2}:00(?::00(?:\.0+)?)?)?"
_YEAR_WORD = r"(?: ?(?:года|году|год|г\. ?р\.?|г\.?))?"
_PERIODS = [
    re.compile(pattern + _YEAR_WORD)
    for pattern in (
        r"(?P<year>[0-9]{4})[-./ ](?P<month>[0-9]{1,2})(?:[-./ ](?P<day>[0-9]{1,2}))?" + _MIDNIGHT,
        r"(?:(?P<day>[0-9]{1,2})[-./ ])?(?P<month>[0-9]{1,2})[-./ ](?P<year>[0-9]{4})" + _MIDNIGHT,
        r"(?P<month>0[1-9]|1[0-2])(?P<year>[0-9]{4})",
        r"(?P<year>[0-9]{4})(?P<month>0[1-9]|1[0-2])",
        rf"(?:за )?(?:(?P<day>[0-9]{{1,2}}) )?{_MONTH} ?(?P<year>[0-9]{{4}})",
    )
]
_BETWEEN = "(?: ?[-./,] ?| )"
_BIRTH_DATES = [
    re.compile(pattern + _YEAR_WORD)
    for pattern in (
        rf"(?P<day>[0-9]{{1,2}}){_BETWEEN}(?P<month>[0-9]{{1,2}}){_BETWEEN}(?P<year>[0-9]{{4}}|[0-9]{{2}})",
        r"(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4}|[0-9]{2})",
        r"(?P<year>[0-9]{4})[-./ ](?P<month>[0-9]{1,2})[-./ ](?P<day>[0-9]{1,2})",
        rf"(?P<day>[0-9]{{1,2}})(?:-?(?:е|го))?[ .]*{_MONTH}[ ,]*(?P<year>[0-9]{{4}}|[0-9]{{2}})",
    )
]


def _month(match: re.Match[str]) -> int | None:
    """The number of the month that the match holds as digits or as a Russian word; None for another word."""
    groups = match.groupdict()
    return int(groups["month"]) if "month" in groups else _MONTHS.get(groups["name"])


def period(text: str) -> date:
    """The first day of the month written as `2026-10`, `10.2026`, `102026`, `октябрь 2026 г.`, `01.10.2026`.

    Years 2000 to 2100. Codes: empty, not_a_period.
    """
    text = _clean(text, 50, "not_a_period").lower()
    for pattern in _PERIODS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        year, month, day = int(match["year"]), _month(match), match.groupdict().get("day")
        try:
            found = date(year, month or 0, int(day or 1))
        except ValueError:
            continue
        if 2000 <= year <= 2100:
            return found.replace(day=1)
    raise FieldError("not_a_period")


def birth_date(text: str, today: date) -> date:
    """The date of birth: `01.02.1960`, `1/2/1960`, `01021960`, `1960-02-01`, `1 февраля 1960 г.`; day first.

    The age on `today` is 14 to 120 full years.
    Codes: empty, not_a_date, short_year, no_such_date, future, too_young, too_old.
    """
    text = _clean(text, 50, "not_a_date").lower()
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _BIRTH_DATES)), None)
    month = _month(match) if match else None
    if match is None or month is None:
        raise FieldError("not_a_date")
    if len(match["year"]) == 2:
        raise FieldError("short_year")
    try:
        born = date(int(match["year"]), month, int(match["day"]))
    except ValueError:
        raise FieldError("no_such_date") from None
    if born > today:
        raise FieldError("future")
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age < 14:
        raise FieldError("too_young")
    if age > 120:
        raise FieldError("too_old")
    return born


# Personal accounts

_LOOK_ALIKES = dict(zip("АВЕЁКМНОРСТУХІ", "ABEEKMHOPCTYXI", strict=True))
_CYRILLIC = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯІ"
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _account_table() -> dict[int, str | None]:
    """Separators vanish, letters become capitals of one alphabet; `l` and `б` wait: they may be digits."""
    table: dict[int, str | None] = {}
    for letter in _CYRILLIC + _LATIN:
        table[ord(letter)] = table[ord(letter.lower())] = _LOOK_ALIKES.get(letter, letter)
    table |= _INVISIBLE | _SPACES | dict.fromkeys(_HYPHENS) | dict.fromkeys(map(ord, "-_./\\:,;#№'\"«»()"))
    return table | {ord("l"): "l", ord("б"): "б"}


_ACCOUNT_TABLE = _account_table()
_PREFIX = "единый лицевого лицевой счёта счёт номер елс лиц сч лс".translate({**_ACCOUNT_TABLE, 32: "|"})
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


# Names

_NAME_HYPHEN = re.compile(r" ?-[- ]*")
_PARTICLES = frozenset(
    (
        "оглы", "оглу", "кызы", "гызы", "уулу", "де", "ди", "да", "дю", "ла", "ле", "дер", "ван", "фон",
        "ogly", "kyzy", "de", "di", "da", "du", "la", "le", "der", "den", "van", "von",
    )
)  # fmt: skip


def person_name(text: str) -> str:
    """A surname, first name or patronymic in NFC: words of letters joined by single spaces, `-` and `’`.

    Letters are Cyrillic or Latin. A name typed all small or all in capitals gets its capitals right,
    particles typed small stay small; any other is left as typed. 1 to 60 characters.
    Codes: empty, not_a_name, too_long.
    """
    if len(text) > 300:
        raise FieldError("too_long")
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE)).translate(_HYPHENS)
    text = text.translate(_APOSTROPHES).replace("'", "’")
    name = _NAME_HYPHEN.sub("-", " ".join(text.split()))
    if not name:
        raise FieldError("empty")
    if len(name) > 60:
        raise FieldError("too_long")
    if not all(map(_is_word, re.split("[-’ ]", name))):
        raise FieldError("not_a_name")
    if len(name) > 1 and (name.islower() or name.isupper()):
        name = unicodedata.normalize("NFC", _capitalise(name))
    return name


def _is_word(word: str) -> bool:
    """Whether these are letters, at most one combining mark after each."""
    after_letter = False
    for char in word:
        if char.isalpha() and unicodedata.name(char, "").startswith(("CYRILLIC ", "LATIN ")):
            after_letter = True
        elif after_letter and "\u0300" <= char <= "\u036f":
            after_letter = False
        else:
            return False
    return bool(word)


def _capitalise(name: str) -> str:
    parts = re.split("([- ])", name)
    return "".join(p if p in _PARTICLES and len(parts) > 1 else _capitalise_word(p) for p in parts)


def _capitalise_word(word: str) -> str:
    """First letter large, the others small; also after an initial with an apostrophe (`О’Нил`, `Д’Арк`)."""
    letters = [_small(char) for char in word]
    for place in (0, 2) if word[1:2] == "’" else (0,):
        if place < len(word):
            capital = word[place].upper()  # `ß` and a few more have none of their own
            letters[place] = capital if len(capital) == 1 else word[place]
    return "".join(letters)


def _small(char: str) -> str:
    return "i" if char == "İ" else char.lower()


# Free text


def line(text: str, longest: int) -> str:
    """One line of words, such as a street: single spaces, nothing invisible, a letter or digit in it.

    Codes: empty, too_long (above `longest` characters), no_words.
    """
    text = _clean(_without_controls(text[: 10 * longest]), 10 * longest, "too_long")
    if len(text) > longest:
        raise FieldError("too_long")
    if not any(char.isalnum() for char in text):
        raise FieldError("no_words")
    return text


def paragraphs(text: str, longest: int) -> str:
    """Lines of words as typed; nothing invisible, no more than one empty line on end. May be empty.

    Codes: too_long (above `longest` characters).
    """
    lines = (_without_controls(one).rstrip() for one in text[: 10 * longest].splitlines())
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(text) > longest:
        raise FieldError("too_long")
    return text


def _without_controls(text: str) -> str:
    """Without control characters and halves of surrogate pairs, which databases and mail do not take."""
    text = text.translate(_INVISIBLE)
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)


# E-mail


def email(text: str) -> str:
    """The address with its domain in lower-case ASCII (`почта.рф` as punycode), the local part as typed.

    Only the form is judged, not whether the mailbox exists; special-use domains such as `.test` are refused.
    Codes: empty, not_an_email, comma (in place of a dot in the domain). At most 254 characters.
    """
    if len(text) > 1000:
        raise FieldError("not_an_email")
    text = text.translate(_INVISIBLE).strip()
    if not text:
        raise FieldError("empty")
    if len(text) > 254:
        raise FieldError("not_an_email")
    try:
        return _checked_email(text)
    except FieldError:
        local, at, domain = text.rpartition("@")
        if "," not in domain:
            raise
    _checked_email(local + at + domain.replace(",", "."))
    raise FieldError("comma")


def _checked_email(text: str) -> str:
    try:
        checked = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except (EmailNotValidError, UnicodeError):
        raise FieldError("not_an_email") from None
    address = f"{checked.local_part}@{checked.ascii_domain.lower()}"
    if len(address) > 254:
        raise FieldError("not_an_email")
    return address
