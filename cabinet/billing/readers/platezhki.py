"""Reads XML of payment notices: `<platezhki period="2026.10"><item nomerls="…" koplate="…"/>…`."""

from collections.abc import Iterator
from contextlib import suppress
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from cabinet.billing import refusals
from cabinet.billing.batches import Batch
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.layout import Layout
from cabinet.billing.rows import Judge
from cabinet.billing.source import Source
from cabinet.billing.tally import Tally

ROOT, ITEM = "platezhki", "item"
ATTRIBUTES = {
    "nomerls": "account", "ediny_ls": "els", "id_jku_gis": "zhku_id", "platelshik": "full_name",
    "pomeshenie": "address", "koplate": "amount_due", "nachisleno": "amount_charged",
    "oplacheno": "amount_paid",
}  # fmt: skip
ROWS = 500  # judged at a time
CUT_OFF = "XML в файле оборван или испорчен: файл загрузился не целиком. Загрузите его ещё раз."


class PlatezhkiReader:
    """Reads the items of such a file; see base.Reader. Lines are item numbers."""

    def __init__(self, source: Source) -> None:
        self.path, self.progress = source.path, source.progress
        period, names = self._look()
        columns = (*(ATTRIBUTES[name] for name in names), *(("period",) if period else ()))
        self.names, self.period = names, period
        titles = (*names, *(("period",) if period else ()))
        self.layout = Layout("платёжки в XML", "", columns, titles)
        self.layout.require(source.answers)
        self.tally = Tally()
        self.judge = Judge(self.layout, self.tally, source)

    def _look(self) -> tuple[str, tuple[str, ...]]:
        """The month given by the root, and the attributes that the first items have."""
        found: dict[str, None] = {}
        period = ""
        with self.path.open("rb") as file, suppress(StopIteration):
            events = _events(file)
            root = next(events)
            if root.tag != ROOT:
                raise UnreadableFileError(
                    f"Это XML с корнем <{root.tag[:40]}>: такого устройства мы не знаем. {refusals.NEEDED}"
                )
            period = root.get("period", "").strip()
            for _ in range(ROWS):
                found |= dict.fromkeys(name for name in next(events).attrib if name in ATTRIBUTES)
        year, _, month = period.partition(".")
        if len(year) == 4 and month.isdigit():
            period = f"{year}-{month:0>2}"
        return period, tuple(found)

    def __iter__(self) -> Iterator[Batch]:
        with self.path.open("rb") as file:
            events = _events(file)
            next(events)
            rows: list[list[str]] = []
            for item in events:
                rows.append([" ".join(item.get(name, "").split()) for name in self.names])
                if len(rows) == ROWS:
                    yield from self._judge(rows)
                    rows = []
                    self.progress(file.tell())
            if rows:
                yield from self._judge(rows)

    def _judge(self, rows: list[list[str]]) -> Iterator[Batch]:
        first = self.tally.lines + 1
        self.tally.lines += len(rows)
        columns = list(map(list, zip(*rows, strict=True)))
        if self.period:
            columns.append([self.period] * len(rows))
        yield from self.judge.take(columns, range(first, first + len(rows)), damaged=True)


def _events(file: object) -> Iterator[Element]:
    """The root at its start, then each item at its end; keeps none. Raises UnreadableFileError."""
    root: Element | None = None
    try:
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            if root is None:
                root = element
                yield element
            elif event == "end" and element.tag == ITEM:
                yield element
                root.clear()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableFileError(CUT_OFF) from error
