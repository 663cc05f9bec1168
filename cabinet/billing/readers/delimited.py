"""Reads delimited text in any usual encoding, with any usual delimiter and column titles.

A file is read in blocks of whole lines. A block is split into columns at once, unless something in it needs a
closer look.
"""

import csv
import re
from collections.abc import Iterator

from cabinet.billing import entities, mapping
from cabinet.billing.alien import LOST, broken
from cabinet.billing.answers import Answers
from cabinet.billing.batches import Batch
from cabinet.billing.common_text import common_signs, is_common
from cabinet.billing.encodings import encoding_of, lines_of, text_blocks
from cabinet.billing.errors import BillingWarning, NeedsAnswerError, Question
from cabinet.billing.layout import Layout
from cabinet.billing.numbers import ROUNDED, tail_of
from cabinet.billing.others import is_other
from cabinet.billing.periods import SLASHED, SPELLINGS, day_order
from cabinet.billing.readers import contradictions, endings, quotes, suppliers
from cabinet.billing.readers.header import DELIMITERS, Header, find
from cabinet.billing.readers.records import Records
from cabinet.billing.readers.usual import Usual
from cabinet.billing.readers.widths import widths
from cabinet.billing.rows import Judge
from cabinet.billing.source import Source
from cabinet.billing.tally import Tally

__all__ = ["DELIMITERS", "LONGEST_FIELD", "DelimitedReader"]
LONGEST_FIELD = 10_000  # characters
HEAD = 100  # lines looked at first
NAMES = {
    ";": "точкой с запятой",
    ",": "запятой",
    "\t": "табуляцией",
    "|": "чертой",
    "^": "знаком ^",
    "~": "знаком ~",
    "│": "рамкой",
    "║": "рамкой",
}

AMBIGUOUS = "Даты вида «01/02/2026» можно прочесть двояко. За какой расчётный период эти начисления?"
MONTH_FIRST = "Даты вида «10/1/2026» прочитаны так, что сначала стоит месяц."
LONG_NUMBER = re.compile(r"[0-9]{16,32}")


class DelimitedReader:
    """Reads the rows of a file of delimited text; see base.Reader."""

    unnamed_services = False  # see Layout
    comment = ""  # how lines begin that are no rows

    def __init__(self, source: Source) -> None:
        path, answers = source.path, source.answers
        self.path, self.progress = path, source.progress
        encoding = encoding_of(path, chosen=answers.chosen.get("encoding", ""))
        self.usual = Usual()
        self.usual = Usual(self._head(encoding))
        head = self._head(encoding)
        header = self._find(head, answers)
        below = [quotes.cut(line, header.delimiter) for line in head[header.lines :]]
        header = contradictions.settled(header, below, answers)
        self.delimiter, self.skipped = header.delimiter, header.lines
        self.common = common_signs("\"#&'<", "\r\n\t" if self.delimiter == "\t" else "\r\n")
        self.layout = self._layout(encoding, header, head[header.lines :], answers)
        self.layout = endings.doubted(self.layout, self.delimiter, below)
        mapping.require(self.layout, answers, below, self.delimiter)
        if self.layout.has("supplier"):
            self.layout = suppliers.settled(
                self.layout, self._pairs(encoding, "account", "supplier"), answers
            )
        self.tally, d = Tally(), self.delimiter
        self.judge = Judge(self.layout, self.tally, source)
        for place, line in enumerate(head[: header.lines], 1):
            self.judge.sections.note(quotes.cut(line, d), place)
        rows = head[header.lines :]
        self.ending = endings.Ending(self.layout.columns, d, rows)
        quoting = any(quotes.begins(row, d) and quotes.split(row, d) is not None for row in rows)
        usual, above = widths(rows, self.layout, d), head[: header.lines]
        self.records = Records(self.judge, d, usual, quoting, self.comment, above)

    def _head(self, encoding: str) -> list[str]:
        """The first lines."""
        lines: list[str] = []
        with self.path.open("rb") as file:
            for text in map(self.usual, text_blocks(file, encoding)):
                lines += lines_of(text)
                if len(lines) >= HEAD:
                    break
        return lines

    def _layout(self, encoding: str, header: Header, rows: list[str], answers: Answers) -> Layout:
        """What is understood of the file; `rows` are some of its first rows."""
        names = header.columns.names
        order, warnings = "day", header.columns.warnings
        if "period" in names and any(SLASHED.search(row) for row in rows):
            order = day_order(self._spellings(encoding, names.index("period")))
            if not order and answers.period is None:
                raise NeedsAnswerError(Question("period", AMBIGUOUS))
            if order == "month":
                warnings = (*warnings, BillingWarning("month-first", MONTH_FIRST))
        exact, tail = False, 0
        if "account" in names:
            cells = [quotes.cut(row, self.delimiter) for row in rows]
            place = names.index("account")
            tail = tail_of(c[place] for c in cells if len(c) > place)
            long = [c[place] for c in cells if len(c) > place and LONG_NUMBER.fullmatch(c[place])]
            exact = 2 * sum(bool(ROUNDED.fullmatch(number)) for number in long) < len(long)
        return Layout(
            self._format(header),
            encoding, names, header.titles, header.columns.doubles, order, exact, header.hint, warnings,
            unnamed_services=self.unnamed_services, tail=tail,
        )  # fmt: skip

    def _find(self, head: list[str], answers: Answers) -> Header:
        """Where the rows begin and what their columns hold; `head` are the first lines."""
        return find(head, answers.columns)

    def _format(self, header: Header) -> str:
        """What the clerk calls such a file."""
        return f"текст с разделителями ({NAMES.get(self.delimiter, self.delimiter)})"

    def _prepared(self, columns: list[list[str]]) -> list[list[str]]:
        """The columns as the judge is to see them."""
        return columns

    def _pairs(self, encoding: str, *names: str) -> Iterator[tuple[str, str]]:
        """The cells of two columns in each row."""
        one, other = (self.layout.columns.index(name) for name in names)
        with self.path.open("rb") as file:
            for text in map(self.usual, text_blocks(file, encoding)):
                rows = (quotes.split(line, self.delimiter) or [] for line in lines_of(text))
                yield from ((row[one], row[other]) for row in rows if len(row) > max(one, other))

    def _spellings(self, encoding: str, place: int) -> set[str]:
        """The distinct cells of a column, a few thousand at most."""
        found: set[str] = set()
        with self.path.open("rb") as file:
            for text in map(self.usual, text_blocks(file, encoding)):
                rows = (quotes.split(line, self.delimiter) or [] for line in lines_of(text))
                found |= {row[place] for row in rows if len(row) > place}
                if len(found) > SPELLINGS:
                    break
        return found

    def __iter__(self) -> Iterator[Batch]:
        csv.field_size_limit(LONGEST_FIELD)
        with self.path.open("rb") as file:
            blocks = _together(self._rows(map(self.usual, text_blocks(file, self.layout.encoding))))
            texts = self.ending.whole(blocks)
            for text in texts:
                common = is_common(text, self.common)
                columns = self._split(text, common)
                if columns:
                    line, count = self.tally.lines, len(columns[0])
                    self.tally.lines += count
                    numbers = range(line + 1, line + 1 + count)
                    marked = not common and ("&" in text or "<" in text)
                    yield from self.judge.take(self._prepared(columns), numbers, marked=marked)
                else:
                    yield from self._parse(text, texts)
                self.progress(file.tell())
        if lost := self.ending.lost:
            self.tally.lines += 1
            cells = quotes.cut(lost, self.delimiter)
            if is_other(cells, cells[self.judge.account], self.judge.titles):
                self.tally.other += 1
            else:
                self.judge.refuse(self.tally.lines, cells[self.judge.account], endings.CUT_OFF)

    def _rows(self, texts: Iterator[str]) -> Iterator[str]:
        """The blocks without the titles and anything above them."""
        left = self.skipped
        for text in texts:
            if left:
                lines = lines_of(text)
                for line in lines[:left]:
                    self.tally.lines += 1
                    if line.strip():
                        self.tally.other += 1
                    else:
                        self.tally.blank += 1
                text = "".join(lines[left:])
                left = max(0, left - len(lines))
            if text:
                yield text

    def _split(self, block: str, common: bool) -> list[list[str]] | None:
        """The columns of a block of complete rows without quotes or unusual spaces; None for any other.

        `common`: nothing in it is anything but text.
        """
        if "\r" in block:
            block = block.replace("\r\n", "\n")
            if "\r" in block:
                return None
        block = block.removesuffix("\n")
        if not block or not (common or self._is_whole(block)):
            return None
        d, width = self.delimiter, len(self.layout.columns)
        stride = width + 1
        cells = block.replace("\n", f"{d}\n{d}").split(d)
        ends = cells[width::stride]
        if len(cells) % stride != width or ends.count("\n") != len(ends) or len(ends) != block.count("\n"):
            return None
        columns = [_trimmed(cells[place::stride]) for place in range(width)]
        if any(max(map(len, columns[place])) > LONGEST_FIELD for place in self.layout.unneeded):
            return None
        return columns

    def _is_whole(self, block: str) -> bool:
        """Whether no sign of a block says anything of its cells."""
        d, bare = self.delimiter, block.replace("\n", "")
        if '"' in block or LOST in block or "#" in block:
            return False
        if not (bare.replace("\t", "") if d == "\t" else bare).isprintable():
            return False  # there are spaces other than U+0020
        if "&" in block and d == ";" and entities.ENTITY.search(block):
            return False
        # how spreadsheets keep a number as text
        return "'" not in block or not (block[0] == "'" or f"{d}'" in block or "\n'" in block)

    def _parse(self, block: str, blocks: Iterator[str]) -> Iterator[Batch]:
        """Read a block line by line; a cell may continue into the next block."""
        lines = lines_of(block)
        records, numbers = self.records.rows(lines, lambda: lines_of(next(blocks, "")))
        if records:
            damaged = any(broken(line) or "#" in line for line in lines)
            columns = self._prepared(list(map(list, zip(*records, strict=True))))
            yield from self.judge.take(columns, numbers, damaged)


def _trimmed(column: list[str]) -> list[str]:
    """Cells without the spaces around them."""
    return list(map(str.strip, column)) if " " in "".join(column) else column


def _together(texts: Iterator[str]) -> Iterator[str]:
    """The blocks, with the last line of each moved to the next: only what follows shows if it is complete."""
    before = ""
    for text in texts:
        cut = before.rfind("\n" if "\n" in before else "\r", 0, -2) + 1
        if cut:
            yield before[:cut]
        before = before[cut:] + text
    if before:
        yield before
