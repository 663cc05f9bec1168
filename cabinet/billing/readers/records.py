"""Splits delimited text into rows line by line, where quotes, unusual spaces or damage require it."""

import re
from collections.abc import Callable, Mapping, Sequence

from cabinet import fields
from cabinet.billing.batches import AMOUNTS
from cabinet.billing.numbers import account
from cabinet.billing.others import is_other, is_total
from cabinet.billing.readers import quotes
from cabinet.billing.rows import Judge
from cabinet.billing.sections import begins_section

BAD_COLUMNS = "в строке не столько полей, сколько в заголовке"
BAD_QUOTES = "незакрытая кавычка"
TORN = "строка разорвана на две"
NUMBERS = re.compile("[0-9]+")
END_MARKS = "\x1a\0"  # the end of a DOS file, and the padding of its last block
LAST_MARK = re.compile(r"\x1a[\x1a\0]*$")
KEPT = re.compile(  # ="0040571", =T("0040571"), '0040571: how spreadsheets are told to keep zeros
    r'=(?:[TТ]\()?"(.*?)"\)?|\'(?=[0-9])(.*)'
)


def clean(cell: str) -> str:
    """A cell without surrounding spaces and without the marks by which spreadsheets keep a number as text."""
    cell = cell.strip()
    kept = KEPT.fullmatch(cell) if cell[:1] in ("=", "'") else None
    return (kept[1] if kept[1] is not None else kept[2]).strip() if kept else cell


class Records:
    """Turns lines into rows. Other lines are counted and, if something is lost, rejected through the judge.

    The keys of `widths` are the numbers of cells a row may have: that of the titles, and any other that the
    program's rows regularly have because it omits empty cells at the end or adds some. The value is False if
    only some rows have that number: the last column must then be filled, or a cell may have been split.
    `quoting` says that cells are quoted, so an unclosed quote may hide anything; otherwise it is a stray.
    `comment` is how lines begin that are no rows, `above` are the lines over the titles.
    """

    def __init__(
        self,
        judge: Judge,
        delimiter: str,
        widths: Mapping[int, bool],
        quoting: bool,
        comment: str = "",
        above: Sequence[str] = (),
    ) -> None:
        self.comment, self.above = comment, {_undated(line) for line in above if line.strip()}
        self.judge, self.delimiter, self.widths = judge, delimiter, widths
        self.layout, self.tally = judge.layout, judge.tally
        self.width = len(self.layout.columns)
        self.period = self.layout.place("period")
        self.quoting = quoting
        self.opened = False  # whether the line before opened a quote without closing it
        self.torn = -1  # the line that seems to hold the beginning of a number

    def rows(self, lines: list[str], more: Callable[[], list[str]]) -> tuple[list[list[str]], list[int]]:
        """The rows, and their places in the file; `more` supplies further lines, [] at the end of the file.

        Lines that a cell with line breaks needs are appended to `lines`.
        """
        records: list[list[str]] = []
        numbers: list[int] = []
        begun, place, ended = self.tally.lines, 0, 0  # `ended`: where the last row ended
        while place < len(lines):
            number = begun + place + 1
            cells, count = self._cells(lines, place, more)
            place += count
            self.tally.continued += count - 1
            if cells is None:
                line = lines[place - 1]
                rest, ends = quotes.cut(line, self.delimiter), quotes.closes(line, self.delimiter)
                if self._lose(rest, number, BAD_QUOTES) and ended == number - 1 and (ends or len(rest) == 1):
                    self._tear(records, numbers, rest, line)
            elif not any(cells):
                self._skip(lines[place - 1])
                ended, self.torn = (number if at == number - 1 else at for at in (ended, self.torn))
            elif self.torn == number - 1:
                self._lose(cells, number, TORN)
            elif self._fits(cells):
                records.append(cells)
                numbers.append(number)
                ended = begun + place
            elif self._lose(cells, number, BAD_COLUMNS) and ended == number - 1:
                self._tear(records, numbers, cells, lines[place - 1])
        self.tally.lines += len(lines)
        return [[*cells, *[""] * (self.width - len(cells))][: self.width] for cells in records], numbers

    def _tear(self, records: list[list[str]], numbers: list[int], rest: list[str], line: str) -> None:
        """Also reject the row above a lost line if that line may be the rest of one of its cells."""
        if not records:
            return
        last = self.layout.columns[-1]
        if self.quoting and quotes.closes(line, self.delimiter):
            torn: object = True
        elif len(rest) == 1 and len(records[-1]) >= self.width:
            words = any(map(str.isalpha, rest[0]))
            torn = not words if last in AMOUNTS else last and not rest[0][:1].isupper()
        else:
            torn = len(records[-1]) + len(rest) - 1 == self.width
        if torn:
            self._lose(records.pop(), numbers.pop(), TORN)

    def _cells(
        self, lines: list[str], place: int, more: Callable[[], list[str]]
    ) -> tuple[list[str] | None, int]:
        """The cells of the row that starts at a line, None if quotes hide them; and its number of lines."""
        line = LAST_MARK.sub("", lines[place])
        opened, self.opened = self.opened, False
        cells = quotes.split(line, self.delimiter)
        if cells is None and quotes.opens(line, self.delimiter):
            while place + quotes.MOST_LINES > len(lines) and (further := more()):
                lines += further
            found = quotes.joined(
                lines, place, self.delimiter, self.width, self._could_be_row, self.period, self.judge.account
            )
            if found:
                return [clean(cell) for cell in found[0]], found[1]
            self.opened = True
            if self.quoting:
                return None, 1
            following = lines[place + 1] if place + 1 < len(lines) else ""
            if following.strip() and not self._could_be_row(following):
                return None, 1
        self.quoting = self.quoting or (cells is not None and quotes.begins(line, self.delimiter))
        if opened and quotes.closes(line, self.delimiter):
            return None, 1
        left = quotes.QUOTE in (line if cells is None else "".join(cells))  # a quote that encloses nothing
        if self.quoting and left and quotes.uneven(line, self.delimiter):
            return None, 1
        if cells is None:
            cells = quotes.cut(line, self.delimiter)
        return [clean(cell) for cell in cells], 1

    def _fits(self, cells: list[str]) -> bool:
        """Whether there are as many cells as a row may have."""
        if len(cells) not in self.widths or any(cells[self.width :]):
            return False
        return self.widths[len(cells)] or bool(cells[self.width - 1])

    def _skip(self, line: str) -> None:
        """Count a line whose cells are all empty."""
        if any(mark in line for mark in END_MARKS):
            self.tally.other += 1
        else:
            self.tally.blank += 1

    def _lose(self, cells: list[str], number: int, reason: str) -> bool:
        """Count a line that is not a row: an end mark, a row of totals, or a loss; True for a loss."""
        printed = cells[self.judge.account] if self.judge.account < len(cells) else ""
        marks = all(not cell.strip(END_MARKS) for cell in cells)
        if (
            marks
            or self.judge.titles_again(cells, number)
            or (reason == BAD_COLUMNS and is_other(cells, printed, self.judge.titles))
            or (reason == BAD_COLUMNS and self._is_mark(cells))
            or (len(cells) == 1 and _undated(cells[0]) in self.above)  # the heading of each page
            or begins_section(cells)
        ):
            self.judge.total(cells, cells[:0:-1])
            self.judge.sections.note(cells, number)
            self.tally.other += 1
            return False
        self.judge.refuse(number, printed, reason)
        first = self.layout.columns[0]
        alone = cells[0] and not any(cells[1:])
        if alone and first and (first not in ("account", *AMOUNTS) or _mostly_digits(cells[0])):
            self.torn = number
        return True

    def _is_mark(self, cells: list[str]) -> bool:
        """Whether a line with fewer cells than a row is a comment, or a total: «ИТОГО;4;1002,00»."""
        commented = bool(self.comment) and cells[0].startswith(self.comment)
        return len(cells) < self.layout.needed and (commented or is_total(cells[:1]))

    def _could_be_row(self, line: str) -> bool:
        """Whether a line is a row by itself, or has at least the account and the month of one."""
        cells = quotes.cut(line, self.delimiter)
        if len(cells) >= min(self.widths):
            return True
        places = [self.judge.account, *([] if self.period is None else [self.period])]
        if len(cells) <= max(places) or not _mostly_digits(cells[places[0]]):
            return False
        try:
            account(cells[places[0]])
            return self.period is None or bool(self.judge.periods.of(cells[self.period]))
        except fields.FieldError:
            return False


def _undated(line: str) -> str:
    """A line without its numbers: «Лист 2» is as «Лист 1»."""
    return " ".join(NUMBERS.sub("", line).split())


def _mostly_digits(text: str) -> bool:
    return sum(map(str.isdigit, text)) * 2 >= len(text)
