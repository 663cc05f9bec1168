"""Lets staff say once what the columns of a layout mean that nobody knows, and knows it again by its key.

What they say is given back as `Answers.layouts`, under `Preview.key`: our field for each of the file's
columns, by `titles.labels`, which are numbers from 1 where the file has no titles; "" is a column not to be
taken. The key is that of all titles in their order, so it says that the columns are the same ones.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cabinet.billing import guesses
from cabinet.billing.answers import Answers
from cabinet.billing.columns import Columns
from cabinet.billing.errors import NeedsAnswerError, Question
from cabinet.billing.layout import Layout
from cabinet.billing.periods import lacks_year
from cabinet.billing.titles import fold, is_private, labels

SHOWN = 5  # rows
WIDEST = 80  # characters of a cell that is shown
YOURS = "ваша раскладка"
UNKNOWN = "Такого устройства файла мы ещё не видели. Укажите, что в каком столбце."
PAPERS = re.compile(r"[0-9]{3}-[0-9]{3}-[0-9]{3}[ -][0-9]{2}|[0-9]{2} ?[0-9]{2} [0-9]{6}")

NO_STREET = (
    "В файле не нашлось столбца с улицей. Если он есть, укажите его; если улиц в этих адресах нет, оставьте "
    "как есть."
)
NO_YEAR = "Месяц в файле назван без года. За какой расчётный период эти начисления?"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a page shows to who says what columns mean: titles (or numbers from 1) and some rows.

    `taken` are our fields as titles and contents suggest them, in the order of the columns; "" for the
    others. `private` are the places of columns that are never read. The rows name people.
    """

    key: str
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    taken: tuple[str, ...] = ()
    private: tuple[int, ...] = field(default=())

    @property
    def labels(self) -> list[str]:
        """What tells the columns apart."""
        return labels(self.titles)

    def title(self, place: int) -> str:
        """The title of a column in one line, its number where there is none."""
        return " ".join(self.titles[place].split()) or str(place + 1)

    def samples(self, place: int) -> list[str]:
        """What stands in a column, each once."""
        return list(dict.fromkeys(row[place] for row in self.rows if len(row) > place and row[place]))


class UnknownLayoutError(NeedsAnswerError):
    """The file can be imported when `Answers.layouts` say what its columns mean; `preview` is for asking."""

    def __init__(self, preview: Preview, sentence: str = UNKNOWN) -> None:
        super().__init__(Question("columns", sentence, preview.key))
        self.preview = preview


def key_of(titles: Sequence[str], delimiter: str = "") -> str:
    """The key of a layout: of its titles, however decorated, or of delimiter and number of columns."""
    numbered = all(title == str(place) for place, title in enumerate(titles, 1))
    text = f"{delimiter}{len(titles)}" if numbered else "\n".join(map(fold, titles))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def preview(
    titles: Sequence[str],
    rows: Sequence[Sequence[str]],
    names: Sequence[str | None] = (),
    delimiter: str = "",
) -> Preview:
    """The beginning of a file for the page that asks; what is in columns of identity papers is left out."""
    rows = [row for row in rows if any(map(str.strip, row))]
    private = tuple(place for place, title in enumerate(titles) if is_private(title))
    hidden = {*private, *(n for row in rows for n, cell in enumerate(row) if PAPERS.fullmatch(cell.strip()))}
    open_to_all = [
        ["" if place in hidden else " ".join(cell.split()) for place, cell in enumerate(row[: len(titles)])]
        for row in rows
    ]
    taken = guesses.fields_of(open_to_all, [*names, *([None] * (len(titles) - len(names)))])
    shown = tuple(tuple(map(_short, row)) for row in open_to_all[:SHOWN])
    return Preview(key_of(titles, delimiter), tuple(titles), shown, tuple(taken), private)


def _short(cell: str) -> str:
    return cell if len(cell) <= WIDEST else f"{cell[: WIDEST - 1]}…"


def unknown(rows: Sequence[Sequence[str]], delimiter: str = "") -> UnknownLayoutError:
    """The error for a table in which no titles are understood.

    It has the row of words above its numbers for titles; without one the numbers of its columns.
    """
    rows = [row for row in rows if any(map(str.strip, row))]
    place = guesses.title_row(rows)
    if place is not None:
        return UnknownLayoutError(preview([cell.strip() for cell in rows[place]], rows[place + 1 :]))
    numbers = [str(number) for number in range(1, guesses.width_of(rows) + 1)]
    return UnknownLayoutError(preview(numbers, rows, delimiter=delimiter))


def require_titles(columns: Columns, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Raises UnknownLayoutError if no column is of an account's number: nobody knows this layout."""
    if "account" not in columns.names:
        raise UnknownLayoutError(preview(titles, rows, columns.names))


def require(layout: Layout, answers: Answers, rows: Sequence[Sequence[str]], delimiter: str = "") -> None:
    """Raises UnknownLayoutError if a column is lacking that staff may find; else as Layout.require."""
    lacking = layout.lacking
    if lacking:
        sentence = f"В файле не хватает столбцов: {', '.join(lacking)}. Если они есть, укажите, какие это."
        raise UnknownLayoutError(preview(layout.titles, rows, layout.columns, delimiter), sentence)
    if not answers.columns and {"address", "street", "street_house"}.isdisjoint(layout.columns):
        raise UnknownLayoutError(preview(layout.titles, rows, layout.columns, delimiter), NO_STREET)
    layout.require(answers)
    if answers.period is None and (place := layout.place("period")) is not None and not layout.has("year"):
        months = {row[place].strip() for row in rows if len(row) > place and row[place].strip()}
        if months and all(map(lacks_year, months)):
            raise NeedsAnswerError(Question("period", NO_YEAR))


def said(shown: Preview, chosen: Sequence[str]) -> Mapping[str, str]:
    """What was chosen for the columns, in their order, as `Answers.layouts` have it."""
    return dict(zip(shown.labels, chosen, strict=True))
