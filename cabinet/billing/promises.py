"""Compares what will be stored of a file with the sum that the file itself gives."""

from collections.abc import Iterable

from cabinet.billing.errors import BillingWarning, UnreadableFileError
from cabinet.billing.report import MonthCheck
from cabinet.billing.tally import Tally

ROUNDING = 1  # kopeck
BROKEN = (
    "Сумма строк — {found} руб., а в начале файла обещано {promised} руб.: файл обрезан или повреждён. "
    "Выгрузите его ещё раз."
)
OTHER = (
    "file-sum",
    "В начале файла обещано {promised} руб.: столько выходит, если сложить все строки. Загрузится {stored} "
    "руб.: одинаковые строки счёта взяты один раз.",
)


SHORT = (
    "total-differs",
    "В строке «Итого» стоит {total} руб., а строки складываются только в {stored} руб. Целый ли это файл?",
)
MARGIN = 0.01  # of what is stored, by which a total may be larger: it may be rounded


def totals(tally: Tally, months: Iterable[MonthCheck]) -> list[BillingWarning]:
    """A warning if less is stored than a row of totals says: the file may have been cut off."""
    stored, total = sum(month.total for month in months), max(tally.totals, default=0)
    if (
        not tally.totals
        or tally.rejected
        or tally.promised
        or total - stored <= MARGIN * abs(stored) + 100 * ROUNDING
    ):
        return []
    code, sentence = SHORT
    return [BillingWarning(code, sentence.format(total=_roubles(total), stored=_roubles(stored)))]


def judged(tally: Tally, months: Iterable[MonthCheck], doubts: list[BillingWarning]) -> list[BillingWarning]:
    """Which `doubts` about sums of services are left once the file's own sum has spoken, and what it adds.

    Raises UnreadableFileError if neither the rows nor what will be stored of them add up to it.
    """
    if not tally.promised and not tally.found:
        return doubts
    stored = sum(month.total for month in months)
    once = _equal(tally.promised, stored)
    if not _equal(tally.promised, tally.found):
        if not once:
            raise _cut(tally)
        return []
    if not once and (tally.repeated or any(doubt.code == "total-in-each-row" for doubt in doubts)):
        code, sentence = OTHER
        told = sentence.format(promised=_roubles(tally.promised), stored=_roubles(stored))
        return [*doubts, BillingWarning(code, told)]
    return doubts


def refuse_cut(tally: Tally) -> None:
    """Raises UnreadableFileError if rows do not add up to the file's sum, and not for being repeated."""
    if tally.rejected and not _equal(tally.promised, tally.found):
        raise _cut(tally)


def _cut(tally: Tally) -> UnreadableFileError:
    return UnreadableFileError(BROKEN.format(found=_roubles(tally.found), promised=_roubles(tally.promised)))


def _equal(one: int, other: int) -> bool:
    return abs(one - other) <= ROUNDING


def _roubles(amount: int) -> str:
    return f"{amount / 100:,.2f}".replace(",", "\xa0").replace(".", ",")
