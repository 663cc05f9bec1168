"""Lists a page at a time by key: the cost of a page does not grow with its number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from flask import request
from peewee import Field, ModelSelect, Tuple

T = TypeVar("T")

PAGE = 50
LARGEST_KEY = 2**63 - 1  # the databases take no larger one
PARAMETERS = (
    *("lane", "sort", "who", "subject", "actor", "since", "until", "about", "after"),
)  # of all lists; others are not ours to repeat


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows of one page, and the key by which the next one begins; "" when this is the last."""

    rows: list[T]
    next_key: str
    first: bool


def asked() -> dict[str, str]:
    """The parameters of this list's address."""
    return {name: request.args[name] for name in PARAMETERS if request.args.get(name)}


def page_of(
    query: "ModelSelect[Any]",
    order: Field,
    key: Field,
    ascending: bool = False,
    *,
    least: Any = None,
    most: Any = None,
) -> Page[Any]:
    """The page that `?after=` asks for, of `query` ordered by (`order`, `key`), newest first by default.

    A list may have those alone whose `order` is `least` or later, and before `most`. Of two beginnings SQLite
    may search its index by the wrong one, so each page has one.

    Both fields must be of the queried model and not null in the query; together they end an index.
    """
    after = _decode(request.args.get("after", ""), order, key)
    if after and _is_outside(after[0], ascending, least, most):
        after = None
    rows = _rows(query, (order, key), ascending, after, least, most)
    next_key = _place(rows[PAGE - 1], order, key) if len(rows) > PAGE else ""
    return Page(rows[:PAGE], next_key, after is None)


def page_by(
    query: "ModelSelect[Any]",
    lead: Field,
    values: Sequence[str | None],
    order: Field,
    key: Field,
    *,
    least: Any = None,
    most: Any = None,
) -> Page[Any]:
    """The page that `?after=` asks for, of all rows whose `lead` is the first of the values, then the next…

    Rows of one value are newest first. An index begins with `lead` and ends in (`order`, `key`).
    """
    name, _mark, place = request.args.get("after", "").partition("~")
    names = [value or "" for value in values]
    after = _decode(place, order, key) if name in names else None
    if after and _is_outside(after[0], False, least, most):
        after = None
    is_first = after is None
    rows: list[Any] = []
    for value in values[names.index(name) if after else 0 :]:
        rows += _rows(
            query.where(is_value(lead, value)),
            (lead, order, key),
            False,
            after,
            least,
            most,
            PAGE + 1 - len(rows),
        )
        if len(rows) > PAGE:
            last = rows[PAGE - 1]
            return Page(rows[:PAGE], f"{getattr(last, lead.name) or ''}~{_place(last, order, key)}", is_first)
        after = None
    return Page(rows, "", is_first)


def is_value(field: Field, value: Any) -> Any:
    """The condition that a field has this value, None for nothing."""
    return field.is_null() if value is None else field == value


def page_of_few(rows: list[T], key: Field) -> Page[T]:
    """The page that `?after=` asks for, of few rows that are in order already."""
    keys = [str(getattr(row, key.name)) for row in rows]
    after = request.args.get("after", "")
    begin = keys.index(after) + 1 if after in keys else 0
    shown = rows[begin : begin + PAGE]
    return Page(shown, keys[begin + PAGE - 1] if len(rows) > begin + PAGE else "", begin == 0)


def _rows(
    query: "ModelSelect[Any]",
    ordering: tuple[Field, ...],
    ascending: bool,
    after: tuple[Any, Any] | None,
    least: Any,
    most: Any,
    count: int | None = None,
) -> list[Any]:
    """The next rows after a place, one more than a page unless `count` says how many."""
    *_lead, order, key = ordering
    if least is not None and not (after and ascending):
        query = query.where(order >= least)
    if most is not None and (ascending or not after):
        query = query.where(order < most)
    if after and order.unique:
        query = query.where(order > after[0] if ascending else order < after[0])
    elif after:
        place, here = Tuple(order, key), Tuple(*after)
        query = query.where(place > here if ascending else place < here)
    ways = [field.asc() if ascending else field.desc() for field in ordering]
    return list(query.order_by(*ways).limit(PAGE + 1 if count is None else count))


def _place(row: Any, order: Field, key: Field) -> str:
    """The key by which the page after that row begins."""
    row_key = getattr(row, key.name)
    return _encode(getattr(row, order.name), row_key) if _is_time(order) else str(row_key)


def _is_outside(value: Any, ascending: bool, least: Any, most: Any) -> bool:
    """Whether a page that goes on there would begin before the list does."""
    if ascending:
        return least is not None and bool(value < least)
    return most is not None and bool(value >= most)


def merged(pages: "list[Page[Any]]", order: Field, key: Field, ascending: bool = False) -> Page[Any]:
    """One page of several that the same address asked for, newest first by default; each has its index."""
    rows = [row for page in pages for row in page.rows]
    rows.sort(key=lambda row: (getattr(row, order.name), getattr(row, key.name)), reverse=not ascending)
    next_key = ""
    if len(rows) > PAGE or any(page.next_key for page in pages):
        next_key = _place(rows[:PAGE][-1], order, key)
    return Page(rows[:PAGE], next_key, all(page.first for page in pages))


def _is_time(order: Field) -> bool:
    return bool(order.field_type == "DATETIME")


def _encode(moment: datetime, key: Any) -> str:
    return f"{moment.isoformat()}~{key}"


def _decode(text: str, order: Field, key: Field) -> tuple[Any, Any] | None:
    """The place that a key names; None for the beginning, and for anything that is not a key.

    A value that is not a time is personal and stays out of addresses: the row itself has it.
    """
    moment, mark, row_key = text.rpartition("~")
    try:
        wanted = _number(row_key) if key.field_type in ("AUTO", "INT", "BIGAUTO") else row_key
        if _is_time(order):
            return (datetime.fromisoformat(moment).replace(tzinfo=None), wanted) if mark else None
    except ValueError:
        return None
    if mark or not row_key or not re.fullmatch(r"[\w-]{1,32}", row_key):
        return None
    value = order.model.select(order).where(key == wanted).scalar()
    return None if value is None else (value, wanted)


def _number(text: str) -> int:
    """A key. Raises ValueError for one that no row can have."""
    number = int(text) if len(text) < 20 else LARGEST_KEY + 1
    if not 0 <= number <= LARGEST_KEY:
        raise ValueError(text)
    return number
