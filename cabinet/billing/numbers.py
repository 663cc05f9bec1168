"""Numbers of accounts as exports, and the spreadsheets between, write them."""

import re
from collections import Counter
from collections.abc import Iterable

from cabinet import fields

SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eе]\+[0-9]+|[0-9][.,][0-9]+[eе][0-9]+", re.IGNORECASE)
ROUNDED = re.compile(r"(?<![0-9])[0-9]{15}0+(?![0-9])")  # spreadsheets keep fifteen digits
WORDS = re.compile(r"^(?=.*[0-9]{5})(?:.*?[^\W\d_]){5}")  # a number and a word are no account
MONTHS = (
    r"(?:янв|фев|мар|апр|май|мая|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
DATED = re.compile(  # what spreadsheets make of 12/1 or 1-12: «12.янв», «янв.12», 12.01.2026
    rf"[0-9]{{1,2}}[.-]{MONTHS}|{MONTHS}[.-][0-9]{{1,4}}"
    r"|(?:(?:0?[1-9]|[12][0-9]|3[01])\.(?:0?[1-9]|1[0-2])\.(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))(?:[ T]0?0:00(?::00)?)?",
    re.IGNORECASE,
)
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")  # 7,012,300,001: any other comma stands between numbers
TWO = re.compile(r"[0-9]{7,}(?:\s*/\s*|\s+)[0-9]{7,}|[0-9]{3,}\s*(?:[;+&]|\bи\b)\s*[0-9]{3,}")
NOTED = re.compile(  # what was written behind a number: a word, a contract's day, a month
    r"[0-9]{3,}\W*\s\(?(?:[а-яё]{3,}|(?i:закр|арх|откл)[а-яё]*)\.?\)?$|[0-9]\s+(?i:от|с)\s+[0-9]"
    r"|[0-9][\s/]+(?:[0-9]{1,2}\.){1,2}(?:19|20)[0-9]{2}(?![0-9])"
)
LONGEST = 32
FARTHEST = 100  # characters that are looked at: hostile cells would take the patterns seconds
WHOLE = re.compile(r"([0-9]+)[.,]0+")  # 7012300001.0, as spreadsheets and pandas write whole numbers
FRACTION = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+|,[0-9]{1,2})")  # 12345.5 is no number of an account
DECIMAL = re.compile(r"[0-9]+[.,][0-9]+")
SHORTEST_TAIL = 3  # digits after the dot of an account that is a house and a number in it: 12.001234
NEGATIVE = re.compile(r"[-\u2212\u2013][0-9]")  # a sum, not an account


def whole(text: str) -> str:
    """A number without the empty fraction that a spreadsheet gave it."""
    match = WHOLE.fullmatch(text)
    return match[1] if match else text


def tail_of(cells: Iterable[str]) -> int:
    """How many digits follow the dot in nearly all accounts of a column like 12.001234; 0 for no such column.

    Numbers that a spreadsheet made decimals of lose the noughts at their ends: a tenth of them is shorter.
    """
    numbers = [cell for cell in cells if cell.isdecimal() or DECIMAL.fullmatch(cell)]
    tails = Counter(0 if WHOLE.fullmatch(number) else len(number.partition(".")[2]) for number in numbers)
    tail, found = tails.most_common(1)[0] if tails else (0, 0)
    return tail if tail >= SHORTEST_TAIL and found * 20 >= len(numbers) * 19 else 0


def column_of_keys(printed: list[str], exact: bool, tail: int | None = None) -> tuple[list[str], list[str]]:
    """The keys of a column of account numbers, and the numbers as they are to be printed.

    Raises FieldError if one of them is none; `exact` and `tail` as in `account`.
    """
    joined = "\n".join(printed)
    digits = joined.replace("\n", "")
    longest = max(map(len, printed))
    plain = digits.isascii() and digits.encode().isdigit() and joined.count("\n") == len(printed) - 1
    if "" in printed or not plain or longest > LONGEST:
        pairs = [account(text, exact, tail) for text in printed]
        return [key for key, _ in pairs], [text for _, text in pairs]
    if longest > 15 and not exact and ROUNDED.search(joined):
        raise fields.FieldError("rounded")
    if joined[0] != "0" and "\n0" not in joined:
        return printed, printed
    return list(map(fields.account_key, printed)), printed


def account(text: str, exact: bool = False, tail: int | None = None) -> tuple[str, str]:
    """The key of an account and its number as printed. `exact`: long numbers are known not to be rounded.

    `tail`: so many digits follow the dot in accounts like 12.001234; 0 for no such ones, None for any.

    Raises FieldError: empty, not_an_account, dated (a spreadsheet made a date of it), fraction (it made a
    decimal of it), rounded (it lost digits on the way).
    """
    if DATED.fullmatch(text):
        raise fields.FieldError("dated")
    if (
        len(text) > FARTHEST
        or NEGATIVE.match(text)
        or any(mark in text for mark in '\n\r|"')
        or WORDS.search(text)
        or TWO.search(text)
        or NOTED.search(text)
    ):
        raise fields.FieldError("not_an_account")
    if fraction := WHOLE.fullmatch(text.replace(" ", "").replace("\xa0", "")):
        text = fraction[1]
    if FRACTION.fullmatch(text) and not _has_tail(text, tail):
        raise fields.FieldError("fraction")
    if "," in text and not GROUPED.fullmatch(text) and not SCIENTIFIC.fullmatch(text):
        raise fields.FieldError("not_an_account")
    if SCIENTIFIC.fullmatch(text) or (not exact and ROUNDED.fullmatch(text)):
        raise fields.FieldError("rounded")
    return fields.account_number(text), text


def _has_tail(decimal: str, tail: int | None) -> bool:
    """Whether what looks like a decimal is a house, a dot and a number in it; `tail` as in `account`."""
    found = len(decimal.partition(".")[2])
    return found >= SHORTEST_TAIL and tail in (found, None)


def shown(account: str) -> str:
    """An account as a report may show it; empty if it may be a name or an address from another column."""
    digits = sum(map(str.isdigit, account))
    return account if len(account) <= 40 and digits * 2 >= len(account) else ""
