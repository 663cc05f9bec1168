"""Reads long lists for files, a batch of rows at a time."""

from collections.abc import Iterator
from typing import Any

from peewee import Field, Tuple

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
