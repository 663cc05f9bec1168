"""Imports and undos take as much work as they have rows, in pieces for which nobody waits long."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import peewee
import pytest

from cabinet.billing import importer, pace, undo
from cabinet.billing.importer import import_billing
from cabinet.billing.report import Report
from cabinet.billing.undo import finish_unfinished
from cabinet.models import Attempt, Charge, ImportBatch
from cabinet.models.account import find_account, latest_periods
from cabinet.models.database import connected, db
from tests.billing.files import row, stored, write
from tests.billing.killing import IMPORT, dies_at
from tests.billing.test_importing import EYES_OPEN
from tests.billing.test_undo import COLUMNS, counts_are_right, take
from tests.steps import counted
from tests.waiting import until

STEP = 100  # instructions of SQLite's machine


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_work_of_an_undo_does_not_grow_with_its_pieces(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(tmp_path, [row(str(n)) for n in range(10_000, 12_000, 2)])
    work = []
    for size in (100, 4000):
        monkeypatch.setattr(undo, "PIECE", {True: size, False: size})
        batch = take(tmp_path, [row(str(n), due="7.00", address=f"д. {n}") for n in range(10_000, 12_000)])
        batch.order_undo("system")
        with counted(every=STEP) as done:
            undo.take_back(batch)
        work += done
    assert work[1] < work[0] * 1.5, "each row is found by its key"


SHORT_TURNS = "from cabinet.billing import pace\npace.FEWEST = pace.MOST = 3\n"


@pytest.fixture
def short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three rows each."""
    monkeypatch.setattr(importer, "AT_ONCE", 0)
    for name in ("FEWEST", "MOST"):
        monkeypatch.setattr(pace, name, 3)


def two_months(tmp_path: Path) -> Path:
    """A file that corrects and adds to October, and brings November."""
    rows = [row(str(n), due="7.00", address=f"д. {n}") for n in range(16, 28)]
    rows += [row(str(n), "2026-11") for n in range(10, 28)]
    return write(tmp_path / "c.csv", rows, COLUMNS)


@pytest.mark.sample(3)
@pytest.mark.parametrize("commits", [1, 2, 4, 6, 7, 10, 12])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_import_killed_between_its_turns_is_taken_back_by_who_comes_next(
    database: peewee.Database, tmp_path: Path, commits: int
) -> None:
    take(tmp_path, [row(str(n)) for n in range(10, 22)])
    before, file = stored(), two_months(tmp_path)
    assert dies_at(commits, SHORT_TURNS + IMPORT, str(file))
    assert latest_periods() == [date(2026, 10, 1)], "half a month is offered to nobody"
    assert ImportBatch.get(ImportBatch.state == "running")
    assert finish_unfinished() and not finish_unfinished()
    assert stored() == before and counts_are_right()
    import_billing(file, answers=EYES_OPEN)
    assert len(stored()[1]) == 36 and counts_are_right() and len(latest_periods()) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_others_write_between_the_turns_and_find_each_account_whole(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, short_turns: None
) -> None:
    """An offered month stays offered while it is corrected: of each account the old sum or the new one."""
    take(tmp_path, [row(str(n)) for n in range(10, 22)])
    october, november, seen, written = date(2026, 10, 1), date(2026, 11, 1), list[int](), list[int]()

    def look(_seconds: float) -> None:
        with connected():
            written.append(Attempt.take("test", "x", (100, 60)))
            assert latest_periods() == [october]
            assert find_account(november, "10", 10000) is None
            old, new = (
                [n for n in range(10, 28) if find_account(october, str(n), sum_)] for sum_ in (10000, 700)
            )
            assert len(old) + len(new) == Charge.select().where(Charge.period == october).count()
            seen.append(len(new))

    def breathe(seconds: float) -> None:
        thread = ThreadPoolExecutor(1)
        thread.submit(look, seconds).result(30)

    monkeypatch.setattr(time, "sleep", breathe)
    report = import_billing(two_months(tmp_path), answers=EYES_OPEN)
    assert not report.refused and not any(written)
    assert sorted(set(seen)) == [0, 3, 6, 9, 12] and len(seen) == 10
    assert latest_periods() == [november, october] and counts_are_right()


def test_turns_are_as_long_as_the_machine_is_fast(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice as many rows in each at most, until one has taken long."""
    turns, lengths = pace.Pace(), []
    first = turns.rows
    for took in (0.1, 0.8, 4.0):
        moments = iter((100.0, 100.0 + took * pace.TURN))
        clock = SimpleNamespace(perf_counter=lambda: next(moments), sleep=time.sleep)  # noqa: B023
        monkeypatch.setattr(pace, "time", clock)
        with turns.turn():
            pass
        lengths.append(round(turns.rows / first, 2))
    assert lengths == [2, 2.5, 1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_turns_end_without_waiting_for_the_disk(
    waiting_for_the_disk: None,
    database: peewee.Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    short_turns: None,
) -> None:
    """And nothing that is one transaction, nor what completes an import."""
    seen: list[tuple[bool, int]] = []
    begin, turn = db.obj.begin, pace.Pace.turn

    def level() -> int:
        return int(db.execute_sql("PRAGMA synchronous").fetchone()[0])

    @contextmanager
    def watched(self: pace.Pace) -> Iterator[None]:
        with turn(self):
            seen[-1] = (True, seen[-1][1])
            yield

    def begun(*arguments: str) -> None:
        seen.append((False, level()))
        begin(*arguments)

    monkeypatch.setattr(db.obj, "begin", begun)
    monkeypatch.setattr(pace.Pace, "turn", watched)
    take(tmp_path, [row(str(n)) for n in range(10, 22)])
    assert {level for is_turn, level in seen if is_turn} == {1}
    assert {level for is_turn, level in seen if not is_turn} == {2} and seen[-1] == (False, 2)
    seen.clear()
    monkeypatch.setattr(importer, "AT_ONCE", 2000)
    take(tmp_path, [row(str(n), due="8.00") for n in range(10, 22)])
    assert {level for _, level in seen} == {2}
    with pytest.raises(ZeroDivisionError), pace.Pace().turn():
        _ = 1 / 0
    assert level() == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_log_stays_small_however_much_comes_in(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is copied whole every few turns, and begins anew."""
    monkeypatch.setattr(importer, "AT_ONCE", 0)
    monkeypatch.setattr(pace, "MOST", 500)
    monkeypatch.setattr(pace, "TIDY_AFTER", 0.0)
    take(tmp_path, [row(str(n)) for n in range(10_000, 30_000)])
    path = Path(db.obj.database)
    assert path.with_name(path.name + "-wal").stat().st_size * 3 < path.stat().st_size


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_log_is_copied_beside_the_turns(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "AT_ONCE", 0)
    monkeypatch.setattr(pace, "TIDY_AFTER", 3600.0)
    path, sizes = Path(db.obj.database), list[int]()
    before = path.stat().st_size

    def grown() -> bool:
        sizes.append(path.stat().st_size)
        return sizes[-1] > before + 1_000_000

    def wait(_report: Report) -> None:
        until(grown, lambda: str(sizes))

    file = write(tmp_path / "a.csv", [row(str(n)) for n in range(10_000, 30_000)])
    import_billing(file, answers=EYES_OPEN, on_done=wait)
    assert counts_are_right()
