"""Reads payment documents of ГИС ЖКХ, which identify accounts by ЖКУ alone.

Accounts are looked up by ЖКУ in the cabinet, where lists of accounts and exports of ЕЛС have stored it, or in
files of the same import.
"""

from dataclasses import replace

from cabinet import fields
from cabinet.billing.amounts import kopecks
from cabinet.billing.answers import Answers
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.layout import Layout
from cabinet.billing.readers import cells
from cabinet.billing.readers.gis import DOCUMENTS, column_of, filled_rows, named_sheet
from cabinet.billing.readers.header import Header
from cabinet.billing.readers.sheets import Lines, SheetReader
from cabinet.billing.readers.tables import layout_of
from cabinet.billing.readers.workbook import Sheet, Workbook
from cabinet.billing.source import Source
from cabinet.billing.zhku import accounts_by_zhku, key_of_zhku

DETAILS = "разделы 3-6"
NUMBER = "номер платежного документа"
DEBT_ONLY = "долговой"
UNKNOWN = "нет лицевого счёта с таким идентификатором ЖКУ"
NO_SUMS = "В платёжных документах ГИС ЖКХ не нашлось сумм к оплате."
NO_ZHKU = "В платёжных документах ГИС ЖКХ не нашлось колонки с идентификаторами ЖКУ."
HELPLESS = (
    "Это платёжные документы ГИС ЖКХ: в них нет номеров лицевых счетов, только идентификаторы ЖКУ, и ни "
    "одного из них в кабинете нет. Загрузите вместе с ними или до них «Сведения о лицевых счетах» или "
    "«Экспорт ЕЛС»."
)


class GisDocumentsReader(SheetReader):
    """Reads payment documents. Each document with an unknown ЖКУ is rejected."""

    def __init__(self, source: Source) -> None:
        self.known = dict(source.accounts)
        super().__init__(source)

    def _sheet(self, answers: Answers) -> tuple[Sheet, Header]:
        return named_sheet(self.book, DOCUMENTS, "идентификатор жку")

    def _layout(self, answers: Answers, head: list[list[str]]) -> Layout:
        layout = layout_of("платёжные документы ГИС ЖКХ", "", self.header, answers, head, head)
        zhku = layout.place("zhku_id")
        if zhku is None:
            raise UnreadableFileError(NO_ZHKU)
        self.zhku, self.kind = zhku, column_of(self.header, "тип пд")
        found = {key_of_zhku(cells.text(row[zhku])) for row in filled_rows(self.sheet, self.header)}
        self.known = accounts_by_zhku(found) | self.known
        if found and not found & self.known.keys():
            raise UnreadableFileError(HELPLESS)
        columns, titles = (*layout.columns, "account"), (*layout.titles, "Лицевой счёт в кабинете")
        self.sums = None if layout.has("amount_due") else _Sums(self.book, self.header)
        if self.sums:
            columns, titles = (*columns, "amount_due"), (*titles, "Итого по услугам, долгу и авансу")
        return replace(layout, columns=columns, titles=titles, exact=True)

    def _completed(self, columns: list[list[str]], lines: Lines) -> tuple[list[list[str]], Lines]:
        numbers = [self.known.get(key_of_zhku(text), "") for text in columns[self.zhku]]
        columns[len(self.header.titles)] = numbers
        if self.sums:
            columns[-1] = list(map(self.sums.of, zip(*columns, strict=True)))
        good = []
        for row, number in enumerate(numbers):
            if self.kind is not None and columns[self.kind][row].lower() == DEBT_ONLY:
                self.tally.other += 1
            elif number or not columns[self.zhku][row]:
                good.append(row)
            else:
                self.judge.refuse(lines[row], "", UNKNOWN)
        return [[column[row] for row in good] for column in columns], [lines[row] for row in good]


class _Sums:
    """The amounts due in documents from before 2019: services plus debt minus advance."""

    def __init__(self, book: Workbook, header: Header) -> None:
        number = column_of(header, NUMBER)
        self.debt, self.advance = column_of(header, "задолженность"), column_of(header, "аванс")
        sheet, details = named_sheet(book, DETAILS, NUMBER)
        place, total = column_of(details, NUMBER), column_of(details, "итого к оплате")
        if number is None or place is None or total is None:
            raise UnreadableFileError(NO_SUMS)
        self.number = number
        self.totals: dict[str, int] = {}
        for row in filled_rows(sheet, details):
            text = cells.text(row[place])
            self.totals[text] = self.totals.get(text, 0) + _kopecks(cells.text(row[total]))

    def of(self, row: tuple[str, ...]) -> str:
        """The sum of a document in roubles; "" for one without services."""
        total = self.totals.get(row[self.number])
        if total is None:
            return ""
        total += _kopecks(row[self.debt]) if self.debt is not None else 0
        total -= _kopecks(row[self.advance]) if self.advance is not None else 0
        return f"{'-' if total < 0 else ''}{abs(total) // 100}.{abs(total) % 100:02d}"


def _kopecks(text: str) -> int:
    """An amount in kopecks; zero if it cannot be read."""
    try:
        return kopecks(text) or 0
    except fields.FieldError:
        return 0
