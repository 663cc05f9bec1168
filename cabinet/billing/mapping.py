"""Lets staff say once what the columns of a layout mean that nobody knows, and remembers it by its key.

A saved map is kept under `Preview.key` and given back as `Answers.columns`: titles as they stood in the file,
or the columns' numbers from 1 where it has no titles, with our fields; "" is a column not to be taken.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cabinet.billing.answers import Answers
from cabinet.billing.columns import Columns
from cabinet.billing.errors import NeedsAnswerError, Question
from cabinet.billing.layout import WORDS, Layout
from cabinet.billing.titles import fold

SHOWN = 5  # rows
WIDEST = 60  # characters of a cell that is shown
UNKNOWN = "Такого устройства файла мы ещё не видели. Укажите, что в какой колонке."
NEVER_READ = re.compile(  # identity papers: no import needs them
    r"снилс|паспорт|удостоверяющ|страхов\w* (?:номер|свидет)|кем выдан|дата выдачи|"
    r"(?:серия|номер|вид|дата|тип) документа|^серия|snils|passport"
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a page shows to who says what columns mean: titles (or numbers from 1) and some rows.

    `taken` are our fields that are understood already, in the order of the columns; "" for the others.
    """

    key: str
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    taken: tuple[str, ...] = ()


class UnknownLayoutError(NeedsAnswerError):
    """The file can be imported when `Answers.columns` say what its columns mean; `preview` is for asking."""

    def __init__(self, preview: Preview, sentence: str = UNKNOWN) -> None:
        super().__init__(Question("columns", sentence, preview.key))
        self.preview = preview


def key_of(titles: Sequence[str], delimiter: str = "") -> str:
    """The key of a layout: of its titles, however decorated, or of delimiter and number of columns."""
    numbered = all(title == str(place) for place, title in enumerate(titles, 1))
    text = f"{delimiter}{len(titles)}" if numbered else "\n".join(map(fold, titles))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def apply(saved: Mapping[str, str], titles: Sequence[str]) -> dict[str, str]:
    """What staff said of the titles of a file, whose decoration may have changed since."""
    folded = {fold(title) or title: name for title, name in saved.items()}
    found = {title: folded.get(fold(title) or title) for title in titles}
    return {title: name for title, name in found.items() if name is not None and not is_private(title)}


def is_private(title: str) -> bool:
    """Whether a column is of identity papers, which are never read."""
    return bool(NEVER_READ.search(fold(title)))


def check(saved: Mapping[str, str]) -> list[str]:
    """What is wrong with a map, in sentences for who made it; [] if it can be saved."""
    wrong = [f"Поле «{name}» нам неизвестно." for name in set(saved.values()) if name and name not in WORDS]
    taken = [name for name in saved.values() if name]
    wrong += [
        f"Поле «{WORDS.get(name, name)}» указано дважды."
        for name in sorted(set(taken))
        if taken.count(name) > 1
    ]
    wrong += [
        f"«{title}»: данные документов мы не загружаем."
        for title, name in saved.items()
        if name and is_private(title)
    ]
    if not {"account", "zhku_id"} & set(taken):
        wrong.append("Укажите колонку с номером лицевого счёта.")
    return wrong


def preview(
    titles: Sequence[str], rows: Sequence[Sequence[str]], columns: Columns, delimiter: str = ""
) -> Preview:
    """The beginning of a file for the page that asks; columns of identity papers are left out."""
    hidden = {place for place, title in enumerate(titles) if is_private(title)}
    shown = tuple(
        tuple("" if place in hidden else cell[:WIDEST] for place, cell in enumerate(row[: len(titles)]))
        for row in rows[:SHOWN]
    )
    names = tuple(name or "" for name in columns.names)
    return Preview(key_of(titles, delimiter), tuple(titles), shown, names)


def unknown(rows: Sequence[Sequence[str]], delimiter: str = "") -> UnknownLayoutError:
    """The error for a table in which no titles are understood: its columns are asked for by their numbers."""
    width = max(map(len, rows), default=0)
    titles = [str(place) for place in range(1, width + 1)]
    return UnknownLayoutError(preview(titles, rows, Columns((None,) * width, (), ()), delimiter))


def require_titles(columns: Columns, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Raises UnknownLayoutError if no column is of an account's number: nobody knows this layout."""
    if "account" not in columns.names:
        raise UnknownLayoutError(preview(titles, rows, columns))


def require(layout: Layout, answers: Answers, rows: Sequence[Sequence[str]], delimiter: str = "") -> None:
    """Raises UnknownLayoutError if a column is lacking that staff may find; else as Layout.require."""
    lacking = layout.lacking
    if lacking:
        columns = Columns(layout.columns, (), ())
        sentence = f"В файле не хватает колонок: {', '.join(lacking)}. Если они есть, укажите, какие это."
        raise UnknownLayoutError(preview(layout.titles, rows, columns, delimiter), sentence)
    layout.require(answers)
