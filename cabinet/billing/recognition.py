"""Recognises the format of a billing file by its content, never by its name alone."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from cabinet.billing import guesses, mapping, refusals
from cabinet.billing.answers import Answers
from cabinet.billing.archive import Sources, unpacked
from cabinet.billing.batches import TEXTS
from cabinet.billing.beside import is_beside
from cabinet.billing.encodings import encoding_of
from cabinet.billing.errors import NeedsAnswerError, UnreadableFileError
from cabinet.billing.kinds import MARKUP, is_zip, kind_of
from cabinet.billing.readers import gis, header, named_months, quotes, sberbank
from cabinet.billing.readers.base import Reader
from cabinet.billing.readers.books import open_book
from cabinet.billing.readers.dbf import DbfReader
from cabinet.billing.readers.delimited import DelimitedReader
from cabinet.billing.readers.gis_documents import GisDocumentsReader
from cabinet.billing.readers.gorod import GorodReader, is_gorod
from cabinet.billing.readers.platezhki import PlatezhkiReader
from cabinet.billing.readers.sberbank import SberbankReader
from cabinet.billing.readers.several import Open, SeveralReader
from cabinet.billing.readers.usual import Usual
from cabinet.billing.readers.workbook import sheet_names
from cabinet.billing.source import Source, nobody
from cabinet.billing.zhku import key_of_zhku
from cabinet.models.base import now

LOOKED_AT = 100  # lines
SHEETS: dict[str, Open] = {
    "accounts": gis.GisAccountsReader,
    "els": gis.GisElsReader,
    "documents": GisDocumentsReader,
    "": open_book,
}


def recognise(source: Source) -> Reader:
    """The reader of a file, made by what is in it.

    Raises UnreadableFileError with what the file is and what is needed, or NeedsAnswerError with what only
    staff know.
    """
    try:
        reader = _of_known_layout(source)
    except NeedsAnswerError as error:
        raise named_months.asked(error, source) from error
    reader.layout = named_months.doubted(reader.layout, source)
    return reader


def _of_known_layout(source: Source) -> Reader:
    """As `recognise`, but for what the file's name says."""
    try:
        return _recognised(source)
    except mapping.UnknownLayoutError as error:
        said = source.answers.layouts.get(error.preview.key)
        if said is None:
            raise
    reader = _recognised(replace(source, answers=replace(source.answers, columns=said)))
    reader.layout = replace(reader.layout, format=f"{reader.layout.format}, {mapping.YOURS}")
    return reader


def _recognised(source: Source) -> Reader:
    """As `recognise`, but for what staff said of layouts."""
    kind, text = kind_of(source.path)
    if kind == "text":
        try:
            return _of_text(text, source.answers)(source)
        except UnreadableFileError as error:
            if isinstance(error, mapping.UnknownLayoutError) or str(error) == header.NO_TITLES:
                encoding_of(
                    source.path, chosen=source.answers.chosen.get("encoding", "")
                )  # garbled titles are unknown, too, and there is a word for that
            raise
    if kind in MARKUP:
        reader = open_book(source)
        reader.layout = replace(reader.layout, format=MARKUP[kind])
        return reader
    if kind == "sheets":
        return SHEETS[gis.kind_of(sheet_names(source.path))](source)
    return DbfReader(source) if kind == "dbf" else PlatezhkiReader(source)


def _of_text(text: str, answers: Answers) -> Open:
    """The class of reader for text, by its first lines."""
    lines = text.splitlines(keepends=True)[:LOOKED_AT]
    lines = Usual(lines)("".join(lines)).splitlines(keepends=True)
    if is_gorod(text):
        return GorodReader
    found = _titles(lines, answers.columns)
    if not found or "account" not in found.columns.names:
        refusals.refuse_report(lines)
    if found:
        above = "".join(lines[: max(0, found.lines - 1)])
        refusals.refuse_titles(found.titles, above, found.columns.names)
        return DelimitedReader
    if answers.columns:
        return DelimitedReader
    delimiter, width = header.shape(lines)
    rows = [quotes.cut(line, delimiter or ";") for line in lines if line.strip()]
    if sberbank.columns_of(lines)[1] and guesses.title_row(rows) is None:
        return SberbankReader
    if delimiter in ("", ","):
        refusals.refuse_aligned(lines)
    if width > 2:
        raise mapping.unknown(rows, delimiter)
    raise UnreadableFileError(header.NO_TITLES)


def _titles(lines: list[str], known: Mapping[str, str]) -> header.Header | None:
    """The titles among lines; None if there are none."""
    try:
        return header.find(lines, known)
    except UnreadableFileError:
        return None


@contextmanager
def open_files(sources: Sources) -> Iterator[list[Reader]]:
    """The readers of files, archives among them, in the order in which they are to be imported.

    Lists of accounts come before what finds its accounts by them; parts of one month are read as one file.
    Raises as `recognise`.
    """
    with unpacked(sources) as unsorted:
        found = [source for source in unsorted if not (source.archived and is_beside(source))] or unsorted
        left_out = tuple(source.name for source in unsorted if source not in found)
        lists: dict[str, list[Source]] = {"els": [], "accounts": []}
        charges: list[Source] = []
        for source in found:
            lists.get(_gis_kind(source.path), charges).append(source)
        lists = {kind: list(map(_of_any_month, group)) for kind, group in lists.items() if group}
        known: dict[str, str] = {}
        if charges:
            for source in itertools.chain.from_iterable(lists.values()):
                known |= _accounts_of(recognise(replace(source, progress=nobody, reject=nobody)))
        readers = list(map(_as_one, lists.values()))
        if charges:
            readers.append(_as_one([replace(source, accounts=known) for source in charges]))
        readers[-1].layout = replace(readers[-1].layout, left_out=left_out)
        yield readers


def _of_any_month(source: Source) -> Source:
    """A list of accounts, to be read as if of this month, unless staff named another."""
    month = source.answers.period or now().date().replace(day=1)
    return replace(source, answers=replace(source.answers, period=month))


def _as_one(sources: Sources) -> Reader:
    return recognise(sources[0]) if len(sources) == 1 else SeveralReader(sources, recognise)


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
