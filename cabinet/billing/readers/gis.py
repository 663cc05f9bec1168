"""Reads lists of accounts and exports of ЕЛС from ГИС ЖКХ. They contain no charges."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cabinet.billing import homes
from cabinet.billing.answers import Answers
from cabinet.billing.columns import understand
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.layout import Layout
from cabinet.billing.others import numbers_columns
from cabinet.billing.readers import cells
from cabinet.billing.readers.cells import Row
from cabinet.billing.readers.header import Header
from cabinet.billing.readers.sheets import Lines, SheetReader
from cabinet.billing.readers.tables import layout_of
from cabinet.billing.readers.workbook import Sheet, Workbook
from cabinet.billing.titles import fold

DOCUMENTS = "разделы 1-2"
ACCOUNTS, PREMISES = "основные сведения", "помещения"
ELS_EXPORT = "шаблон экспорта елс"
RECORD = "номер записи"
TITLES = 10  # rows among which the titles are
ADDED = ("address", "premises", "fias_house_guid")


def kind_of(names: Sequence[str]) -> str:
    """Which ГИС ЖКХ file a workbook is, by the names of its sheets; "" for any other workbook."""
    folded = list(map(folded_name, names))
    if DOCUMENTS in folded:
        return "documents"
    if ACCOUNTS in folded and PREMISES in folded:
        return "accounts"
    return "els" if any(name.startswith(ELS_EXPORT) for name in folded) else ""


def folded_name(name: str) -> str:
    """A sheet's name in lower case with single spaces; «Раздел 1 - 2» as other versions have it."""
    name = re.sub(r"\s*[-–]\s*", "-", " ".join(name.lower().split()))
    return re.sub(r"^раздел(?= [0-9])", "разделы", name)


def named_sheet(book: Workbook, name: str, title: str) -> tuple[Sheet, Header]:
    """The sheet with this folded name, and its titles, of which one starts with `title`.

    Raises UnreadableFileError if either is missing.
    """
    for sheet in book.sheets:
        if folded_name(sheet.name) == name:
            for place, row in enumerate(sheet.head[:TITLES]):
                if any(fold(cell).startswith(title) for cell in row):
                    end = place + 1 + any(map(numbers_columns, sheet.head[place + 1 : place + 2]))
                    return sheet, Header("", tuple(row), understand(row, {}), end)
    raise UnreadableFileError(f"На листе «{name.capitalize()}» шаблона ГИС ЖКХ не нашлось названий колонок.")


def column_of(header: Header, title: str) -> int | None:
    """The first column whose folded title starts with `title`."""
    return next((place for place, text in enumerate(header.titles) if fold(text).startswith(title)), None)


def filled_rows(sheet: Sheet, header: Header) -> Iterator[Row]:
    """The rows of a sheet below its titles, except empty ones."""
    return (
        row for place, row in enumerate(sheet.rows()) if place >= header.lines and any(map(cells.text, row))
    )


class GisElsReader(SheetReader):
    """Reads an export of ЕЛС: account, ЕЛС, ЖКУ and address."""

    def _layout(self, answers: Answers, head: list[list[str]]) -> Layout:
        return layout_of("экспорт ЕЛС из ГИС ЖКХ", "", self.header, answers, head, head)


class GisAccountsReader(SheetReader):
    """Reads «Сведения о лицевых счетах», in which the flats are on a second sheet.

    Rows of the second sheet are counted after those of the first; each continues the row of an account.
    """

    def _sheet(self, answers: Answers) -> tuple[Sheet, Header]:
        return named_sheet(self.book, ACCOUNTS, RECORD)

    def _layout(self, answers: Answers, head: list[list[str]]) -> Layout:
        layout = layout_of("сведения о лицевых счетах из ГИС ЖКХ", "", self.header, answers, head, head)
        self.record = column_of(self.header, RECORD) or 0
        self.homes: dict[str, tuple[str, str, str]] = {}
        self._read_homes()
        return replace(
            layout,
            columns=(*(None if name in ADDED else name for name in layout.columns), *ADDED),
            titles=(*layout.titles, "Адрес помещения", "Номер помещения/блока", "GUID дома по ФИАС"),
        )

    def _read_homes(self) -> None:
        """Collect the address, flat and house code of each record; of several flats, the first."""
        sheet, header = named_sheet(self.book, PREMISES, RECORD)
        record = column_of(header, RECORD) or 0
        self.further = header.lines
        for row in filled_rows(sheet, header):
            self.further += 1
            texts = list(map(cells.text, row))
            named = {name: text for name, text in zip(header.columns.names, texts, strict=False) if name}
            other = any(text.lower().startswith("нежилое") for text in texts)
            home = _address(named, "пом. " if other else "кв. ")
            fias = named.get("fias_house_guid", "")
            flat = named.get("premises", "")
            self.homes.setdefault(texts[record], (home, flat, fias if len(fias) == 36 else ""))

    def _completed(self, columns: list[list[str]], lines: Lines) -> tuple[list[list[str]], Lines]:
        found = [self.homes.get(record, ("", "", "")) for record in columns[self.record]]
        columns[-3:] = list(map(list, zip(*found, strict=True)))
        return columns, lines

    def _ended(self) -> None:
        self.tally.lines += self.further
        self.tally.continued += self.further


def _address(home: dict[str, str], label: str) -> str:
    """The address of a house with the flat and the room, unless it already names them."""
    address, flat, room = (home.get(name, "") for name in ("address", "premises", "room"))
    if not address:
        return ""
    address = homes.with_flat(address, flat, label)
    if room:
        return f"{address}, {room if any(map(str.isalpha, room[:2])) else f'комн. {room}'}"
    return address
