"""Reads workbooks whose rows stand on several sheets with the same titles, one for each house, perhaps."""

from dataclasses import replace
from datetime import date
from itertools import chain

from cabinet.billing.errors import BillingWarning, UnreadableFileError
from cabinet.billing.layout import Layout
from cabinet.billing.readers.base import Reader
from cabinet.billing.readers.header import Header
from cabinet.billing.readers.several import SeveralReader
from cabinet.billing.readers.sheet_months import Months, is_of, months_of
from cabinet.billing.readers.sheets import SheetReader
from cabinet.billing.readers.workbook import Sheet
from cabinet.billing.source import Source
from cabinet.billing.titles import fold

OTHERS = (
    "В книге есть и другие листы со счетами и суммами: {others}. Они устроены иначе и не взяты, взят только "
    "лист «{taken}»."
)
HIDDEN = "Скрытые листы со счетами не взяты: {}. Если они нужны, покажите их в Excel и загрузите книгу снова."
OTHER_MONTHS = (
    "Листы, на которых назван другой месяц, не взяты: {}. Загрузите их отдельно, каждый за его месяц."
)
NO_MONTH = (
    "На листах назван другой месяц, чем указан для файла: {}. Укажите их месяц или загрузите нужный лист "
    "отдельным файлом."
)
TAKEN = "Столбца с месяцем нет, и все эти листы взяты за один месяц: {}. Проверьте, что это не разные месяцы."
Found = tuple[Sheet, Header]


def open_book(source: Source) -> Reader:
    """The reader of a workbook: of the sheet with the best titles, and of all that have the same ones.

    Without a column of months no sheet is charged to a month other than the one that it names. Staff are
    asked about what is not taken, too: other sheets that have accounts and sums, and hidden ones.
    Raises UnreadableFileError.
    """
    reader = SheetReader(source)
    titles = _folded(reader.header)
    found = [(reader.sheet, reader.header), *reader.others]
    places = {sheet.name: place for place, sheet in enumerate(reader.book.sheets)}
    found.sort(key=lambda each: places[each[0].name])
    shown = [each for each in found if not each[0].hidden or each[0] is reader.sheet]
    alike = [each for each in shown if _folded(each[1]) == titles]
    hidden = [each for each in found if each not in shown and _bills(each[1])]
    unlike = [each for each in shown if each not in alike and _bills(each[1])]
    dated = reader.layout.has("period")
    taken = alike if dated or len(alike) == 1 else _of_period(alike, source.answers.period)
    several = TAKEN.format(_names(taken)) if len(taken) > 1 and not dated else ""
    left = [
        OTHERS.format(others=_names(unlike), taken=taken[0][0].name) if unlike else "",
        HIDDEN.format(_names(hidden)) if hidden else "",
        OTHER_MONTHS.format(_names([each for each in alike if each not in taken])) if alike != taken else "",
    ]
    return _warned(
        _reader_of(source, reader, taken),
        BillingWarning("other-sheets", " ".join(filter(None, left))),
        BillingWarning("several-sheets", several),
    )


def _of_period(alike: list[Found], period: date | None) -> list[Found]:
    """Those of several sheets that name no month but this one. Raises UnreadableFileError for none."""
    taken = [each for each in alike if period is None or is_of(_months(each), period)]
    if not taken:
        raise UnreadableFileError(NO_MONTH.format(_names(alike)))
    return taken


def _reader_of(source: Source, reader: SheetReader, taken: list[Found]) -> Reader:
    """The reader of these sheets, of which `reader` reads one."""
    names = [sheet.name for sheet, _ in taken]
    if names == [reader.sheet.name]:
        return reader
    parts = [_part(source, name, len(names)) for name in names]
    if len(parts) == 1:
        return SheetReader(replace(source, sheet=names[0]), reader.book)
    return SeveralReader(parts, lambda part: SheetReader(part, reader.book), "листов")


def _warned(reader: Reader, *warnings: BillingWarning) -> Reader:
    """The reader with those of these warnings that say something."""
    said = [warning for warning in warnings if warning.sentence]
    reader.layout = replace(reader.layout, warnings=(*reader.layout.warnings, *said))
    return reader


def _months(found: Found) -> Months:
    """The months that a sheet says it is of."""
    sheet, header = found
    return months_of(sheet.name, chain.from_iterable(sheet.head[: header.lines]))


def _names(found: list[Found]) -> str:
    return ", ".join(f"«{sheet.name}»" for sheet, _ in found)


def _part(source: Source, name: str, parts: int) -> Source:
    """One of several sheets, whose progress is a part of that of the file."""
    return replace(
        source, sheet=name, name=f"лист «{name}»", progress=lambda done: source.progress(done // parts)
    )


def _folded(header: Header) -> list[str]:
    return list(map(fold, header.titles))


def _bills(header: Header) -> bool:
    """Whether a sheet with these titles has accounts and charges."""
    layout = Layout("", "", header.columns.names)
    return layout.has("account") and (layout.has("amount_due") or layout.has("amount_charged"))
