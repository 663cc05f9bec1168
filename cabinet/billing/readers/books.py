"""Reads workbooks whose rows stand on several sheets with the same titles, one for each house, perhaps."""

from dataclasses import replace

from cabinet.billing.errors import BillingWarning
from cabinet.billing.layout import Layout
from cabinet.billing.readers.base import Reader
from cabinet.billing.readers.header import Header
from cabinet.billing.readers.several import SeveralReader
from cabinet.billing.readers.sheets import SheetReader
from cabinet.billing.source import Source
from cabinet.billing.titles import fold

OTHERS = (
    "В книге есть и другие листы со счетами и суммами: {others}. Они устроены иначе и не взяты, взят только "
    "лист «{taken}»."
)


def open_book(source: Source) -> Reader:
    """The reader of a workbook: of the sheet with the best titles, and of all that have the same ones.

    Staff are asked about other sheets that have accounts and sums, too.
    """
    reader = SheetReader(source)
    titles = _folded(reader.header)
    alike = {reader.sheet.name, *(sheet.name for sheet, header in reader.others if _folded(header) == titles)}
    unlike = [sheet.name for sheet, header in reader.others if sheet.name not in alike and _bills(header)]
    found: Reader = reader
    if len(alike) > 1:
        parts = [_part(source, sheet.name, len(alike)) for sheet in reader.book.sheets if sheet.name in alike]
        found = SeveralReader(parts, lambda part: SheetReader(part, reader.book), "листов")
    if unlike:
        others = ", ".join(f"«{name}»" for name in unlike)
        warning = BillingWarning("other-sheets", OTHERS.format(others=others, taken=reader.sheet.name))
        found.layout = replace(found.layout, warnings=(*found.layout.warnings, warning))
    return found


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
