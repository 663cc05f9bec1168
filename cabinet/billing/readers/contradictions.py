"""Compares titles with what stands below them: days under «Дата», addresses under «ФИО»."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import replace

from cabinet.billing import homes, mapping
from cabinet.billing.alternatives import AS_IS, SUBTRACT, of_overpaid
from cabinet.billing.answers import Answers
from cabinet.billing.columns import COVERED
from cabinet.billing.errors import BillingWarning
from cabinet.billing.overpaid import CREDIT
from cabinet.billing.readers.contents import is_address
from cabinet.billing.readers.header import Header
from cabinet.billing.titles import field_of

DAY = re.compile(
    r"(?:([0-9]{1,2})[./-]([0-9]{1,2})[./-](20[0-9]{2})|(20[0-9]{2})-([0-9]{2})-([0-9]{2}))(?:[ T].*)?"
)
SWAPPED = "В столбце «{address}» не адреса, а адреса стоят в столбце «{name}». Укажите, что в каком столбце."
DAYS = (
    "days",
    "В столбце «{title}» у счетов разные дни: так бывает в реестрах оплат, а нужны начисления. Проверьте, те "
    "ли это суммы.",
)
DUE = ("amount_due", "amount_due_kopecks")
SOME = 0.1  # of the addresses: one that names its street, too, loses nothing by being read as a house
Rows = Sequence[Sequence[str]]


def settled(header: Header, rows: Rows, answers: Answers) -> Header:
    """The header without what the cells contradict; `rows` are some of the first.

    Raises UnknownLayoutError if staff must say which column is which. What they said is not doubted.
    """
    names = header.columns.names
    if answers.columns or not rows:
        return header
    if "address" in names and "full_name" in names:
        address, name = names.index("address"), names.index("full_name")
        if _share(rows, name, is_address) > 0.5 and _share(rows, address, is_address) < 0.1:
            told = [None if place in (address, name) else known for place, known in enumerate(names)]
            sentence = SWAPPED.format(address=header.titles[address], name=header.titles[name])
            raise mapping.UnknownLayoutError(
                mapping.preview(header.titles, rows, told, header.delimiter), sentence
            )
    return _without_days(_with_streets(_with_overpaid(header, answers), rows), rows)


def _with_overpaid(header: Header, answers: Answers) -> Header:
    """The header with what was paid too much as a part of what is to be paid, if staff said so.

    Raises AlternativesError if it may be one, and they said nothing of it.
    """
    columns = header.columns
    asked = next((warning for warning in columns.warnings if warning.code == "overpaid"), None)
    chosen = answers.chosen.get("overpaid", "")
    if asked is None or "overpaid" in answers.accept:
        return header
    credit = min(
        (found[1], place)
        for place, title in enumerate(header.titles)
        if (found := field_of(title)) and found[0] == CREDIT
    )[1]
    if chosen not in (SUBTRACT, AS_IS):
        due = next(place for place, name in enumerate(columns.names) if name in DUE)
        line = [" ".join(header.titles[place].split()) for place in (due, credit)]
        raise of_overpaid(asked.sentence, *line)
    names = list(columns.names)
    names[credit] = CREDIT if chosen == SUBTRACT else None
    left = tuple(warning for warning in columns.warnings if warning is not asked)
    return replace(header, columns=replace(columns, names=tuple(names), warnings=left))


def _with_streets(header: Header, rows: Rows) -> Header:
    """The header with «Адрес» as the house, where it says no more and the street stands in its own column."""
    names = list(header.columns.names)
    place = names.index("address") if "address" in names else -1
    parts: dict[str, int] = {}
    for column, title in enumerate(header.titles):
        found = field_of(title)
        if names[column] is None and found and found[0] in COVERED["address"]:
            parts.setdefault(found[0], column)
    if "street" not in parts or _share(rows, place, homes.is_house_alone) <= SOME:
        return header
    names = [None if name == "house" else name for name in names]
    names[place] = "house"
    for name, column in parts.items():
        names[column] = name
    return replace(header, columns=replace(header.columns, names=tuple(names)))


def _without_days(header: Header, rows: Rows) -> Header:
    """The header without a vague column of days as its month: they may be days of print or of payment."""
    names, columns = header.columns.names, header.columns
    place = names.index("period") if "period" in names else -1
    title = header.titles[place] if place >= 0 else ""
    found = field_of(title)
    if not found or found != ("period", 1) or _share(rows, place, _is_day) <= 0.5:
        return header
    warnings = columns.warnings
    if len({row[place].strip() for row in rows if len(row) > place and row[place].strip()}) > 1:
        warnings = (*warnings, BillingWarning(DAYS[0], DAYS[1].format(title=title)))
    left = (*names[:place], None, *names[place + 1 :])
    return replace(header, columns=replace(columns, names=left, warnings=warnings))


def _share(rows: Rows, place: int, test: Callable[[str], bool]) -> float:
    """The share of the filled cells of a column that pass a test."""
    cells = [row[place].strip() for row in rows if len(row) > place and row[place].strip()]
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _is_day(cell: str) -> bool:
    """Whether it is a day within a month, neither its first nor its last, by which months are named."""
    found = DAY.fullmatch(cell)
    if not found:
        return False
    day, month, year = (int(part) for part in (found.groups()[:3] if found[1] else found.groups()[:2:-1]))
    return 1 <= month <= 12 and 1 < day < monthrange(year, month)[1]
