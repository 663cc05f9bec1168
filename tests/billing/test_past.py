"""Imports of long ago are forgotten with what was there before them; what they brought stays."""

from datetime import timedelta
from pathlib import Path

import pytest
from peewee import Database

from cabinet.billing import past
from cabinet.billing.importer import import_billing
from cabinet.billing.undo import take_back
from cabinet.models import Account, AccountBefore, BatchPeriod, Charge, ChargeBefore, ImportBatch, ImportJob
from cabinet.models.alone import alone
from cabinet.models.base import now
from cabinet.models.database import db

FOUR = [f"77{n}" for n in range(4)]


@pytest.fixture
def imports(database: Database, tmp_path: Path) -> list[ImportBatch]:
    """Three imports: accounts, other sums and addresses of some, and once more; the first two are old."""
    for place, (street, amount) in enumerate((("Дачная", 1), ("Садовая", 2), ("Лесная", 3))):
        rows = [f"{number};2026-10;{amount};{street}, {number}" for number in FOUR]
        file = tmp_path / f"{place}.csv"
        file.write_text("\n".join(("account;period;amount_due;address", *rows)) + "\n", encoding="utf-8")
        assert not import_billing(file).refused
    found = list(ImportBatch.select().order_by(ImportBatch.id))
    with db.atomic():
        old = now() - timedelta(days=10)
        ImportBatch.update(finished_at=old).where(ImportBatch.id.in_([one.id for one in found[:2]])).execute()
    return found


def written() -> set[int]:
    """The imports of which there are values from before."""
    return {row.batch for model in (AccountBefore, ChargeBefore) for row in model.select()}


def forget() -> int:
    return past.forget(now() - timedelta(days=5))


def test_what_is_old_is_forgotten_and_the_latest_is_undone_as_ever(
    imports: list[ImportBatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    second, third = imports[1:]
    monkeypatch.setattr(past, "PIECE", 2)
    assert written() == {second.id, third.id}
    assert forget() == 2 and forget() == 0
    assert [one.id for one in ImportBatch.select()] == [third.id] and written() == {third.id}
    assert {row.batch for row in BatchPeriod.select()} == {third.id}
    assert third.order_undo("system")
    take_back(third)
    assert {row.address.partition(",")[0] for row in Account.select()} == {"Садовая"}
    assert {row.amount_due for row in Charge.select()} == {200}


def test_cut_short_it_goes_on_and_nothing_can_be_undone_meanwhile(
    imports: list[ImportBatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(past, "_empty", die)
        forget()
    assert not imports[0].order_undo("system") and ImportBatch.get_by_id(imports[0].id).state == "past"
    assert forget() == 2 and written() == {imports[2].id}


def test_a_matching_that_goes_on_and_an_import_at_work_are_left_alone(imports: list[ImportBatch]) -> None:
    with alone("billing"):
        assert forget() == 0
    with db.atomic():
        ImportBatch.update(matching={}).where(ImportBatch.id == imports[0].id).execute()
    assert forget() == 1 and ImportBatch.select().count() == 2


def test_the_parts_of_an_import_go_together(imports: list[ImportBatch]) -> None:
    with db.atomic():
        ImportBatch.update(part_of=imports[0].id).where(ImportBatch.id == imports[1].id).execute()
    assert forget() == 1 and [one.id for one in ImportBatch.select()] == [imports[2].id]


def test_files_that_came_to_nothing_go_and_those_under_way_stay(database: Database) -> None:
    old = now() - timedelta(days=10)
    with db.atomic():
        for state in ("done", "failed", "undone", "checking", "checked", "undoing"):
            ImportJob.create(staff="s", name="f", state=state, finished_at=old)
        ImportJob.create(staff="s", name="f", state="failed", finished_at=now())
        kept = ImportJob.create(staff="s", name="f", state="done", finished_at=old)
        ImportBatch.create(actor="s", name="f", job=kept.id, state="done", finished_at=now())
    forget()
    left = sorted(row.state for row in ImportJob.select())
    assert left == ["checked", "checking", "done", "failed", "undoing"]


def test_what_was_ordered_to_be_undone_meanwhile_is_not_forgotten(imports: list[ImportBatch]) -> None:
    first = imports[0]
    assert first.order_undo("system")
    assert not past._mark([first.id]) and ImportBatch.get_by_id(first.id).state == "undoing"
    assert forget() == 1
