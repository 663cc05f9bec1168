"""Tells how many cells the rows of delimited text may have: programs leave empty ones at the end out."""

from collections import Counter
from collections.abc import Sequence

from cabinet.billing.layout import Layout
from cabinet.billing.readers import quotes

SURE = 3  # rows with more cells than titles, all of which are hardly damaged


def widths(rows: Sequence[str], layout: Layout, delimiter: str) -> dict[int, bool]:
    """How many cells rows may have, judging by the first rows; see Records."""
    width = len(layout.columns)
    if delimiter == ",":
        return {width: True}  # a decimal comma would be taken for the end of a cell
    whole = (row for row in rows if not quotes.uneven(row, delimiter))
    found = Counter(len(cells) for row in whole if (cells := quotes.split(row, delimiter)) and any(cells))
    usual = {cells: rows * 10 for cells, rows in found.items() if rows * 10 >= found.total() * 3}
    always = {cells for cells, rows in usual.items() if cells <= width or rows >= found.total() * 9}
    if layout.needed < width:  # nobody would miss what a split moves into a last column that is not taken
        sure = {cells for cells in always if found[cells] >= SURE}
        usual = {cells: rows for cells, rows in usual.items() if cells <= width or cells in sure}
    return {width: True} | {cells: cells in always for cells in usual if cells >= layout.needed}
