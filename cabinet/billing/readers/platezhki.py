"""Reads XML of payment notices: `<platezhki period="2026.10"><item nomerls="…" koplate="…"/>…`."""

from collections.abc import Iterator
from contextlib import suppress
from xml.etree.ElementTree import Element  # nosec B405 # a type

from cabinet.billing import refusals
from cabinet.billing.batches import Batch
from cabinet.billing.encodings import Recoded, encoding_of
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.layout import Layout
from cabinet.billing.readers.elements import BROKEN, FORBIDDEN, elements_of, local_name
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
MOST_OTHERS = 10_000  # elements before an item or between two, all of which are kept until it comes
CUT_OFF = "XML в файле оборван или испорчен: файл загрузился не целиком. Загрузите его ещё раз."

ENTITIES = (
    "В начале XML объявлены сокращения (<!ENTITY …>): такие файлы могут быть опасны, и мы их не читаем. "
    "Выгрузите файл без них."
)


class PlatezhkiReader:
    """Reads the items of such a file; see base.Reader. Lines are item numbers."""

    def __init__(self, source: Source) -> None:
        self.path, self.progress = source.path, source.progress
        self.encoding = encoding_of(source.path, False, source.answers.chosen.get("encoding", ""))
        period, found = self._look()
        names, others = (
            tuple(name for name in found if (name in ATTRIBUTES) is known) for known in (True, False)
        )
        self.names, self.period = names, period
        told = ("period",) if period else ()
        columns = (*(ATTRIBUTES[name] for name in names), *told, *[None] * len(others))
        titles = (*names, *told, *others)
        self.layout = Layout("платёжки в XML", self.encoding, columns, titles)
        self.layout.require(source.answers)
        self.tally = Tally()
        self.judge = Judge(self.layout, self.tally, source)

    def _look(self) -> tuple[str, tuple[str, ...]]:
        """The month given by the root, and the attributes that the first items have."""
        found: dict[str, None] = {}
        period = ""
        with self.path.open("rb") as file, suppress(StopIteration):
            events = _events(Recoded(file, self.encoding))
            root = next(events)
            if _name(root) != ROOT:
                raise UnreadableFileError(
                    f"Это XML с корнем <{_name(root)[:40]}>: такого устройства мы не знаем. {refusals.NEEDED}"
                )
            period = root.get("period", "").strip()
            for _ in range(ROWS):
                found |= dict.fromkeys(next(events).attrib)
        year, _, month = period.partition(".")
        if len(year) == 4 and month.isdigit():
            period = f"{year}-{month:0>2}"
        return period, tuple(found)

    def __iter__(self) -> Iterator[Batch]:
        with self.path.open("rb") as file:
            events = _events(Recoded(file, self.encoding))
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


def _name(element: Element) -> str:
    return local_name(element).lower()


def _events(file: Recoded) -> Iterator[Element]:
    """The root at its start, then each item at its end; keeps none. Raises UnreadableFileError."""
    root: Element | None = None
    others = 0
    try:
        for begins, element in elements_of(file, forbid_dtd=False):
            others += begins
            if root is None:
                root = element
                yield element
            elif others > MOST_OTHERS:
                raise UnreadableFileError(CUT_OFF)
            elif not begins and _name(element) == ITEM:
                yield element
                root.clear()
                others = 0
    except FORBIDDEN as error:
        raise UnreadableFileError(ENTITIES) from error
    except BROKEN as error:
        raise UnreadableFileError(CUT_OFF) from error
