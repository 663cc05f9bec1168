"""Lists of accounts that come with charges are one import: in, refused, cut short and taken back as one."""

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import peewee
import pytest

from cabinet.billing import jobs, undo, uploads
from cabinet.billing.importer import import_billing
from cabinet.billing.undo import finish_unfinished
from cabinet.models import Account, Audit, ImportBatch, ImportJob, import_job
from cabinet.models.account import latest_periods
from cabinet.models.base import new_id
from tests.billing.files import State, stored
from tests.billing.formats import gis_writers
from tests.billing.formats.truth import Home, homes
from tests.billing.killing import IMPORT, UNDO, WORK, dies_at
from tests.billing.test_importing import EYES_OPEN
from tests.waiting import until

TRUTH = homes(12)
MOVED = [replace(home, street="ул. Другая", last_name="Прежняя") for home in TRUTH[3:9]]


def at(always: int, commits: range) -> list[Any]:
    """One of the commits in every run, all of them in slow ones."""
    return [pytest.param(n, marks=() if n == always else pytest.mark.slow) for n in commits]


def parts(tmp_path: Path, truth: list[Home] = TRUTH) -> list[Path]:
    """Two lists of the same accounts, and what is charged to them."""
    return [
        gis_writers.gis_documents(tmp_path / "c.xlsx", truth),
        gis_writers.gis_accounts(tmp_path / "a.xlsx", truth),
        gis_writers.gis_els(tmp_path / "b.xlsx", truth),
    ]


def known_before(tmp_path: Path) -> State:
    """Some of the accounts are known by other names and addresses."""
    import_billing(gis_writers.gis_accounts(tmp_path / "before.xlsx", MOVED))
    return stored()


@pytest.mark.sample(2)
@pytest.mark.parametrize("known", [False, True])
def test_all_parts_are_taken_back_as_one(database: peewee.Database, tmp_path: Path, known: bool) -> None:
    before = known_before(tmp_path) if known else ({}, {})
    report = import_billing(parts(tmp_path), answers=EYES_OPEN)
    assert not report.refused and report.tally.complete and len(stored()[1]) == len(TRUTH)
    batch = ImportBatch.get_by_id(report.batch)
    (period,) = batch.periods()
    assert period.fresh and period.new_charges == len(TRUTH)
    assert sum(p.new_accounts for p in report.periods) == len(TRUTH) - (len(MOVED) if known else 0)
    assert batch.order_undo("staff:x") and not batch.order_undo("staff:x")
    undo.take_back(batch)
    assert stored() == before and latest_periods() == []
    (note,) = Audit.select().where(Audit.action == "billing-import-undone")
    assert (note.actor, note.detail["import"], note.detail["rows"]) == ("staff:x", batch.id, batch.size())
    assert {row.state for row in batch.parts()} == {"undone"}


def test_refused_charges_bring_no_accounts(database: peewee.Database, tmp_path: Path) -> None:
    """A fifth of the documents is of unknown accounts, which is more than five per cent."""
    files = [
        gis_writers.gis_documents(tmp_path / "c.xlsx", TRUTH),
        gis_writers.gis_els(tmp_path / "b.xlsx", TRUTH[3:]),
    ]
    foretold = import_billing(files, dry_run=True, max_rejects=100)
    assert foretold.rejected == 3 and foretold.accepted == 9 + 9
    report = import_billing(files)
    assert "больше 5 %" in report.refused and report.nothing
    assert stored() == ({}, {}) and not ImportBatch.select().exists()


def test_unanswered_warnings_let_no_accounts_in(database: peewee.Database, tmp_path: Path) -> None:
    truth = [replace(home, due=home.due * 1000 + 100_000_000) for home in TRUTH]
    report = import_billing(parts(tmp_path, truth))
    assert [warning.code for warning in report.unanswered] == ["sums-scaled"] and report.refused
    assert stored() == ({}, {})


@pytest.mark.parametrize("commit", at(3, range(1, 6)))
def test_an_import_killed_at_any_commit_is_all_in_or_not_at_all(
    database: peewee.Database, tmp_path: Path, commit: int
) -> None:
    before = known_before(tmp_path)
    killed = dies_at(commit, IMPORT, *map(str, parts(tmp_path)))
    finish_unfinished()
    assert killed or ImportBatch.select().where(ImportBatch.state == "done").count() == 1 + 3
    whole = {row.state for row in ImportBatch.select().where(ImportBatch.id > 1)}
    assert whole in ({"done"}, {"failed"}, set())
    assert (len(stored()[1]) == len(TRUTH)) if whole == {"done"} else (stored() == before)
    import_billing(parts(tmp_path), answers=EYES_OPEN)
    assert len(stored()[1]) == len(TRUTH)


@pytest.mark.parametrize("commit", at(8, range(1, 24)))
def test_an_undo_killed_at_any_commit_is_all_finished(
    database: peewee.Database, tmp_path: Path, commit: int
) -> None:
    before = known_before(tmp_path)
    batch = ImportBatch.get_by_id(import_billing(parts(tmp_path), answers=EYES_OPEN).batch)
    batch.order_undo("staff:x")
    dies_at(commit, UNDO)
    finish_unfinished()
    assert stored() == before and not ImportBatch.unfinished() and not finish_unfinished()
    (note,) = Audit.select().where(Audit.action == "billing-import-undone")
    assert note.detail["rows"] == batch.size()


def uploaded(database: peewee.Database, tmp_path: Path) -> ImportJob:
    """A ZIP of all parts, as staff send it."""
    job = ImportJob(id=new_id(), staff="olga", name="a.zip")
    with zipfile.ZipFile(uploads.path_of(job), "w") as archive:
        for file in parts(tmp_path):
            archive.write(file, file.name)
    with database.atomic():
        job.save(force_insert=True)
    return job


@pytest.fixture
def no_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next worker need not wait until the dead one's job is free."""
    monkeypatch.setattr(import_job, "LEASE", -1)


def work_until(job: ImportJob, state: str) -> None:
    """Be the next worker; PostgreSQL holds a dead one's lock until it notices."""
    until(lambda: not jobs.run_next() and ImportJob.get_by_id(job.id).state == state)


@pytest.mark.thorough
@pytest.mark.parametrize("commit", at(2, range(1, 8)))
@pytest.mark.usefixtures("no_lease")
def test_a_worker_killed_at_any_commit_leaves_a_job_that_goes_on(
    database: peewee.Database, tmp_path: Path, commit: int
) -> None:
    job = uploaded(database, tmp_path)
    if dies_at(commit, WORK):
        jobs.run_next()
    assert ImportJob.get_by_id(job.id).state == "checked" and stored() == ({}, {})
    assert ImportJob.get_by_id(job.id).order_run()
    dies_at(commit, WORK)
    work_until(job, "done")
    assert len(stored()[1]) == len(TRUTH)
    batch = ImportBatch.of_job(job.id)
    assert batch and batch.order_undo("staff:x")
    dies_at(commit, WORK)
    work_until(job, "undone")
    assert stored() == ({}, {})
    uploads.discard_left_over()  # as the worker does from time to time
    assert not uploads.path_of(job).exists()
    assert not Account.select().exists() and latest_periods() == []
