"""Reads tables with titles from the sheets of a workbook."""

from collections.abc import Iterator
from itertools import chain, islice, zip_longest

from cabinet.billing import mapping, reasons, refusals
from cabinet.billing.answers import Answers
from cabinet.billing.batches import Batch
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.layout import Layout
from cabinet.billing.readers import cells, suppliers
from cabinet.billing.readers.cells import Row
from cabinet.billing.readers.header import Header
from cabinet.billing.readers.tables import find_titles, layout_of
from cabinet.billing.readers.workbook import NO_ROWS, Sheet, Workbook
from cabinet.billing.rows import Judge
from cabinet.billing.source import Source
from cabinet.billing.tally import Tally
from cabinet.billing.titles import is_private

ROWS = 500  # judged at a time
DATED = reasons.DATED_PARTS | {  # columns in which a date is a spreadsheet's misreading of something else
    "account": reasons.BECAME_DATE.format("номер лицевого счёта"),
    "amount_due": reasons.BECAME_DATE.format("сумма"), "amount_charged": reasons.BECAME_DATE.format("сумма"),
    "amount_paid": reasons.BECAME_DATE.format("сумма"),
}  # fmt: skip
NO_AMOUNT = f"{reasons.NO_AMOUNT}; если в ячейке формула, откройте книгу в Excel и сохраните её"
HIDDEN = (
    "Лицевые счета стоят только на скрытом листе «{}». Если это те начисления, покажите лист в Excel, "
    "сохраните книгу и загрузите её снова."
)
Lines = list[int] | range


class SheetReader:
    """Reads the rows of the sheet that has titles; see base.Reader. Lines are rows of the sheet."""

    def __init__(self, source: Source, book: Workbook | None = None) -> None:
        path, answers = source.path, source.answers
        self.progress, self.size = source.progress, path.stat().st_size
        self.book, self.only = book or Workbook(path), source.sheet
        self.others: list[tuple[Sheet, Header]] = []  # further sheets with titles, hidden ones among them
        self.sheet, self.header = self._sheet(answers)
        head = self.sheet.head[self.header.lines :]
        self.layout = self._layout(answers, head)
        self.tally = Tally()
        self.judge = Judge(self.layout, self.tally, source)
        self.judge.no_amount = NO_AMOUNT
        for place, row in enumerate(self.sheet.head[: self.header.lines], 1):
            self.judge.sections.note(row, place)
        self.places = [place for place, title in enumerate(self.header.titles) if not is_private(title)]
        self.dated = [
            (place, DATED[name])
            for place, name in enumerate(self.layout.columns[: len(self.header.titles)])
            if name in DATED
        ]

    def _layout(self, answers: Answers, head: list[list[str]]) -> Layout:
        """What is understood of the sheet; `head` are its first rows."""
        above = " ".join(chain.from_iterable(self.sheet.head[: max(0, self.header.lines - 1)]))
        refusals.refuse_titles(self.header.titles, above[:2000], self.header.columns.names)
        mapping.require_titles(self.header.columns, self.header.titles, head)
        texts = (list(map(cells.text, row)) for row in islice(self.sheet.rows(), self.header.lines, None))
        layout = layout_of("книга Excel", "", self.header, answers, head, texts)
        mapping.require(layout, answers, head)
        return suppliers.settled(layout, self._pairs(layout), answers) if layout.has("supplier") else layout

    def _pairs(self, layout: Layout) -> Iterator[tuple[str, str]]:
        """The account and the supplier of each row."""
        one, other = layout.columns.index("account"), layout.columns.index("supplier")
        for row in islice(self.sheet.rows(), self.header.lines, None):
            if len(row) > max(one, other):
                yield cells.text(row[one]), cells.text(row[other])

    def _completed(self, columns: list[list[str]], lines: Lines) -> tuple[list[list[str]], Lines]:
        """Rows completed with what other sheets have on them."""
        return columns, lines

    def _ended(self) -> None:
        """Count the rows read from other sheets."""

    def _sheet(self, answers: Answers) -> tuple[Sheet, Header]:
        """The shown sheet with the best titles; the first of equals. Raises UnreadableFileError."""
        found: list[tuple[int, Sheet, Header]] = []
        filled: list[Sheet] = []
        for sheet in self.book.sheets:
            if not sheet.height or self.only not in ("", sheet.name):
                continue
            filled.append(sheet)
            header = find_titles(sheet.head, answers.columns)
            if header:
                found.append((header.columns.score, sheet, header))
        if not filled:
            raise UnreadableFileError(NO_ROWS)
        if not any("account" in header.columns.names for _, _, header in found):
            for sheet in filled:
                refusals.refuse_report(map(" ".join, sheet.head))
        if not found:
            raise mapping.unknown(min(filled, key=lambda sheet: sheet.hidden).head)
        shown = [each for each in found if not each[1].hidden or self.only]
        good = [each for each in found if "account" in each[2].columns.names and each[0] > 2]
        if good and all(each not in shown for each in good):
            raise UnreadableFileError(HIDDEN.format(good[0][1].name))
        _, sheet, header = next((each for each in good if each in shown), None) or max(
            shown or found, key=lambda each: each[0]
        )
        self.others = [(other, titles) for _, other, titles in found if other is not sheet]
        return sheet, header

    def __iter__(self) -> Iterator[Batch]:
        titles = self.header.lines
        self.tally.lines += titles
        self.tally.other += titles
        left = islice(self.sheet.rows(), titles, None)
        while block := list(islice(left, ROWS)):
            lines = range(self.tally.lines + 1, self.tally.lines + 1 + len(block))
            self.tally.lines += len(block)
            yield from self._judge(block, lines)
            self.progress(min(self.size, self.size * lines[-1] // max(1, self.sheet.height)))
        self._ended()

    def _judge(self, block: list[Row], numbers: range) -> Iterator[Batch]:
        """Judge rows; empty ones, of which sheets may have thousands, are only counted."""
        lines: Lines = numbers
        if not all(map(any, block)):
            filled = [(row, line) for row, line in zip(block, numbers, strict=True) if _any(row)]
            self.tally.blank += len(block) - len(filled)
            if not filled:
                return
            block, lines = [row for row, _ in filled], [line for _, line in filled]
        raw = list(zip_longest(*block, fillvalue=""))
        width = len(self.layout.columns)
        nothing = [""] * len(block)
        columns = [nothing] * width
        special = {self.layout.place("period"): cells.period, self.layout.place("account"): cells.account}
        for place in self.places:
            if place < len(raw):
                columns[place] = cells.column(raw[place], special.get(place, cells.text))
        columns, lines = self._without_dates(raw, columns, lines)
        if lines:
            columns, lines = self._completed(columns, lines)
        if lines:
            yield from self.judge.take(columns, lines, damaged=True)

    def _without_dates(
        self, raw: list[tuple[cells.Cell, ...]], columns: list[list[str]], lines: Lines
    ) -> tuple[list[list[str]], Lines]:
        """The rows, less those in which a spreadsheet turned something else into a date."""
        bad: dict[int, str] = {}
        for place, reason in self.dated:
            if place < len(raw) and not {str, float}.issuperset(map(type, raw[place])):
                bad |= {row: reason for row, cell in enumerate(raw[place]) if isinstance(cell, cells.DATES)}
        if not bad:
            return columns, lines
        for row, reason in sorted(bad.items()):
            self.judge.refuse(lines[row], "", reason)
        good = [row for row in range(len(lines)) if row not in bad]
        return [[column[row] for row in good] for column in columns], [lines[row] for row in good]


def _any(row: Row) -> bool:
    """Whether a row has any content; zero is content."""
    return any(cell != "" and (type(cell) is not str or cell.strip()) for cell in row)
