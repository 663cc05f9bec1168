"""Recognises the format of a billing file by its content, never by its name alone."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from cabinet.billing import mapping, refusals
from cabinet.billing.answers import Answers
from cabinet.billing.archive import Files, unpacked
from cabinet.billing.batches import TEXTS, Reject
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.kinds import is_zip, kind_of
from cabinet.billing.readers import gis, header, quotes, sberbank
from cabinet.billing.readers.base import Reader
from cabinet.billing.readers.dbf import DbfReader
from cabinet.billing.readers.delimited import DelimitedReader
from cabinet.billing.readers.gis_documents import GisDocumentsReader
from cabinet.billing.readers.gorod import GorodReader, is_gorod
from cabinet.billing.readers.platezhki import PlatezhkiReader
from cabinet.billing.readers.sberbank import SberbankReader
from cabinet.billing.readers.several import Open, SeveralReader
from cabinet.billing.readers.sheets import SheetReader
from cabinet.billing.readers.workbook import sheet_names
from cabinet.billing.titles import fold
from cabinet.billing.zhku import key_of_zhku
from cabinet.models.base import now

LOOKED_AT = 100  # lines
SHEETS = {"accounts": gis.GisAccountsReader, "els": gis.GisElsReader, "": SheetReader}


def recognise(
    path: Path,
    name: str,
    answers: Answers,
    progress: Callable[[int], None],
    reject: Callable[[Reject], None],
    known: Mapping[str, str] | None = None,
) -> Reader:
    """The reader of a file, made by what is in it; `name` is the one it had where it came from.

    `known` are accounts by their ЖКУ, out of other files of the same import.
    Raises UnreadableFileError with what the file is and what is needed, or NeedsAnswerError with what only
    staff know.
    """
    kind, text = kind_of(path)
    if kind == "text":
        return _of_text(path, name, text, answers)(path, answers, progress, reject)
    if kind == "sheets":
        found = gis.kind_of(sheet_names(path))
        if found == "documents":
            return GisDocumentsReader(path, answers, progress, reject, known)
        return SHEETS[found](path, answers, progress, reject)
    if kind == "dbf":
        return DbfReader(path, answers, progress, reject)
    return PlatezhkiReader(path, answers, progress, reject)


def _of_text(path: Path, name: str, text: str, answers: Answers) -> Callable[..., Reader]:
    """The class of reader for text, by its first lines."""
    lines = text.splitlines(keepends=True)[:LOOKED_AT]
    if is_gorod(text):
        return GorodReader
    found = _titles(lines, answers.columns)
    if found:
        above = "".join(lines[: found.lines - 1])
        refusals.refuse_titles(list(map(fold, found.titles)), above)
        return DelimitedReader
    if answers.columns:
        return DelimitedReader
    if sberbank.columns_of(lines)[1]:
        return partial(SberbankReader, name=name)
    delimiter, width = _shape(lines)
    if width > 2:
        raise mapping.unknown([quotes.cut(line, delimiter) for line in lines if line.strip()], delimiter)
    raise UnreadableFileError(header.NO_TITLES)


def _titles(lines: list[str], known: Mapping[str, str]) -> header.Header | None:
    """The titles among lines; None if there are none."""
    try:
        return header.find(lines, known)
    except UnreadableFileError:
        return None


def _shape(lines: list[str]) -> tuple[str, int]:
    """The delimiter by which most lines have equally many cells, and how many."""
    best = ("", 0, 0)
    for delimiter in header.DELIMITERS:
        widths = Counter(line.count(delimiter) + 1 for line in lines if line.strip())
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        if width > 1 and count > best[2]:
            best = delimiter, width, count
    total = sum(bool(line.strip()) for line in lines)
    return (best[0], best[1]) if best[2] * 2 > total else ("", 0)


@contextmanager
def open_files(
    files: Files, answers: Answers, progress: Callable[[int], None], reject: Callable[[Reject], None]
) -> Iterator[list[Reader]]:
    """The readers of files, archives among them, in the order in which they are to be imported.

    Lists of accounts come before what finds its accounts by them; parts of one month are read as one file.
    Raises as `recognise`.
    """
    with unpacked(files) as found:
        lists: dict[str, list[tuple[Path, str]]] = {"els": [], "accounts": []}
        charges: list[tuple[Path, str]] = []
        for path, name in found:
            lists.get(_gis_kind(path), charges).append((path, name))
        alone = replace(answers, period=answers.period or now().date().replace(day=1))
        known: dict[str, str] = {}
        if charges and any(lists.values()):
            for path, name in itertools.chain.from_iterable(lists.values()):
                known |= _accounts_of(recognise(path, name, alone, _ignore, _ignore))

        readers = [_as_one(group, alone, progress, reject, recognise) for group in lists.values() if group]
        if charges:
            readers.append(_as_one(charges, answers, progress, reject, partial(recognise, known=known)))
        yield readers


def _as_one(
    files: Files,
    answers: Answers,
    progress: Callable[[int], None],
    reject: Callable[[Reject], None],
    open_one: Open,
) -> Reader:
    if len(files) == 1:
        return open_one(*files[0], answers, progress, reject)
    return SeveralReader(files, answers, progress, reject, open_one)


def _gis_kind(path: Path) -> str:
    """Which of the files of ГИС ЖКХ a file is; "" for others, and for what cannot be read."""
    return gis.kind_of(sheet_names(path)) if is_zip(path) else ""


def _accounts_of(reader: Reader) -> dict[str, str]:
    """The printed numbers of the accounts of a list, by the keys of their ЖКУ."""
    place = TEXTS.index("zhku_id")
    return {
        key_of_zhku(zhku): printed
        for batch in reader
        for zhku, printed in zip(batch.texts[place], batch.printed, strict=True)
        if zhku
    }


def _ignore(_what: object) -> None:
    """Nobody needs to know."""
