"""Reads delimited text: the usual encodings, delimiters, decimals, titles of columns.

A file is read in blocks of whole lines, and a block is split into columns at once where nothing in it needs a
parser.
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

from cabinet.billing.batches import Batch, Reject
from cabinet.billing.encodings import LOST, blocks, broken, encoding_of
from cabinet.billing.layout import Layout
from cabinet.billing.rows import Judge, shown
from cabinet.billing.titles import field_of

LONGEST_FIELD = 10_000  # characters
DELIMITERS = ";,\t"
FORMAT = "текст с разделителями"

BAD_COLUMNS = "в строке не столько полей, сколько в заголовке"
BAD_QUOTES = "слишком длинное поле или незакрытая кавычка"


class DelimitedReader:
    """Reads the rows of a file of delimited text.

    `progress` gets bytes read so far, `reject` the rows that cannot be taken. Raises UnreadableFileError,
    OSError.
    """

    def __init__(self, path: Path, progress: Callable[[int], None], reject: Callable[[Reject], None]) -> None:
        self.path, self.progress, self.reject = path, progress, reject
        encoding = encoding_of(path)
        header = self._examine(encoding)
        self.layout = Layout(FORMAT, encoding, _columns(header, self.delimiter))
        self.layout.require()
        self.judge = Judge(self.layout, reject)
        d = self.delimiter
        self.edges = (f" {d}", f"{d} ", " \n", "\n ")

    def _examine(self, encoding: str) -> str:
        """The line of titles; the rows begin at byte `start`, after `line` lines."""
        with self.path.open("rb") as file:
            head = next(blocks(file), b"")
        self.start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
        header, self.line = "", 0
        for line in io.StringIO(head[self.start :].decode(encoding, "replace"), newline=""):
            header, self.line = line, self.line + 1
            self.start += len(line.encode(encoding, "replace"))
            if line.strip():
                break
        self.delimiter = max(DELIMITERS, key=header.count)
        return header

    def __iter__(self) -> Iterator[Batch]:
        csv.field_size_limit(LONGEST_FIELD)
        with self.path.open("rb") as file:
            file.seek(self.start)
            texts = (block.decode(self.layout.encoding, "replace") for block in blocks(file))
            for block in texts:
                columns = self._split(block)
                if columns:
                    count = len(columns[0])
                    yield from self.judge.take(columns, range(self.line + 1, self.line + 1 + count), False)
                    self.line += count
                else:
                    yield from self._parse(block, texts)
                self.progress(file.tell())

    def _split(self, block: str) -> list[list[str]] | None:
        """The columns of a block that needs no parser: no quotes, no odd spaces, all rows complete."""
        if '"' in block or LOST in block:
            return None
        if "\r" in block:
            block = block.replace("\r\n", "\n")
        block = block.removesuffix("\n")
        bare = block.replace("\n", "")
        if self.delimiter == "\t":
            bare = bare.replace("\t", "")
        if not bare.isprintable() or any(
            edge in block for edge in self.edges
        ):  # no other spaces than inner ones
            return None
        if not block or block[0] == " " or block[-1] == " ":
            return None
        d, width = self.delimiter, len(self.layout.columns)
        stride = width + 1
        cells = block.replace("\n", f"{d}\n{d}").split(d)
        ends = cells[width::stride]
        if len(cells) % stride != width or ends.count("\n") != len(ends) or len(ends) != block.count("\n"):
            return None
        columns = [cells[place::stride] for place in range(width)]
        if any(max(map(len, columns[place])) > LONGEST_FIELD for place in self.layout.unneeded):
            return None
        return columns

    def _parse(self, block: str, blocks: Iterator[str]) -> Iterator[Batch]:
        """The rows of a block by a real parser; a quoted field may go on into the next block."""
        lines = _Lines(block, blocks)
        reader = csv.reader(lines, delimiter=self.delimiter)
        width, needed = len(self.layout.columns), self.layout.needed
        records: list[list[str]] = []
        numbers: list[int] = []
        while lines.left():
            line = self.line + reader.line_num + 1
            try:
                cells = [cell.strip() for cell in next(reader)]
            except csv.Error:
                self.reject(Reject(line, "", BAD_QUOTES))
                continue
            except StopIteration:
                break
            if needed <= len(cells) and not any(cells[width:]):
                cells = [*cells, *[""] * width][:width]
                records.append(cells)
                numbers.append(line)
            elif any(cells):
                account = dict(enumerate(cells)).get(self.judge.account, "")
                self.reject(Reject(line, shown(account), BAD_COLUMNS))
        self.line += reader.line_num
        if records:
            yield from self.judge.take(list(map(list, zip(*records, strict=True))), numbers, lines.damaged)


class _Lines:
    """Lines of a block, and of those after it if the reader asks for more."""

    def __init__(self, block: str, blocks: Iterator[str]) -> None:
        self.blocks = blocks
        self.damaged = False
        self._open(block)

    def _open(self, block: str) -> None:
        self.damaged = self.damaged or broken(block)
        self.lines = list(io.StringIO(block, newline=""))
        self.next = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if not self.left():
            self._open(next(self.blocks))
        self.next += 1
        return self.lines[self.next - 1]

    def left(self) -> bool:
        """Whether the present block has more lines."""
        return self.next < len(self.lines)


def _header(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _columns(header: str, delimiter: str) -> tuple[str | None, ...]:
    columns: list[str | None] = []
    for title in _header(header, delimiter):
        name = field_of(title)
        columns.append(name if name not in columns else None)
    return tuple(columns)
