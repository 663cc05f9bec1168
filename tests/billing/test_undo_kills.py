"""Imports and undos that are cut short: whoever comes next finds all of it or nothing."""

import random
import threading
from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing import undo
from cabinet.billing.importer import import_billing
from cabinet.billing.undo import finish_unfinished
from cabinet.models import Attempt, Audit, ImportBatch
from cabinet.models.account import latest_periods
from cabinet.models.alone import alone
from cabinet.models.database import connected, db
from tests.billing.files import State, row, stored, write
from tests.billing.killing import IMPORT, UNDO, dies_at, python
from tests.billing.test_importing import EYES_OPEN
from tests.billing.test_undo import COLUMNS, take


def two_imports(tmp_path: Path) -> tuple[State, ImportBatch]:
    """A month, then corrections of it with a new month; what there was between them, and the second."""
    take(tmp_path, [row(str(n)) for n in range(1, 13)])
    before = stored()
    more = [row(str(n), due="7.00", address="д. 7") for n in range(6, 16)]
    more += [row(str(n), "2026-11") for n in range(1, 16)]
    return before, take(tmp_path, more)


@pytest.mark.sample(2)
@pytest.mark.parametrize("commits", [1, 2, 4, 6, 9])
def test_an_undo_killed_at_any_commit_is_finished_by_who_comes_next(
    database: peewee.Database, tmp_path: Path, commits: int
) -> None:
    before, batch = two_imports(tmp_path)
    batch.order_undo("staff:x")
    assert dies_at(commits, UNDO)
    assert ImportBatch.get_by_id(batch.id).state == "undoing"
    assert date(2026, 11, 1) not in latest_periods(), "half a month is offered to nobody"
    assert finish_unfinished() and not finish_unfinished()
    assert stored() == before and latest_periods() == [date(2026, 10, 1)]
    (note,) = Audit.select().where(Audit.action == "billing-import-undone")
    assert (note.actor, note.detail["import"]) == ("staff:x", batch.id)
    assert note.detail["rows"] == sum(period.size for period in batch.periods())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_an_import_killed_at_any_moment_is_there_or_not(
    database: peewee.Database, tmp_path: Path, seed: int
) -> None:
    take(tmp_path, [row(str(n)) for n in range(1, 2000)])
    before = stored()
    file = write(
        tmp_path / "b.csv",
        [row(str(n), month, due="7.00") for month in ("2026-09", "2026-10") for n in range(1, 3000)],
        COLUMNS,
    )
    importing = python(IMPORT, "", str(file))
    assert importing.stdout and importing.stdout.readline() == "begun\n"
    killer = threading.Timer(random.Random(seed).uniform(0, 1.5), importing.kill)
    killer.start()
    importing.wait()
    killer.cancel()
    finish_unfinished()
    now = stored()
    if now != before:
        assert len(now[1]) == 5998 and latest_periods() == [date(2026, 10, 1), date(2026, 9, 1)]
    import_billing(file, answers=EYES_OPEN)
    assert len(stored()[1]) == 5998


def test_an_import_first_finishes_what_was_to_be_undone(database: peewee.Database, tmp_path: Path) -> None:
    _before, batch = two_imports(tmp_path)
    batch.order_undo("system")
    again = take(tmp_path, [row("1", "2026-11")])
    assert ImportBatch.get_by_id(batch.id).state == "undone"
    assert [period.fresh for period in again.periods()] == [True]
    assert {period for period, _number in stored()[1]} == {date(2026, 10, 1), date(2026, 11, 1)}


def test_an_undo_ordered_while_a_file_is_read_does_not_fail_it(
    database: peewee.Database, tmp_path: Path
) -> None:
    _before, batch = two_imports(tmp_path)
    file = write(tmp_path / "b.csv", [row(str(n), "2026-12") for n in range(1, 16)], COLUMNS)

    def order(_done: int) -> None:
        def press() -> None:
            with connected():
                batch.order_undo("staff:x")

        thread = threading.Thread(target=press)
        thread.start()
        thread.join(10)

    report = import_billing(file, progress=order, answers=EYES_OPEN)
    assert report.batch and not report.refused
    finish_unfinished()
    assert ImportBatch.get_by_id(batch.id).state == "undone"
    assert {period.month for period, _number in stored()[1]} == {10, 12}
    assert len(stored()[1]) == 12 + 15


def test_others_write_between_the_pieces(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "PIECE", {True: 2, False: 2})
    _before, batch = two_imports(tmp_path)
    batch.order_undo("system")
    written: list[int] = []

    def write_too(_rows: int) -> None:
        def attempt() -> None:
            with connected():
                written.append(Attempt.take("test", "x", (100, 60)))

        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join(10)

    undo.take_back(batch, write_too)
    assert len(written) > 5 and not any(written)


def test_one_at_a_time(database: peewee.Database, tmp_path: Path) -> None:
    """While an import has the lock, an undo that may not wait leaves it alone."""
    _before, batch = two_imports(tmp_path)
    batch.order_undo("system")
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with connected(), alone("billing"):
            held.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(30)
    assert not finish_unfinished(wait=False)
    assert ImportBatch.get_by_id(batch.id).state == "undoing"
    done.set()
    thread.join()
    assert finish_unfinished(wait=False)
    assert not db.in_transaction()
