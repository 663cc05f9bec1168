"""Judges rows for all readers alike: raw cells in columns become batches and rejects.

What nearly all files hold costs a few operations over a whole column. Only rows among which something is
wrong are halved until the wrong one is alone and can be named.
"""

import re
from collections.abc import Iterator, Sequence

from cabinet import fields
from cabinet.billing import derived, entities, homes, reasons
from cabinet.billing.alien import broken, is_alien
from cabinet.billing.amounts import Sums
from cabinet.billing.batches import AMOUNTS, KOPECKS, TEXTS, WIDTHS, Batch, Reject
from cabinet.billing.carried import Above
from cabinet.billing.layout import ADDRESS_PARTS, Layout
from cabinet.billing.merged import Owner
from cabinet.billing.nothings import emptied, is_blank
from cabinet.billing.numbers import DATED, account, column_of_keys, shown
from cabinet.billing.others import grand_total, included, is_heading, is_other, services, titles_again
from cabinet.billing.ours import Ours
from cabinet.billing.overpaid import CREDIT
from cabinet.billing.periods import Periods
from cabinet.billing.sections import Sections
from cabinet.billing.source import Source
from cabinet.billing.tally import Tally
from cabinet.models.base import now

FIELDS = ("account", "period", *TEXTS, *AMOUNTS, "service")
ADDRESS, SERVICE = FIELDS.index("address"), FIELDS.index("service")
FIRST_TEXT, FIRST_AMOUNT = FIELDS.index(TEXTS[0]), FIELDS.index(AMOUNTS[0])

ERROR = re.compile(
    r"#(?:Н/Д|ССЫЛКА!|ЗНАЧ!|ИМЯ\?|ДЕЛ/0!|ЧИСЛО!|ПУСТО!|N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)"
)

Columns = list[list[str]]


class Judge:
    """Judges the rows of one file, whatever its format.

    A reader gives raw cells, stripped of outer spaces, in the columns of its `layout`, to `take`, and counts
    the lines it reads in `tally.lines`; the judge counts what became of them. `source.reject` is told of each
    row that cannot be taken.
    """

    def __init__(self, layout: Layout, tally: Tally, source: Source) -> None:
        self.layout, self.tally, self._told = layout, tally, source.reject
        self.no_amount, answers = reasons.NO_AMOUNT, source.answers
        self.titles = [" ".join(title.split()) for title in layout.titles]
        self.places = {name: place for place, name in enumerate(layout.columns) if name}
        self.account = self.places.get("account", 0)
        self.periods = Periods(now().date(), layout.order, answers.period)
        self.constant = f"{answers.period:%Y-%m}" if answers.period and not layout.has("period") else ""
        self.above, self.owner, self.sums = Above(self.places), Owner(self.places), Sums()
        self.ours, self.sections = Ours(layout.columns, layout.supplier), Sections()
        self.parts = [name for name in ("address", *ADDRESS_PARTS) if name in self.places]

    def take(
        self, columns: Columns, lines: Sequence[int], damaged: bool = False, marked: bool = True
    ) -> Iterator[Batch]:
        """Judge rows, given in columns; `lines` are their places in the file, from 1.

        `damaged`: there may be characters that are none, or formulas that failed. `marked`: there may be an
        ampersand, or a sign of less.
        """
        if self.ours.company:
            columns, lines = self._of_ours(columns, lines)
            if not lines:
                return
        if marked:
            columns = entities.plain(columns, self.places.values())
        columns, filled = self.above.fill(columns, lines)
        self.tally.carried += filled
        columns, filled = self.owner.fill(columns, lines)
        self.tally.merged += filled
        columns = emptied(columns, self.layout.columns)
        rows = self._fields(columns)
        self.tally.unsure = self.sums.learn(rows[FIRST_AMOUNT:SERVICE])
        yield from self._sift(columns, rows, lines, damaged)

    def _of_ours(self, columns: Columns, lines: Sequence[int]) -> tuple[Columns, Sequence[int]]:
        """The rows of the company that was chosen; the others are counted."""
        kept, lost = self.ours.among(columns, lines)
        self.tally.other += len(lines) - len(kept) - len(lost)
        for row in lost:
            self.refuse(lines[row], columns[self.account][row], reasons.NO_SUPPLIER)
        return [[column[row] for row in kept] for column in columns], [lines[row] for row in kept]

    def refuse(self, line: int, account: str, reason: str) -> None:
        """Reject a row of which a reader knows that it cannot be taken."""
        self.above.forget()
        self.owner.forget()
        self.tally.rejected += 1
        self._told(Reject(line, shown(account), reason))

    def _fields(self, columns: Columns) -> Columns:
        """The columns of FIELDS; those missing from the file are empty."""
        nothing = [""] * len(columns[0])
        found = {name: columns[place] for name, place in self.places.items()}
        if self.constant:
            found["period"] = [self.constant] * len(nothing)
        elif "year" in found:
            month = found["month"] if "month" in found else found["period"]
            found["period"] = list(derived.months(month, found["year"]))
        if "full_name" in found:
            split = map(list, zip(*derived.people(found["full_name"]), strict=True))
            found |= zip(("last_name", "first_name", "middle_name"), split, strict=True)
        found |= derived.sums(found)
        found |= homes.usual_parts(found)
        if self.parts == ["address", "premises"]:
            found["address"] = homes.with_flats(found["address"], found["premises"])
        elif self.parts not in ([], ["address"]):
            rows = zip(*(found[name] for name in self.parts), strict=True)
            found["address"] = [homes.address(dict(zip(self.parts, row, strict=True))) for row in rows]
        return [found.get(name, nothing) for name in FIELDS]

    def _sift(self, columns: Columns, rows: Columns, lines: Sequence[int], damaged: bool) -> Iterator[Batch]:
        """Judge rows, halving them until each wrong one stands alone."""
        batches = None if damaged and self._spoilt(columns) else self._judge(rows, lines)
        if batches is not None:
            self.tally.accepted += len(lines)
            self.tally.closed += self.sections.closed(lines)
            self.tally.included += sum(included(batch.services) for batch in batches)
            yield from batches
        elif len(lines) == 1:
            self._dismiss([column[0] for column in columns], [column[0] for column in rows], lines[0])
        else:
            half = len(lines) // 2
            for part in (slice(None, half), slice(half, None)):
                halves = [column[part] for column in columns], [column[part] for column in rows]
                yield from self._sift(*halves, lines[part], damaged)

    def _spoilt(self, columns: Columns) -> bool:
        """Whether a cell has characters that are none, or one that is needed says that a formula failed."""
        joined = list(map("".join, columns))
        failed = (columns[place] for place in self.places.values() if "#" in joined[place])
        return any(map(broken, joined)) or any(any(map(ERROR.fullmatch, column)) for column in failed)

    def _judge(self, rows: Columns, lines: Sequence[int]) -> list[Batch] | None:
        """The rows as batches, None if any of them is wrong."""
        texts = rows[FIRST_TEXT:FIRST_AMOUNT]
        try:
            numbers, printed = column_of_keys(rows[0], self.layout.exact, self.layout.tail)
            spelled = {text: self.periods.of(text) for text in set(rows[1])}
            amounts = self.sums.columns(rows[FIRST_AMOUNT:SERVICE])
        except fields.FieldError:
            return None
        if self._lacking(rows[ADDRESS], amounts) or not homes.placed(rows[ADDRESS]):
            return None
        for column, width in zip((printed, *texts), WIDTHS.values(), strict=True):
            if any(column) and max(map(len, column)) > width:
                return None
        named = services(rows[SERVICE]) if self.layout.per_service else ()
        found = set(spelled.values())
        if len(found) == 1:
            return [Batch(found.pop(), numbers, printed, [*texts], [*amounts], lines, named)]
        return [
            Batch(period, numbers, printed, [*texts], [*amounts], lines, named).where(mask)
            for period in sorted(found)
            for mask in ([spelled[text] == period for text in rows[1]],)
        ]

    def _lacking(self, addresses: list[str], amounts: list[Sequence[str | None]]) -> bool:
        """Whether a row lacks something its file should have."""
        if "" in addresses and self.layout.has("address"):
            return True
        due, charged = amounts[:2]
        if not self.layout.has("amount_due") and not self.layout.has("amount_charged"):
            return False
        return None in due and any(d is None and c is None for d, c in zip(due, charged, strict=True))

    def _dismiss(self, cells: list[str], row: list[str], line: int) -> None:
        """Count a single row that is not taken."""
        if is_blank(cells):
            self.tally.blank += 1
        elif self.titles_again(cells, line) or is_other(cells, row[0], self.titles) or self._is_sum(cells):
            self.total(cells, row[FIRST_AMOUNT:SERVICE][:2])
            self.sections.note(cells, line)
            self.tally.other += 1
        else:
            self.refuse(line, row[0], self._reason(cells, row))

    def total(self, cells: Sequence[str], amounts: Sequence[str]) -> None:
        """Take note of what a row of totals says."""
        found = grand_total(cells, amounts) if self.ours.alone(cells) else None
        self.tally.totals += [] if found is None else [found]

    def titles_again(self, cells: list[str], line: int) -> bool:
        """Whether a row names the columns once more. Raises UnreadableFileError if it names others."""
        return titles_again(cells, self.layout.columns, line)

    def _is_sum(self, cells: list[str]) -> bool:
        """Whether nothing but amounts stands in a row, and perhaps the words over them: «Дом 19»."""
        sums = (*AMOUNTS, *KOPECKS, CREDIT)
        words = (place for place, cell in enumerate(cells) if cell and self.layout.columns[place] not in sums)
        return all(place == self.account and is_heading(cells[place]) for place in words)

    def _reason(self, cells: list[str], row: list[str]) -> str:
        """Why a single row is not taken."""
        if any(map(broken, cells)):
            return reasons.OTHER_ENCODING if is_alien(cells) else reasons.BAD_CHARACTER
        if any(ERROR.fullmatch(cells[place]) for place in self.places.values()):
            return reasons.FORMULA
        for name, reason in reasons.DATED_PARTS.items():
            if name in self.places and DATED.fullmatch(cells[self.places[name]]):
                return reason
        texts = zip((row[0], *row[FIRST_TEXT:]), WIDTHS.values(), strict=False)
        if any(len(text) > width for text, width in texts):
            return reasons.TOO_LONG
        try:
            account(row[0], self.layout.exact, self.layout.tail)
        except fields.FieldError as error:
            return reasons.BAD_ACCOUNTS.get(error.code, reasons.BAD_ACCOUNTS[""])
        try:
            self.periods.of(row[1])
        except fields.FieldError as error:
            return reasons.BAD_PERIODS.get(error.code, reasons.BAD_PERIODS[""])
        try:
            self.sums.columns([[text] for text in row[FIRST_AMOUNT:SERVICE]])
        except fields.FieldError:
            return reasons.BAD_AMOUNT
        if not homes.placed([row[ADDRESS]]):
            return reasons.MARKUP if entities.left(row[ADDRESS]) else reasons.NO_PLACE
        return self.no_amount if row[ADDRESS] or not self.layout.has("address") else reasons.NO_ADDRESS
