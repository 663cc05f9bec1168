"""Keeps out accounts of which a row of some service was rejected: the rest would be too small a sum."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from operator import ne

from cabinet import fields
from cabinet.billing.batches import AMOUNTS, TEXTS, Batch, Reject
from cabinet.billing.errors import BillingWarning, UnreadableFileError
from cabinet.billing.numbers import account
from cabinet.billing.readers.records import BAD_QUOTES, TORN
from cabinet.billing.reasons import BAD_ACCOUNTS
from cabinet.billing.staging.repeats import NO_LINE, REJECTED

FRACTION = BAD_ACCOUNTS["fraction"]
AT_ONCE = 1000  # rows of a batch
MOST = 100_000  # lost lines, or accounts of rejected rows, that are remembered
SEVERAL = 1.2  # times an account stands in the file apart, at most, if its rows are together
TOO_MANY = (
    "Отклонено слишком много строк услуг: суммы счетов были бы неполными. Это не тот файл, или выгрузка "
    "испорчена: выгрузите его ещё раз."
)
SCATTERED = (
    "lost-services",
    "Строк услуг, в которых номер лицевого счёта не разобран: {lost}. Строки одного счёта стоят в файле не "
    "подряд, и чьи это услуги, не узнать: у этих счетов сумма к оплате будет меньше. Исправьте строки и "
    "загрузите файл снова.",
)
Row = tuple[int, str]  # its line and account


@dataclass(slots=True)
class _Gap:
    """A lost line whose account is not known: it may be that of the row above it or of the one below."""

    line: int
    above: Row | None
    below: Row | None = None

    def look(self, batch: Batch) -> None:
        """Take the rows of a batch into account."""
        place = bisect_left(batch.lines, self.line) - 1
        if place >= 0 and (self.above is None or batch.lines[place] > self.above[0]):
            self.above = batch.lines[place], batch.numbers[place]
        place = bisect_right(batch.lines, self.line)
        if place < len(batch.lines) and (self.below is None or batch.lines[place] < self.below[0]):
            self.below = batch.lines[place], batch.numbers[place]


class Incomplete:
    """Passes on the rows of a file with a row per service, and at their end names the incomplete accounts.

    Each of these gets rows of the service REJECTED in every month of the file, on no line of it; staging
    then takes the account out. There are two such rows, as staging looks closely only at what is repeated.
    Where services are not `named` a lost line is a loss to its neighbours only if rows of an account follow
    one another.
    """

    def __init__(self, named: bool = True) -> None:
        self.named = named
        self.rows = 0
        self.accounts: set[str] = set()
        self.near: set[str] = set()  # accounts of the neighbours of lost lines
        self.periods: set[date] = set()
        self.gaps: list[_Gap] = []
        self.last: Row | None = None
        self.lost = self.runs = 0  # lines whose account is not known; rows that begin another account

    def note(self, reject: Reject) -> None:
        """Take note of a rejected row, whose neighbours may not have been passed on yet.

        Raises UnreadableFileError if there are too many of them.
        """
        try:
            self.accounts.add(account(reject.account, exact=True)[0])
            lost = reject.reason in (TORN, BAD_QUOTES, FRACTION)
        except fields.FieldError:
            lost = True
        if lost:
            self.lost += 1
            self.gaps.append(_Gap(reject.line, self.last))
        if max(map(len, (self.gaps, self.accounts, self.near))) > MOST:
            raise UnreadableFileError(TOO_MANY)

    def watched(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """The batches, and those that name incomplete accounts."""
        for batch in batches:
            self.periods.add(batch.period)
            if self.gaps:
                self._look(batch)
            before = self.last[1] if self.last else ""
            self.runs += (before != batch.numbers[0]) + sum(map(ne, batch.numbers, batch.numbers[1:]))
            self.last = batch.lines[-1], batch.numbers[-1]
            yield batch
            self.rows += len(batch.numbers)
        if self.named or self.rows > self.runs:
            self.accounts.update(self.near)
            self.accounts.update(row[1] for gap in self.gaps for row in (gap.above, gap.below) if row)
        for period in self.periods:
            numbers = iter(self.accounts)
            while some := list(islice(numbers, AT_ONCE)):
                yield _named(period, some * 2)

    def warnings(self, accounts: int) -> list[BillingWarning]:
        """What is to be asked, once it is known how many accounts all months together have."""
        scattered = self.runs > SEVERAL * (accounts + len(self.accounts) * len(self.periods))
        if not self.lost or not scattered:
            return []
        code, sentence = SCATTERED
        return [BillingWarning(code, sentence.format(lost=self.lost))]

    def _look(self, batch: Batch) -> None:
        """Look for the neighbours of lost lines; once rows below all known ones come, they are found."""
        open_gaps = []
        for gap in self.gaps:
            if gap.below and batch.lines[0] > gap.below[0]:
                self.near.update(row[1] for row in (gap.above, gap.below) if row)
            else:
                gap.look(batch)
                open_gaps.append(gap)
        self.gaps = open_gaps


def _named(period: date, numbers: list[str]) -> Batch:
    rows = len(numbers)
    texts: list[list[str]] = [[""] * rows for _ in TEXTS]
    amounts: list[list[str | None]] = [[None] * rows for _ in AMOUNTS]
    return Batch(period, numbers, numbers, [*texts], [*amounts], [NO_LINE] * rows, [REJECTED] * rows)
