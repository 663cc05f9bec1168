"""Amounts of money as exports write them."""

import re
from collections import Counter
from collections.abc import Sequence

from cabinet import fields

PLAIN_MONEY = re.compile(r"-?[0-9]{1,10}(?:[.,][0-9]{1,2}0*)?")
ROUBLES_AND_KOPECKS = re.compile(r"(?:-?+[0-9]{1,10}+[.,][0-9]{2};)*+")  # a column of them
FLOAT = re.compile(r"([0-9]{1,10})[.,]([0-9]{2})(?:0{4}|(9{4}))[0-9]*")  # 3650.0000000000005
NOTHING = re.compile(r"[0-9](?:[.,][0-9]+)?e-(?:0?[5-9]|[1-9][0-9])", re.IGNORECASE)  # 1.4e-14
TOO_EXACT = re.compile(r"[0-9]+[.,][0-9]{3,}")
SLIPS = re.compile(
    r'[|"]|[0-9]:[0-9]|[0-9][OoОоlIЗзб]|[OoОоlIЗзб][0-9]'
)  # people type these for digits, programs do not
CURRENCY = re.compile(
    r"^(?:₽|руб\.?|rub|rur|[рp]\.?) ?|(?<=[0-9 )-]) ?(?:₽|рублей|руб\.?|rub|rur|[рp]\.?)$", re.IGNORECASE
)
CREDIT = r"(?:cr|кр|кт|к-т|кредит|переплата|аванс)"
DEBIT = r"(?:dr|db|др|дб|дт|д-т|дебет|долг|недоплата|задолженность)"
SIDES = re.compile(
    rf"(?:(?P<debit>{DEBIT})|(?P<credit>{CREDIT}))[.:]? ?(?P<sum>[0-9].*)"
    rf"|(?P<sum_of>[0-9].*?) ?\(?(?:(?P<debit_of>{DEBIT})|(?P<credit_of>{CREDIT}))\.?\)?"
    r"|(?P<sum_alone>[0-9][0-9 ]*[.,][0-9]{2}) ?(?:(?P<debit_alone>д)|(?P<credit_alone>к))\.?",  # not kopecks
    re.IGNORECASE,
)
LED = re.compile("[а-я]", re.IGNORECASE)  # «итого -150,30»: the sign stands behind words
NO_KOPECKS = re.compile(r"(?<=[0-9])[.,]-$")  # «5600,-» has no kopecks
DECIMALS = re.compile(r"-?[0-9]+[.,][0-9]{3,}")
AMBIGUOUS = re.compile(r"(?<![0-9.,' \xa0])[0-9]{1,3}[.,][0-9]{2}0(?![0-9.,])")  # 1,050 or 1050
CERTAIN = re.compile(r"(?<![0-9.,' \xa0])(?:0|[1-9][0-9]{3,})[.,][0-9]{3}")  # no group of thousands
FEWEST = 10  # sums that tell how those of a column are written
MOST = 0.9  # of the sums of a column have three decimals, or none may have them
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")


class Sums:
    """Reads the columns of sums of one file; raises FieldError for what is no amount.

    `1,050` is a sum with three decimals only where nearly all sums of its column have them, as its first
    rows tell: anywhere else it may be a thousand and fifty. Whether it is not that in such a column, too, is
    certain only if it has a sum such as `1234,500` or `0,500`.
    """

    def __init__(self) -> None:
        self.filled: Counter[int] = Counter()  # cells looked at, by the places of their columns
        self.exact: Counter[int] = Counter()  # those of them with three decimals
        self.certain: set[int] = set()
        self.unsure: Counter[int] = Counter()  # sums that may be thousands

    def learn(self, columns: Sequence[list[str]]) -> int:
        """Look at all rows that were read at once; returns how many sums until now may be thousands."""
        for place, column in enumerate(columns):
            if self.filled[place] < FEWEST:
                filled = list(filter(None, column))
                self.filled[place] += len(filled)
                self.exact[place] += sum(map(bool, map(DECIMALS.fullmatch, filled)))
            if self._has_decimals(place) and place not in self.certain:
                joined = ";".join(column)
                self.unsure[place] += len(AMBIGUOUS.findall(joined))
                if CERTAIN.search(joined):
                    self.certain.add(place)
                    del self.unsure[place]
        return self.unsure.total()

    def columns(self, columns: Sequence[list[str]]) -> list[Sequence[str | None]]:
        """The amounts of all columns, in digits."""
        return [column_of_kopecks(column, self._has_decimals(place)) for place, column in enumerate(columns)]

    def _has_decimals(self, place: int) -> bool:
        """Whether nearly all sums of a column have three decimals."""
        return self.exact[place] >= max(1, MOST * self.filled[place])


def column_of_kopecks(column: list[str], decimals: bool = True) -> Sequence[str | None]:
    """The amounts of a column, in digits. Raises FieldError if one of them is not an amount.

    `decimals`: `1,050` is one with three decimals.
    """
    if not any(column):
        return [None] * len(column)
    joined = ";".join(column) + ";"
    if ROUBLES_AND_KOPECKS.fullmatch(joined):
        return joined[:-1].replace(".", "").replace(",", "").split(";")
    if not decimals and AMBIGUOUS.search(joined):
        raise fields.FieldError("not_money")
    return [None if amount is None else str(amount) for amount in map(kopecks, column)]


def kopecks(text: str) -> int | None:
    """An amount of an export in kopecks; None for an empty cell. Raises FieldError.

    Unlike what people type, an export's `1234.500` is a decimal: a separator before the last digits is never
    one of thousands. A dash is zero, as spreadsheets print it; `(150,30)`, `150,30-` and `150,30 CR`, which
    is the resident's credit, are negative; what binary fractions leave behind the kopecks is rounded, but
    `12.345` is refused: nobody can know.
    """
    text = text.strip()
    if not text:
        return None
    if PLAIN_MONEY.fullmatch(text):
        whole, _, part = text.replace(",", ".").partition(".")
        value = abs(int(whole)) * 100 + int((part + "00")[:2])
        return -value if text[0] == "-" else value
    if len(text) > 64 or "\n" in text or "\r" in text or SLIPS.search(text):
        raise fields.FieldError("not_money")
    text = NO_KOPECKS.sub("", CURRENCY.sub("", " ".join(text.translate(DASHES).split())).strip())
    if text and not text.strip("- "):
        if text.count("-") > 2:
            raise fields.FieldError("not_money")
        return 0
    if text.startswith("(") and text.endswith(")"):
        return -_positive(CURRENCY.sub("", text[1:-1].strip()))
    if text.endswith("-"):
        return -_positive(text[:-1].strip())
    if text.startswith("-"):
        return -_positive(text[1:].strip())
    if found := SIDES.fullmatch(text):
        amount = _positive((found["sum"] or found["sum_of"] or found["sum_alone"]).strip())
        return -amount if found["credit"] or found["credit_of"] or found["credit_alone"] else amount
    return fields.money(text, signed=True) if LED.match(text) else _positive(text)


def _positive(text: str) -> int:
    noisy = FLOAT.fullmatch(text)
    if noisy:
        return int(noisy[1]) * 100 + int(noisy[2]) + (1 if noisy[3] else 0)
    if NOTHING.fullmatch(text):
        return 0
    if TOO_EXACT.fullmatch(text) and not PLAIN_MONEY.fullmatch(text):
        raise fields.FieldError("not_money")
    return fields.money(text)
