"""Shared by the readers of tables that are not text: sheets and DBF records."""

import re
from collections.abc import Iterable, Mapping, Sequence

from cabinet.billing.answers import Answers
from cabinet.billing.columns import understand
from cabinet.billing.errors import BillingWarning, NeedsAnswerError, Question
from cabinet.billing.layout import Layout
from cabinet.billing.numbers import ROUNDED, tail_of
from cabinet.billing.others import numbers_columns
from cabinet.billing.periods import SLASHED, SPELLINGS, day_order
from cabinet.billing.readers import contradictions
from cabinet.billing.readers.delimited import AMBIGUOUS, MONTH_FIRST
from cabinet.billing.readers.header import SEARCHED, Header, month_above, stacked, with_subtitles

LONG_NUMBER = re.compile(r"[0-9]{16,32}")
Rows = Sequence[Sequence[str]]


def find_titles(rows: Rows, known: Mapping[str, str]) -> Header | None:
    """The titles among the first rows of a sheet, in one row or two; None if there are none.

    `lines` of the result counts the rows up to the last title row, and one more if the next row only numbers
    the columns. If staff have named columns by their numbers, there are no titles.
    """
    if known and all(map(str.isdecimal, known)):
        numbers = tuple(map(str, range(1, max(map(len, rows), default=0) + 1)))
        return Header("", numbers, understand(numbers, known))
    best: Header | None = None
    above: Sequence[str] | None = None
    for place, row in enumerate(rows[:SEARCHED]):
        cells = [cell.strip() for cell in row]
        for titles in filter(None, (cells, above and stacked(list(above), cells))):
            columns = understand(titles, known)
            if columns.score > (best.columns.score if best else 1):
                best = Header("", tuple(titles), columns, place + 1)
        above = cells if any(cells) else None
    if best is None:
        return None
    following = rows[best.lines] if best.lines < len(rows) else ()
    if whole := with_subtitles(best.titles, best.columns, following):
        best = Header("", tuple(whole), understand(whole, known), best.lines + 1)
        following = rows[best.lines] if best.lines < len(rows) else ()
    end = best.lines + numbers_columns(following)
    hint = month_above([" ".join(row) for row in rows[: best.lines - 1]])
    return Header("", best.titles, best.columns, end, hint)


def layout_of(
    name: str, encoding: str, header: Header, answers: Answers, head: Rows, rows: Iterable[Sequence[str]]
) -> Layout:
    """What is understood of a table; `head` are its first rows below the titles, `rows` all available ones.

    Raises NeedsAnswerError if its dates can be read in two ways.
    """
    header = contradictions.settled(header, head, answers)
    names, warnings, order = header.columns.names, header.columns.warnings, "day"
    if "period" in names:
        place = names.index("period")
        if any(len(row) > place and SLASHED.search(row[place]) for row in head):
            order = day_order(_spellings(rows, place))
            if not order and answers.period is None:
                raise NeedsAnswerError(Question("period", AMBIGUOUS))
            if order == "month":
                warnings = (*warnings, BillingWarning("month-first", MONTH_FIRST))
    exact, tail = False, 0
    if "account" in names:
        place = names.index("account")
        tail = tail_of(row[place] for row in head if len(row) > place)
        long = [row[place] for row in head if len(row) > place and LONG_NUMBER.fullmatch(row[place])]
        exact = 2 * sum(bool(ROUNDED.fullmatch(number)) for number in long) < len(long)
    return Layout(
        name, encoding, names, header.titles, header.columns.doubles, order, exact, header.hint, warnings,
        tail=tail,
    )  # fmt: skip


def _spellings(rows: Iterable[Sequence[str]], place: int) -> set[str]:
    found: set[str] = set()
    for row in rows:
        if len(row) > place:
            found.add(row[place])
        if len(found) > SPELLINGS:
            break
    return found
