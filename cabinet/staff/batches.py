"""Reads long lists for files, a batch of rows at a time."""

from collections.abc import Iterable, Iterator
from typing import Any

from peewee import Field, Tuple, chunked

from cabinet.models.database import connected

BATCH = 1000


def batches(query: Any, keys: tuple[Field, ...], ascending: bool = True) -> Iterator[list[Any]]:
    """All rows of the query in the order of the keys, without holding a connection between batches."""
    place, last = Tuple(*keys), None
    while True:
        with connected():
            rest = query
            if last is not None:
                here = Tuple(*(getattr(last, key.name) for key in keys))
                rest = query.where(place > here if ascending else place < here)
            rows = list(rest.order_by(*(key.asc() if ascending else key.desc() for key in keys)).limit(BATCH))
        yield rows
        if len(rows) < BATCH:
            return
        last = rows[-1]


def places(query: Any, key: Field, column: Field, keys: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Key and column of those rows of the query that have one of the keys."""
    for some in chunked(keys, BATCH):
        with connected():
            rows = list(query.where(key.in_(some)).select(key, column).tuples())
        yield from rows


def by_keys(key: Field, keys: Iterable[Any]) -> Iterator[list[Any]]:
    """The rows of the keys, in their order; what changes meanwhile moves none. Those deleted are left out."""
    for some in chunked(keys, BATCH):
        with connected():
            rows = {getattr(row, key.name): row for row in key.model.select().where(key.in_(some))}
        yield [rows[one] for one in some if one in rows]
