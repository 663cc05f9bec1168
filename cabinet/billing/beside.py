"""Tells what lies beside the tables of a ZIP: covering letters, pictures, signatures."""

import re
from pathlib import PurePath

from cabinet.billing import refusals
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.kinds import kind_of
from cabinet.billing.readers import header
from cabinet.billing.source import Source

TABLES = (".csv", ".tsv", ".dbf", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".xml")
PAGES = (".htm", ".html", ".mht")
NO_TABLES = (
    refusals.PDF, refusals.PICTURE, refusals.WORD, refusals.PRESENTATION, refusals.RTF, refusals.OLD_OFFICE,
    refusals.PROGRAM, refusals.BINARY, refusals.EMPTY,
)  # fmt: skip
NUMBER = re.compile(r"[0-9]{4}")
LOOKED_AT = 100  # lines


def is_beside(source: Source) -> bool:
    """Whether a file is surely no table of charges. One that is called a table is never left out."""
    ending = PurePath(source.name).suffix.lower()
    if ending in TABLES:
        return False
    try:
        kind, text = kind_of(source.path)
    except UnreadableFileError as error:
        return str(error) in NO_TABLES or (str(error) == refusals.WEB_PAGE and ending in PAGES)
    if kind == "page":
        return ending in PAGES
    return kind == "text" and _is_prose([line for line in text.splitlines()[:LOOKED_AT] if line.strip()])


def _is_prose(lines: list[str]) -> bool:
    """Whether lines are text to be read: neither titles of ours, nor cells, nor numbers in most of them."""
    try:
        header.find(lines, {})
    except UnreadableFileError:
        delimiter, _width = header.shape(lines)
        return delimiter in ("", ",") and sum(bool(NUMBER.search(line)) for line in lines) * 2 <= len(lines)
    return False
