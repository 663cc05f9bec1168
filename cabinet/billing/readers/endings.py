"""Sees where text lost a part of its sums: cut off in the last one, or split at their decimal commas."""

import re
from collections.abc import Iterator, Sequence

from cabinet.billing.batches import AMOUNTS
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.readers import quotes
from cabinet.billing.titles import field_of

CUT_OFF = "строка обрывается на сумме: файл загрузился не целиком"
SPLIT = (
    "Запятая в этом файле и разделяет столбцы, и отделяет копейки: в столбце «{title}» остались одни рубли. "
    "Выгрузите файл с разделителем «точка с запятой» или с точкой перед копейками."
)
FEWEST = 10  # rows that show how sums are written
SPLIT_ROWS = 3
EXACT = re.compile(r"-?[0-9][0-9 \xa0]*[.,][0-9]{2}")
SHORT = re.compile(r"-?[0-9 \xa0]*[.,]?[0-9]?|-?[0-9 \xa0]+")
WHOLE = re.compile(r"-?[0-9][0-9 \xa0]*")
KOPECKS = re.compile(r"[0-9]{2}")


class Ending:
    """Keeps back the last line of a text if it ends within its sum.

    That is so if the sum comes last, is written with kopecks in all the rows that are known, and only that
    line, which no line break ends, has none or half of them. `lost` is that line once all has been read.
    """

    def __init__(self, columns: Sequence[str | None], delimiter: str, rows: Sequence[str]) -> None:
        self.delimiter, self.width, self.lost = delimiter, len(columns), ""
        sums = [self._last(row) for row in rows if row.endswith(("\n", "\r")) and row.count(delimiter)]
        ends = bool(columns) and columns[-1] in AMOUNTS
        self.able = ends and len(sums) >= FEWEST and all(map(EXACT.fullmatch, sums))

    def _last(self, line: str) -> str:
        return line.rpartition(self.delimiter)[2].strip().strip('"')

    def whole(self, blocks: Iterator[str]) -> Iterator[str]:
        """The blocks without such a line."""
        before = ""
        for block in blocks:
            if before:
                yield before
            before = block
        place = max(before.rfind("\n"), before.rfind("\r")) + 1
        if self.able and self._is_cut(before[place:]):
            before, self.lost = before[:place], before[place:]
        if before:
            yield before

    def _is_cut(self, line: str) -> bool:
        cells = quotes.cut(line, self.delimiter)
        return bool(line) and len(cells) == self.width and SHORT.fullmatch(self._last(line)) is not None


def refuse_split(
    delimiter: str, titles: Sequence[str], names: Sequence[str | None], rows: Sequence[Sequence[str]]
) -> None:
    """Raises UnreadableFileError if each sum of a table was split at its decimal comma.

    What stands behind the comma is then in the next column, which is not one of another thing.
    """
    for place, name in enumerate(names[:-1] if delimiter == "," else ()):
        if name not in AMOUNTS or names[place + 1] not in (None, *AMOUNTS) or _known(titles[place + 1]):
            continue
        pairs = [(row[place].strip(), row[place + 1].strip()) for row in rows if len(row) > place + 1]
        split = [pair for pair in pairs if WHOLE.fullmatch(pair[0]) and KOPECKS.fullmatch(pair[1])]
        if len(split) == len(pairs) >= SPLIT_ROWS:
            raise UnreadableFileError(SPLIT.format(title=" ".join(titles[place].split())))


def _known(title: str) -> bool:
    """Whether a title names one of our fields that holds no sum, such as the year."""
    found = field_of(title)
    return found is not None and found[0] not in AMOUNTS
