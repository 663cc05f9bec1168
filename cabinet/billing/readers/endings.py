"""Sees where text lost a part of its sums: cut off in the last one, or split at their decimal commas."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cabinet.billing.batches import AMOUNTS
from cabinet.billing.errors import BillingWarning, UnreadableFileError
from cabinet.billing.layout import Layout
from cabinet.billing.other_sums import NO_SUM
from cabinet.billing.readers import quotes
from cabinet.billing.titles import field_of, fold

CUT_OFF = "строка обрывается на сумме: возможно, файл загрузился не целиком"
SPLIT = (
    "Запятая в этом файле и разделяет столбцы, и отделяет копейки: в столбце «{title}» остались одни рубли. "
    "Выгрузите файл с разделителем «точка с запятой» или с точкой перед копейками."
)
MAY_BE_SPLIT = (
    "В столбце «{title}» одни рубли, а в следующем, «{other}», могут стоять их копейки, если запятая "
    "разделила суммы надвое. Проверьте по первым строкам."
)
FEWEST = 10  # rows that show how sums are written
SPLIT_ROWS = 3
EXACT = re.compile(r"-?[0-9][0-9 \xa0]*[.,][0-9]{2}")
SHORT = re.compile(r"-?[0-9 \xa0]*[.,]?[0-9]?|-?[0-9 \xa0]+")
NOTHING = ("", "-", "0")  # are sums of whole files
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
        last, cells = self._last(line), quotes.cut(line, self.delimiter)
        return len(cells) == self.width and last not in NOTHING and SHORT.fullmatch(last) is not None


def doubted(layout: Layout, delimiter: str, rows: Sequence[Sequence[str]]) -> Layout:
    """The layout of a table, with a warning if its sums may have been split at their decimal commas.

    What stands behind the comma is then in the next column. A column of other sums, tariffs or areas looks
    like kopecks by chance: it is asked about only if one of its cells begins with a nought. Raises
    UnreadableFileError where that column has no title, or the rows have more cells than there are titles.
    """
    names, titles = layout.columns, layout.titles
    for place, name in enumerate(names[:-1] if delimiter == "," else ()):
        title, other = (" ".join(titles[at].split()) for at in (place, place + 1))
        if name not in AMOUNTS or names[place + 1] not in (None, *AMOUNTS) or _known(other):
            continue
        known = names[place + 1] in AMOUNTS or field_of(other) or NO_SUM.search(fold(other))
        pairs = [(row[place].strip(), row[place + 1].strip()) for row in rows if len(row) > place + 1]
        split = [pair for pair in pairs if WHOLE.fullmatch(pair[0]) and KOPECKS.fullmatch(pair[1])]
        if len(split) < SPLIT_ROWS or len(split) < len(pairs):
            continue
        if not other or all(len(row) > len(titles) for row in rows if any(row)):
            raise UnreadableFileError(SPLIT.format(title=title))
        if not known or any(kopecks.startswith("0") for _, kopecks in split):
            warning = BillingWarning("sums-split", MAY_BE_SPLIT.format(title=title, other=other))
            return replace(layout, warnings=(*layout.warnings, warning))
    return layout


def _known(title: str) -> bool:
    """Whether a title names one of our fields that holds no sum, such as the year."""
    found = field_of(title)
    return found is not None and found[0] not in AMOUNTS
