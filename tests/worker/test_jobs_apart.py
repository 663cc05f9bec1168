"""A billing file is read and imported by a process apart: limited, niced, and no harm to the worker."""

import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import peewee
import psutil
import pytest

from cabinet.billing import houses
from cabinet.billing.errors import TOO_LARGE, TOO_SLOW
from cabinet.billing.jobs import run_next
from cabinet.billing.uploads import path_of
from cabinet.models import Account, ImportBatch, ImportJob, base
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.worker import jobs_apart
from cabinet.worker.loop import Worker
from config import ROOT, Settings
from tests.waiting import until

TITLES = "account;period;amount_due;address\n"
DEADLY = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT)
Started = list["subprocess.Popen[bytes]"]


def job_of(text: str | bytes, state: str = "checking") -> ImportJob:
    """A file that staff have sent, and perhaps ordered to be imported."""
    with db.atomic():
        job = ImportJob.create(staff="somebody", name="b.csv", state=state)
    path_of(job).write_bytes(text.encode() if isinstance(text, str) else text)
    job.size = path_of(job).stat().st_size
    with db.atomic():
        job.save()
    return job


def of_rows(count: int) -> str:
    return TITLES + "".join(f"{n};2026-10;1.00;г. Клин, ул. Лесная, д. {n}\n" for n in range(1, count + 1))


def taken_apart(count: int) -> str:
    """Rows that are read one by one, which takes long."""
    return TITLES + "".join(f'{n};2026-10;1.00;"г. Клин, ул. Лесная, д. {n}"\n' for n in range(count))


def ended(job: ImportJob) -> ImportJob:
    assert run_next(jobs_apart.run)
    found = ImportJob.get_by_id(job.id)
    assert isinstance(found, ImportJob)
    return found


def that_stands_still() -> ImportJob:
    """Whoever opens its file waits for somebody to write into it."""
    job = job_of(of_rows(1))
    path_of(job).unlink()
    os.mkfifo(path_of(job))
    return job


def that_fills_memory() -> ImportJob:
    row = '<item nomerls="7" pomeshenie="г. Клин, ул. Лесная, д. 1" koplate="1,00"/>'
    return job_of('<platezhki period="2026.10"><a>' + row * 300_000)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """The processes that do jobs."""
    found: Started = []
    end_of = jobs_apart._end_of

    def noted(process: "subprocess.Popen[bytes]", job: ImportJob) -> int:
        found.append(process)
        return end_of(process, job)

    monkeypatch.setattr(jobs_apart, "_end_of", noted)
    return found


@pytest.fixture
def in_hand(started: Started) -> Iterator[Callable[[ImportJob], "subprocess.Popen[bytes]"]]:
    """Has a job begun in another thread; gives the process that does it."""
    threads: list[threading.Thread] = []

    def begin(_job: ImportJob) -> "subprocess.Popen[bytes]":
        threads.append(threading.Thread(target=run_next, args=(jobs_apart.run,), daemon=True))
        threads[-1].start()
        until(lambda: started)
        return started[0]

    yield begin
    for process in started:
        process.kill()
    for thread in threads:
        thread.join()


def test_it_gives_way_within_limits_and_goes_on_where_it_was_ended(
    database: peewee.Database, in_hand: Callable[[ImportJob], "subprocess.Popen[bytes]"]
) -> None:
    process = in_hand(job := that_stands_still())
    least = min(19, os.getpriority(os.PRIO_PROCESS, 0) + jobs_apart.NICER)
    until(lambda: psutil.Process(process.pid).num_threads() > 1, "it tells that it lives")
    assert os.getpriority(os.PRIO_PROCESS, process.pid) >= least
    assert resource.prlimit(process.pid, resource.RLIMIT_AS)[1] == jobs_apart.MEMORY
    assert resource.prlimit(process.pid, resource.RLIMIT_CPU)[0] == jobs_apart.SECONDS
    assert os.getsid(process.pid) != os.getsid(0), "who stops the worker's group does not stop it"
    assert base.settings().secret_key not in " ".join(psutil.Process(process.pid).cmdline())
    for by_hand in (signal.SIGTERM, signal.SIGINT):  # as where all processes are told to stop
        os.kill(process.pid, by_hand)
    claimed = ImportJob.get_by_id(job.id).alive_at
    until(lambda: ImportJob.get_by_id(job.id).alive_at != claimed, "it goes on to tell that it lives")
    assert ImportJob.get_by_id(job.id).state == "checking"


@pytest.mark.sample(3)
@pytest.mark.parametrize("how", DEADLY)
def test_what_kills_it_is_a_refusal_and_kills_nothing_else(
    database: peewee.Database,
    in_hand: Callable[[ImportJob], "subprocess.Popen[bytes]"],
    how: signal.Signals,
) -> None:
    process = in_hand(job := that_stands_still())
    os.kill(process.pid, how)
    until(lambda: ImportJob.get_by_id(job.id).state == "failed")
    assert ImportJob.get_by_id(job.id).error == TOO_LARGE
    until(lambda: not list(path_of(job).parent.glob(f"{job.id}*")))
    assert not run_next(jobs_apart.run), "it is not tried again"
    assert ended(job_of(of_rows(3))).state == "checked", "the next file is as good as ever"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("limits", "made", "words"),
    [
        ({"MOST_SECONDS": 1}, lambda: job_of(taken_apart(200_000)), [TOO_SLOW]),
        # where not a byte is left, CPython 3.11 may use up its CPU instead of raising MemoryError
        ({"MEMORY": 200 << 20, "MOST_SECONDS": 5}, that_fills_memory, [TOO_LARGE, TOO_SLOW]),
        ({"PATIENCE": 0.2}, that_stands_still, [TOO_SLOW]),
    ],
)
def test_what_takes_too_much_is_given_up_in_words(
    database: peewee.Database,
    started: Started,
    monkeypatch: pytest.MonkeyPatch,
    limits: dict[str, float],
    made: Callable[[], ImportJob],
    words: list[str],
) -> None:
    for name, limit in limits.items():
        monkeypatch.setattr(jobs_apart, name, limit)
    job = ended(made())
    assert job.state == "failed" and job.error in words
    assert started[0].poll() is not None and not list(path_of(job).parent.glob(f"{job.id}*"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_import_whose_process_is_killed_is_taken_back(
    database: peewee.Database, in_hand: Callable[[ImportJob], "subprocess.Popen[bytes]"]
) -> None:
    process = in_hand(job := job_of(of_rows(60_000), "running"))
    until(lambda: ImportBatch.unfinished() and Account.select().exists())
    process.kill()
    until(lambda: ImportJob.get_by_id(job.id).state == "failed")
    assert run_next(jobs_apart.run), "what it had changed is taken back"
    assert not Account.select().exists() and ImportBatch.get().state == "failed"
    assert not run_next(jobs_apart.run)


def test_a_file_is_not_refused_because_the_database_is_away(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = base.settings()
    with monkeypatch.context() as away:
        away.setattr(base, "settings", lambda: replace(here, database_url="postgresql://127.0.0.1:9/no"))
        job = job_of(of_rows(3))
        claimed = ImportJob.claim_next()
        assert claimed
        jobs_apart.run(claimed)
    assert ImportJob.get_by_id(job.id).state == "checking"
    with db.atomic():
        ImportJob.update(alive_at=now() - timedelta(hours=1)).execute()
    assert ended(job).state == "checked", "whoever comes when the claim has lapsed"


WORKER = """
import pickle, sys
from cabinet.billing.jobs import run_next
from cabinet.models import base
from cabinet.worker import jobs_apart
base.configure(pickle.load(sys.stdin.buffer))
run_next(jobs_apart.run)
"""


def test_it_dies_with_its_worker_and_the_next_one_goes_on(
    database: peewee.Database, settings: Settings
) -> None:
    job = that_stands_still()
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER], cwd=ROOT, stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
    )
    assert worker.stdin
    with worker.stdin:
        pickle.dump(settings, worker.stdin)
    children = until(lambda: psutil.Process(worker.pid).children())
    until(lambda: children[0].num_threads() > 1)
    worker.kill()
    worker.wait()
    until(lambda: not _lives(children[0]))
    with db.atomic():
        ImportJob.update(alive_at=now() - timedelta(hours=1)).execute()
    path_of(job).unlink()
    path_of(job).write_text(of_rows(3))
    assert ended(job).state == "checked"


def test_the_worker_has_files_imported_apart(
    settings: Settings, database: peewee.Database, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_here: list[None] = []
    monkeypatch.setattr(houses, "_write", lambda: written_here.append(None))
    monkeypatch.setattr("cabinet.worker.loop.IMPORTS_EVERY", 0.05)
    worker = Worker(settings)
    job = job_of(of_rows(3), "running")
    thread = threading.Thread(target=worker._imports)
    thread.start()
    until(lambda: ImportJob.get_by_id(job.id).state == "done")
    until(lambda: not houses.are_behind(), "what staff find by addresses is apart, too")
    worker.stopping.set()
    worker.scout.ring_all()
    thread.join()
    assert Account.select().count() == 3 and [process.returncode for process in started] == [0]
    assert not written_here, "the worker would keep the memory"


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False
