"""Imports and undos take as much work as they have rows, in pieces for which nobody waits long."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee
import pytest

from cabinet.billing import undo
from cabinet.models.database import db
from tests.billing.files import row
from tests.billing.test_undo import take

STEP = 100  # instructions of SQLite's machine


@contextmanager
def counting_work() -> Iterator[list[int]]:
    """How many STEPs SQLite does meanwhile, as the only number of a list."""
    done = [0]

    def one_more() -> int:
        done[0] += 1
        return 0

    db.connection().set_progress_handler(one_more, STEP)
    yield done
    db.connection().set_progress_handler(None, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_work_of_an_undo_does_not_grow_with_its_pieces(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(tmp_path, [row(str(n)) for n in range(10_000, 12_000, 2)])
    work = []
    for size in (100, 4000):
        monkeypatch.setattr(undo, "PIECE", {True: size, False: size})
        batch = take(tmp_path, [row(str(n), due="7.00", address="д. 7") for n in range(10_000, 12_000)])
        batch.order_undo("system")
        with counting_work() as done:
            undo.take_back(batch)
        work += done
    assert work[1] < work[0] * 1.5, "each row is found by its key"
