"""Judges rows: raw cells in columns become batches and rejects, the same for all readers.

What nearly all files hold costs a few operations over a whole column. Only rows among which something is
wrong are halved until the wrong one is alone and can be named.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import compress

from cabinet import fields
from cabinet.billing.amounts import column_of_kopecks, kopecks
from cabinet.billing.batches import AMOUNTS, TEXTS, WIDTHS, Batch, Reject
from cabinet.billing.encodings import broken
from cabinet.billing.layout import Layout

SPELLINGS = 1000  # ways of writing periods that are remembered

BAD_ACCOUNT = "номер лицевого счёта не разобран"
BAD_PERIOD = "период не разобран"
BAD_AMOUNT = "сумма не разобрана"
NO_ADDRESS = "нет адреса"
NO_AMOUNT = "нет ни суммы к оплате, ни начисления"
TOO_LONG = "слишком длинное поле"
BAD_CHARACTER = "в строке испорченный символ"


class Judge:
    """Judges the rows of one file. `reject` is told of the rows that cannot be taken."""

    def __init__(self, layout: Layout, reject: Callable[[Reject], None]) -> None:
        self.reject = reject
        self.account, self.period = layout.place("account") or 0, layout.place("period") or 0
        self.texts = [layout.place(name) for name in TEXTS]
        self.amounts = [layout.place(name) for name in AMOUNTS]
        self.periods: dict[str, date] = {}

    def take(self, columns: list[list[str]], lines: Sequence[int], damaged: bool) -> Iterator[Batch]:
        """Judge rows, stripped of outer spaces; halve them until what is wrong is alone.

        `damaged`: there may be characters that are none.
        """
        batches = None if damaged and any(map(broken, map("".join, columns))) else self._judge(columns)
        if batches is not None:
            yield from batches
        elif len(lines) == 1:
            cells = [column[0] for column in columns]
            if any(cells):
                self.reject(Reject(lines[0], shown(cells[self.account]), self._reason(cells)))
        else:
            half = len(lines) // 2
            yield from self.take([column[:half] for column in columns], lines[:half], damaged)
            yield from self.take([column[half:] for column in columns], lines[half:], damaged)

    def _judge(self, columns: list[list[str]]) -> list[Batch] | None:
        """The rows as batches, None if any of them is wrong."""
        printed = columns[self.account]
        nothing = [""] * len(printed)
        try:
            numbers = _numbers(printed)
            periods = [self._period(text) for text in set(columns[self.period])]
            amounts = [
                column_of_kopecks(nothing if place is None else columns[place]) for place in self.amounts
            ]
        except fields.FieldError:
            return None
        texts = [nothing if place is None else columns[place] for place in self.texts]
        if "" in texts[TEXTS.index("address")]:
            return None
        if None in amounts[0] and any(d is None and c is None for d, c in zip(*amounts[:2], strict=True)):
            return None
        for column, width in zip((printed, *texts), WIDTHS.values(), strict=True):
            if column is not nothing and max(map(len, column)) > width:
                return None
        found = set(periods)
        if len(found) == 1:
            return [Batch(periods[0], numbers, printed, [*texts], [*amounts])]
        spelled = {text: self._period(text) for text in set(columns[self.period])}
        return [
            Batch(
                period,
                list(compress(numbers, mask)),
                list(compress(printed, mask)),
                [list(compress(column, mask)) for column in texts],
                [list(compress(column, mask)) for column in amounts],
            )
            for period in sorted(found)
            for mask in ([spelled[text] == period for text in columns[self.period]],)
        ]

    def _period(self, text: str) -> date:
        """The period, remembered. Raises FieldError."""
        known = self.periods.get(text)
        if known is None:
            if len(self.periods) >= SPELLINGS:
                self.periods.clear()
            known = self.periods[text] = fields.period(text)
        return known

    def _reason(self, cells: list[str]) -> str:
        """Why a single row is not taken."""
        texts = {
            name: cells[place] for name, place in zip(TEXTS, self.texts, strict=True) if place is not None
        }
        texts["printed"] = cells[self.account]
        if any(map(broken, cells)):
            return BAD_CHARACTER
        if any(len(text) > WIDTHS[name] for name, text in texts.items()):
            return TOO_LONG
        for parse, place, reason in (
            (fields.account_number, self.account, BAD_ACCOUNT),
            (fields.period, self.period, BAD_PERIOD),
            *((kopecks, place, BAD_AMOUNT) for place in self.amounts),
        ):
            try:
                if place is not None:
                    parse(cells[place])
            except fields.FieldError:
                return reason
        return NO_AMOUNT if texts["address"] else NO_ADDRESS


def shown(account: str) -> str:
    """An account as a report may show it; nothing where it may be a name or an address out of its column."""
    digits = sum(map(str.isdigit, account))
    return account if len(account) <= 40 and digits * 2 >= len(account) else ""


def _numbers(printed: list[str]) -> list[str]:
    """The keys of a column of account numbers. Raises FieldError if one of them is none."""
    joined = "\n".join(printed)
    digits = joined.replace("\n", "")
    if "" in printed or not (digits.isascii() and digits.isdigit()) or max(map(len, printed)) > 32:
        return list(map(fields.account_number, printed))
    if joined[0] != "0" and "\n0" not in joined:
        return printed
    return list(map(fields.account_key, printed))
