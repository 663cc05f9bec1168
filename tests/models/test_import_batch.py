"""Imports as staff see them: whole, however many parts they came in, and taken back part by part."""

from datetime import date

from peewee import Database

from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.import_batch import BatchPeriod, ImportBatch
from cabinet.models.import_job import ImportJob
from tests.models.clock import after, moment

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def batch(**values: object) -> ImportBatch:
    with db.atomic():
        return ImportBatch.create(**{"actor": "staff:olga", "name": "bills.csv", **values})


def upload(**values: object) -> ImportJob:
    with db.atomic():
        return ImportJob.create(staff="olga", name="bills.csv", size=200, **values)


def brought(batch: ImportBatch, period: date, *counts: int, fresh: bool = False) -> None:
    names = ("new_accounts", "changed_accounts", "new_charges", "changed_charges")
    with db.atomic():
        BatchPeriod.create(
            batch=batch.id, period=period, fresh=fresh, **dict(zip(names, counts, strict=True))
        )


def fresh(one: ImportBatch) -> ImportBatch:
    return ImportBatch.get_by_id(one.id)


def states() -> dict[int, str]:
    return {one.id: one.state for one in ImportBatch.select()}


def test_parts_are_one_import(database: Database) -> None:
    batch()
    first = batch()
    second, other = batch(part_of=first.id), batch()
    third = batch(part_of=first.id)
    for part in (first, second, third):
        assert part.whole == first.id
        assert [one.id for one in part.parts()] == [third.id, second.id, first.id], "the latest first"
    assert [one.id for one in other.parts()] == [other.id]


def test_what_its_parts_brought_is_added_up_by_month(database: Database) -> None:
    first = batch()
    second, other = batch(part_of=first.id), batch()
    brought(first, SEPTEMBER, 1, 2, 3, 4)
    brought(second, SEPTEMBER, 10, 20, 30, 40, fresh=True)
    brought(second, OCTOBER, 5, 6, 7, 8)
    brought(other, OCTOBER, 900, 900, 900, 900)
    october, september = first.periods()
    assert (october.period, october.size, october.fresh) == (OCTOBER, 26, False)
    assert (september.period, september.size, september.fresh) == (SEPTEMBER, 110, True)
    assert (september.new_accounts, september.changed_accounts) == (11, 22)
    assert (september.new_charges, september.changed_charges) == (33, 44)
    assert first.size() == second.size() == 136


def test_it_is_complete_with_all_parts_at_once(database: Database) -> None:
    first = batch()
    second, other = batch(part_of=first.id, matching={"at": 1}), batch(matching={"at": 2})
    with after(60), db.atomic():
        second.complete()
    assert (fresh(second).matching, fresh(other).matching) == ({}, {"at": 2}), "it is to be matched anew"
    assert second.state == "done"
    assert states() == {first.id: "done", second.id: "done", other.id: "running"}
    assert fresh(first).finished_at == fresh(second).finished_at == moment(60)


def test_only_what_is_in_can_be_taken_back_and_once(database: Database) -> None:
    job = upload(state="done", progress=200)
    first = batch(job=job.id)
    second, other = batch(part_of=first.id, job=job.id), batch(state="done")
    assert not first.order_undo("staff:petr"), "it is still at work"
    assert ImportJob.get_by_id(job.id).state == "done"
    with db.atomic():
        first.complete()
    assert first.order_undo("staff:petr")
    assert not first.order_undo("staff:anna")
    assert states() == {first.id: "undoing", second.id: "undoing", other.id: "done"}
    assert [fresh(one).undone_by for one in (first, second, other)] == ["staff:petr", "staff:petr", ""]
    told = ImportJob.get_by_id(job.id)
    assert (told.state, told.progress) == ("undoing", 0)


def test_the_file_is_taken_back_when_the_first_part_is(database: Database) -> None:
    job, stranger = upload(state="undoing"), upload(state="done")
    first = batch(job=job.id, state="undoing")
    second = batch(part_of=first.id, job=job.id, state="undoing")
    with after(60), db.atomic():
        second.close("undone")
    assert second.state == fresh(second).state == "undone" and fresh(second).finished_at == moment(60)
    assert states()[first.id] == "undoing" and fresh(first).finished_at is None
    assert ImportJob.get_by_id(job.id).state == "undoing"
    with db.atomic():
        first.close("undone")
    assert ImportJob.get_by_id(job.id).state == "undone"
    assert ImportJob.get_by_id(stranger.id).state == "done"


def test_an_import_that_failed_leaves_its_file_to_whoever_brought_it(database: Database) -> None:
    job = upload(state="running")
    first = batch(job=job.id)
    with db.atomic():
        first.close("failed")
    assert fresh(first).state == "failed" and ImportJob.get_by_id(job.id).state == "running"


def test_progress_is_that_of_the_whole(database: Database) -> None:
    job, stranger = upload(state="undoing"), upload(state="undoing")
    first = batch(job=job.id, state="undoing")
    second = batch(part_of=first.id, job=job.id, state="undoing")
    with db.atomic():
        second.advance(30, 120)
        second.advance(30, 120)
        first.advance(12, 120)
        first.advance(8, 0)
    assert fresh(first).taken_back == 80 and fresh(second).taken_back == 0
    assert ImportJob.get_by_id(job.id).progress == 120, "of a size of 200: 72 of 120 rows"
    assert ImportJob.get_by_id(stranger.id).progress == 0
    with db.atomic():
        batch(state="undoing").advance(5, 10)


def test_what_came_of_a_file_is_the_latest_import_that_is_in_or_was(database: Database) -> None:
    for state in ("running", "failed"):
        batch(job="a", state=state)
    assert ImportBatch.of_job("a") is None and ImportBatch.of_job("b") is None
    first = batch(job="a", state="undone")
    assert ImportBatch.of_job("a") == first
    second = batch(job="a", state="done")
    batch(job="a", part_of=second.id, state="done")
    batch(job="a", state="failed")
    assert ImportBatch.of_job("a") == second and ImportBatch.of_job("b") is None


def test_what_is_to_be_taken_back_comes_the_latest_first(database: Database) -> None:
    made = [batch(state=state) for state in ("undoing", "running", "undoing", "done", "failed", "undone")]
    assert ImportBatch.unfinished() == [made[2], made[1], made[0]]


def test_an_import_begins_at_work(database: Database) -> None:
    with after(0):
        one = batch()
        assert one.created_at == now()
    assert (one.state, one.fresh, one.finished_at, one.taken_back, one.undone_by) == (
        "running",
        False,
        None,
        0,
        "",
    )
