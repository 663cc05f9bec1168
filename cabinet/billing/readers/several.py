"""Reads several files as one: parts of a month that have the same kinds of columns."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from cabinet.billing.batches import AMOUNTS, TEXTS, Batch, Reject
from cabinet.billing.errors import BillingWarning, NeedsAnswerError, UnreadableFileError
from cabinet.billing.layout import Layout
from cabinet.billing.readers import named_months
from cabinet.billing.readers.base import Reader
from cabinet.billing.source import Source
from cabinet.billing.tally import Tally

Open = Callable[[Source], Reader]


class SeveralReader:
    """Reads files one after another; see base.Reader. Line numbers continue from file to file.

    `open_one` makes the reader of a file; `noun` is what the clerk calls the files, which may be sheets.
    Raises UnreadableFileError, naming the file, if one cannot be read, or if the files do not have the same
    kinds of columns.
    """

    def __init__(self, sources: Sequence[Source], open_one: Open, noun: str = "файлов") -> None:
        self.tally, self.noun = Tally(), noun
        self.starts: list[tuple[int, str]] = []  # lines before each file, and its name
        self.names = [source.name for source in sources]
        self.read = 0  # bytes of the files read so far
        self.sizes = [source.path.stat().st_size for source in sources]
        self.months: list[date] = []  # of the files, where each names its own
        self.readers = self._opened(sources, open_one)
        self.layout = self._layout()

    def _opened(self, sources: Sequence[Source], open_one: Open) -> list[Reader]:
        """The readers, each for its own month where only names and headings of files tell months apart."""
        try:
            return [self._open(source, open_one) for source in sources]
        except NeedsAnswerError:
            months = [self._proposed(source, open_one) for source in sources]
            known = [month for month in months if month]
            if len(known) < len(months) or len(set(known)) < 2:
                raise
        self.months = known
        answered = (
            replace(source, answers=replace(source.answers, period=month))
            for source, month in zip(sources, known, strict=True)
        )
        return [self._open(source, open_one) for source in answered]

    def _proposed(self, source: Source, open_one: Open) -> date | None:
        """The month proposed for a file that needs an answer; None if it needs none, or names no month."""
        try:
            self._open(source, open_one)
        except NeedsAnswerError as error:
            return named_months.proposed(error)
        return None

    def _open(self, source: Source, open_one: Open) -> Reader:
        def progress(done: int) -> None:
            source.progress(self.read + done)

        def reject(row: Reject) -> None:
            source.reject(replace(row, line=self.tally.lines + row.line))

        try:
            return open_one(replace(source, progress=progress, reject=reject))
        except UnreadableFileError as error:
            error.args = (f"{source.name}: {error}",)
            raise

    def _layout(self) -> Layout:
        first = self.readers[0].layout
        for name, reader in zip(self.names[1:], self.readers[1:], strict=True):
            if _said(reader.layout) != _said(first):
                raise UnreadableFileError(
                    f"Файлы разного вида: «{self.names[0]}» ({first.format}) и «{name}» "
                    f"({reader.layout.format}) говорят о счетах разное. Загрузите их по одному."
                )
        warnings: dict[str, BillingWarning] = {}
        for name, reader in zip(self.names, self.readers, strict=True):
            for warning in reader.layout.warnings:
                told = warning._replace(sentence=f"{name}: {warning.sentence}")
                warnings.setdefault(warning.code, told)
        if self.months:
            each = named_months.told(self.names, self.months)
            warnings[each.code] = each
        return replace(
            first,
            format=f"{first.format}, {self.noun}: {len(self.readers)}",
            warnings=tuple(warnings.values()),
        )

    def locate(self, line: int) -> tuple[str, int]:
        """The file, and the line in it, of a line number that counts across files."""
        start, name = next((each for each in reversed(self.starts) if each[0] < line), (0, self.names[0]))
        return name, line - start

    def __iter__(self) -> Iterator[Batch]:
        for name, size, reader in zip(self.names, self.sizes, self.readers, strict=True):
            before = self.tally.lines
            self.starts.append((before, name))
            for batch in reader:
                lines = batch.lines
                if before:
                    moved = range(lines[0] + before, lines[-1] + before + 1)
                    lines = moved if isinstance(lines, range) else [line + before for line in lines]
                yield replace(batch, lines=lines)
            self.tally.add(reader.tally)
            self.read += size


def _said(layout: Layout) -> frozenset[str]:
    """The fields that a file has."""
    said = ("period", "service", *TEXTS, *AMOUNTS)
    return frozenset(name for name in said if layout.has(name))
