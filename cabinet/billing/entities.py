"""What web pages leave in the cells of other files: `&quot;`, `<br>`."""

import html
import re
from collections.abc import Collection

NAMES = r"(?:quot|apos|amp|lt|gt|nbsp|laquo|raquo|ndash|mdash|#[0-9]{2,5}|#x[0-9a-f]{2,5})"
ENTITY = re.compile(rf"&{NAMES}(?:;|(?![0-9a-z]))", re.IGNORECASE)
CUT = re.compile(rf"&(?:amp;)*{NAMES}$", re.IGNORECASE)  # an entity without its semicolon
BREAK = re.compile(r"\s*</?(?:br|p|div|td|tr|li)\b[^<>]{0,99}>\s*", re.IGNORECASE)
LOOKS = re.compile(
    r"</?(?:b|i|u|s|em|strong|span|font|nobr|small|big|su[bp]|a)\b(?:\s[^<>]{0,99})?>", re.IGNORECASE
)
LEFT = re.compile(rf"</?[a-z!]|&{NAMES}", re.IGNORECASE)
DEEPEST = 3  # times a text was made fit for a page: `&amp;quot;`

Columns = list[list[str]]


def plain(columns: Columns, places: Collection[int]) -> Columns:
    """The columns with such cells of those at `places` as a page would show them, in one line."""
    return [
        list(map(shown, column))
        if place in places and ("&" in (joined := "".join(column)) or "<" in joined)
        else column
        for place, column in enumerate(columns)
    ]


def shown(cell: str) -> str:
    """A cell as a page would show it."""
    if "&" not in cell and "<" not in cell:
        return cell
    for _ in range(DEEPEST):
        cell = ENTITY.sub(lambda found: html.unescape(found[0]), cell)
    if "\xa0" in cell or "<" in cell:
        cell = LOOKS.sub("", BREAK.sub(" ", cell)).replace("\xa0", " ").strip()
    return cell


def left(cell: str) -> bool:
    """Whether there is something of a page in a cell that nobody can know how it would be shown."""
    return LEFT.search(cell) is not None


def whole(cells: list[str], delimiter: str) -> list[str]:
    """The cells of a line, with those put together that the semicolon of an entity split."""
    if delimiter != ";" or not any(map(CUT.search, cells[:-1])):
        return cells
    found: list[str] = []
    for cell in cells:
        if found and CUT.search(found[-1]):
            found[-1] += f";{cell}"
        else:
            found.append(cell)
    return found
