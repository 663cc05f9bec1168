"""A database connection for one unit of work, so that a restart of the database is survived."""

from collections.abc import Iterator
from contextlib import contextmanager

from cabinet.models.base import db


@contextmanager
def connected() -> Iterator[None]:
    """Have a connection inside the block; one that was open before stays open after."""
    opened = db.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened:
            db.close()
