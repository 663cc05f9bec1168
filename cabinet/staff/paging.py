"""Lists a page at a time by key: the cost of a page does not grow with its number."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from flask import request
from peewee import Field, ModelSelect

T = TypeVar("T")

PAGE = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows of one page, and the key by which the next one begins; "" when this is the last."""

    rows: list[T]
    further: str
    first: bool


def page_of(query: "ModelSelect[Any]", order: Field, key: Field, ascending: bool = False) -> Page[Any]:
    """The page that `?after=` asks for, of `query` ordered by (`order`, `key`), newest first by default.

    Both fields must be of the queried model and not null in the query; `order` has an index.
    """
    after = _decode(request.args.get("after", ""), order)
    if after:
        value, row_key = after
        beyond = order >= value if ascending else order <= value  # lets the index find the place
        strictly = order > value if ascending else order < value
        tie = key > row_key if ascending else key < row_key
        query = query.where(beyond & (strictly | tie))
    ordering = (order.asc(), key.asc()) if ascending else (order.desc(), key.desc())
    rows = list(query.order_by(*ordering).limit(PAGE + 1))
    further = ""
    if len(rows) > PAGE:
        last = rows[PAGE - 1]
        further = _encode(getattr(last, order.name), getattr(last, key.name))
    return Page(rows[:PAGE], further, after is None)


def _encode(value: Any, key: Any) -> str:
    raw = value if isinstance(value, bytes) else str(value).encode()
    text = base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
    return f"{text}~{key}"


def _decode(text: str, order: Field) -> tuple[Any, str] | None:
    """The place that a key names; None for the beginning, and for what is no key."""
    value, mark, key = text.partition("~")
    if not mark or len(text) > 1200 or "\0" in key:
        return None
    try:
        raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        if order.field_type == "BLOB":
            return raw, key
        plain = raw.decode()
        return (datetime.fromisoformat(plain) if order.field_type == "DATETIME" else plain), key
    except (ValueError, binascii.Error):
        return None
