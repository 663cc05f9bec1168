"""Files on their way into billing: who works on one, what staff order, what came of it."""

from datetime import date

import pytest
from peewee import Database

from cabinet.models.database import db
from cabinet.models.import_job import CHOICES, FORGOTTEN, UNWANTED, ImportJob
from tests.models.clock import after, moment


def upload(seconds: float = 0, **values: object) -> ImportJob:
    with after(seconds), db.atomic():
        return ImportJob.create(staff="olga", name="bills.csv", **{"size": 200, **values})


def claim(seconds: float = 0) -> ImportJob:
    with after(seconds):
        job = ImportJob.claim_next()
    assert job is not None
    return job


def fresh(job: ImportJob) -> ImportJob:
    return ImportJob.get_by_id(job.id)


def test_the_oldest_comes_first_and_each_is_one_workers(database: Database) -> None:
    second, first = upload(10), upload(5, state="running")
    assert [claim(20).id, claim(20).id] == [first.id, second.id]
    with after(20):
        assert ImportJob.claim_next() is None


@pytest.mark.parametrize("state", ["checked", "done", "failed", "undoing", "undone"])
def test_what_waits_for_staff_or_is_over_is_no_workers(database: Database, state: str) -> None:
    upload(state=state)
    assert ImportJob.claim_next() is None


def test_a_worker_that_is_silent_for_two_minutes_loses_it(database: Database) -> None:
    upload()
    first = claim()
    with after(120):
        assert ImportJob.claim_next() is None
    second = claim(121)
    assert second == first and second.claim != first.claim
    with after(122):
        assert not first.report_progress(1) and not first.finish("done", {})
        assert second.report_progress(50)


def test_signs_of_life_keep_it(database: Database) -> None:
    job, other = upload(), upload(1)
    mine = claim()
    with after(100):
        assert mine.report_progress(50)
    assert (fresh(job).progress, fresh(job).alive_at) == (50, moment(100))
    assert claim(150) == other and fresh(other).progress == 0
    with after(220):
        assert ImportJob.claim_next() is None


def test_its_end_is_reported(database: Database) -> None:
    job, other = upload(), upload(1)
    mine = claim()
    with after(10):
        assert mine.finish("checked", {"rows": 5}, "x" * 501) and not mine.finish("failed", {})
    row = fresh(job)
    assert (row.state, row.report, row.error) == ("checked", {"rows": 5}, "x" * 500)
    assert (row.claim, row.alive_at, row.finished_at) == (None, None, moment(10))
    assert fresh(other).state == "checking"
    mine = claim(20)
    mine.finish("done", {})
    assert fresh(other).error == ""


def test_staff_order_a_checked_file_to_be_run_once(database: Database) -> None:
    job, other = upload(), upload(1, state="checked")
    assert not job.order_run()
    mine = claim()
    with after():
        mine.report_progress(200)
        mine.finish("checked", {})
    assert fresh(job).order_run() and not fresh(job).order_run()
    row = fresh(job)
    assert (row.state, row.progress, row.claim, row.alive_at) == ("running", 0, None, None)
    assert fresh(other).state == "checked"


def test_staff_decide_on_the_check_that_they_saw(database: Database) -> None:
    job, other = upload(state="checked", finished_at=moment(1)), upload(1, state="checked")
    seen = fresh(job)
    with after(2):
        assert seen.answer(date(2026, 10, 1)) and not seen.answer(date(2026, 9, 1))
    mine = claim(3)
    assert (mine.id, mine.period, mine.accepted) == (job.id, date(2026, 10, 1), [])
    with after(4):
        assert mine.finish("checked", {}, samples=["Анна"])
    assert not (seen.order_run() or seen.answer(date(2026, 9, 1)) or seen.drop()), "that check is past"
    assert fresh(job).order_run(["future", "rejects"])
    assert fresh(job).accepted == ["future", "rejects"] and fresh(other).accepted == []


def test_rows_of_people_go_with_the_decision(database: Database) -> None:
    for state in ("asking", "checked"):
        job = upload(state=state, finished_at=moment(1), samples=["Анна"], report={"rows": 1})
        with after(5):
            assert fresh(job).drop() and not fresh(job).drop()
        row = fresh(job)
        assert (row.state, row.error, row.finished_at) == ("failed", UNWANTED, moment(5))
        assert row.samples is None and row.report == {"rows": 1}
    job = upload(state="checked", finished_at=moment(1), samples=["Анна"])
    assert fresh(job).undecided and fresh(job).order_run() and not fresh(job).undecided
    mine = claim(10)
    mine.finish("done", {})
    assert fresh(job).samples is None


@pytest.mark.parametrize(("read", "percent"), [(0, 0), (1, 0), (100, 50), (199, 99), (200, 100), (300, 100)])
def test_progress_is_told_in_percent(database: Database, read: int, percent: int) -> None:
    assert upload(progress=read).percent == percent
    assert upload(progress=read, state="done").percent == 100 and upload(size=0).percent == 0
    assert upload(size=1, progress=1).percent == 100


def test_what_it_was_told_of_columns_is_told_from_what_staff_chose(database: Database) -> None:
    job = upload(layouts={"key": {"by": "x"}, CHOICES: {"question": "1"}})
    assert (job.said, job.chosen) == ({"key": {"by": "x"}}, {"question": "1"})
    assert job._told({}, {}) is None and job._told(job.said, {}) == job.said
    assert job._told(job.said, job.chosen) == job.layouts


def test_what_is_taken_back_is_followed(database: Database) -> None:
    job, other = upload(state="done", progress=200), upload(state="done")
    with db.atomic():
        ImportJob.follow(job.id, "undoing")
        ImportJob.follow(None, "undoing")
    assert (fresh(job).state, fresh(job).progress, fresh(other).state) == ("undoing", 0, "done")
    assert fresh(job).pending and fresh(job).over


def test_a_checked_file_that_nobody_wants_is_given_up(database: Database) -> None:
    old, new = (
        upload(state=state, finished_at=moment(end), samples=["Анна"])
        for state, end in (("asking", 9), ("checked", 10))
    )
    done = upload(state="done", finished_at=moment(0))
    with after(100):
        ImportJob.give_up(moment(10))
    row = fresh(old)
    assert (row.state, row.error, row.finished_at) == ("failed", FORGOTTEN, moment(100))
    assert row.samples is None and fresh(new).samples == ["Анна"]
    assert (fresh(new).state, fresh(done).state) == ("checked", "done")


@pytest.mark.parametrize(
    ("state", "pending", "undecided", "over"),
    [
        *(("checking", True, False, False), ("running", True, False, False), ("undoing", True, False, True)),
        *(("checked", False, True, False), ("done", False, False, True), ("failed", False, False, True)),
        ("undone", False, False, True),
    ],
)
def test_who_has_to_do_with_it_and_whether_its_file_is_needed(
    state: str, pending: bool, undecided: bool, over: bool
) -> None:
    job = ImportJob(state=state)
    assert (job.pending, job.undecided, job.over) == (pending, undecided, over)


def test_what_staff_said_is_checked_anew_and_saved_with_the_order(database: Database) -> None:
    before = {"k": {"titles": ["Сумма"]}, CHOICES: {"dates": "us"}}
    job = upload(
        state="checked", layouts=before, accept="past", progress=9, samples=[1], finished_at=moment(0)
    )
    assert job.answer_layout("new", {"titles": ["Счёт"]})
    told = fresh(job)
    assert told.layouts == {**before, "new": {"titles": ["Счёт"]}}
    assert (told.state, told.accept, told.progress, told.samples) == ("checking", "", 0, None)
    for code, chosen in (("dates", {"dates": "ru"}), ("sums", {"dates": "us", "sums": "due"})):
        other = upload(state="checked", layouts=before, finished_at=moment(0))
        assert other.choose(code, "ru" if code == "dates" else "due")
        assert fresh(other).layouts == {**before, CHOICES: chosen}
    other = upload(state="checked", layouts=before, finished_at=moment(0))
    assert other.order_run(["past", "few"])
    assert fresh(other).layouts == {"k": {"titles": ["Сумма"], "saved": True}, CHOICES: {"dates": "us"}}
    assert fresh(other).accepted == ["past", "few"]
