"""Runs the imports that staff ordered; the worker looks for them.

The uploaded files name people: nobody else of the machine may read them, and none stays when it is over.
"""

import csv
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from cabinet.billing.answers import Answers
from cabinet.billing.batches import Reject
from cabinet.billing.errors import NeedsAnswerError, UnreadableFileError
from cabinet.billing.folder import folder
from cabinet.billing.importer import import_billing
from cabinet.billing.job_report import FENCE, REJECTS, as_dict, questions_of, samples_of
from cabinet.billing.known_layouts import import_as_said, saved_for
from cabinet.billing.mapping import Preview, UnknownLayoutError
from cabinet.billing.report import Report
from cabinet.billing.undo import finish_unfinished
from cabinet.models.base import now
from cabinet.models.database import connected, db
from cabinet.models.import_batch import ImportBatch
from cabinet.models.import_job import ImportJob

log = logging.getLogger(__name__)

TELL_EVERY = 2.0  # seconds between signs of life
PATIENCE = 3600  # seconds after which a file of no job was left over
UNDECIDED = timedelta(days=7)  # so long a checked file waits for the word to import it
GONE = "Файла больше нет на диске. Отправьте его ещё раз."
BROKEN = "Загрузить не получилось: сбой у нас. В биллинге ничего не изменилось. Отправьте файл ещё раз."
NO_ROWS = "В файле нет ни одной строки, которую можно загрузить."
CHANGED = "После проверки данные изменились. Посмотрите на предупреждения ещё раз."


class Upload(Protocol):
    """A file on its way in."""

    def save(self, dst: Any) -> None:
        """Write all of it."""


def path_of(job: ImportJob) -> Path:
    """Where the uploaded file is."""
    return folder() / f"{job.id}.csv"


def rejects_of(job: ImportJob) -> Path:
    """Where its check lists the rows that it rejected: line, account, reason."""
    return folder() / f"{job.id}.rejects.csv"


def discard(job: ImportJob) -> None:
    """Delete the files of a job."""
    path_of(job).unlink(missing_ok=True)
    rejects_of(job).unlink(missing_ok=True)


@contextmanager
def _listing_rejects(job: ImportJob) -> Iterator[Callable[[Reject], None]]:
    """What to call with each row that a check rejects. The list of a check before is replaced."""
    if job.state != "checking":
        yield lambda reject: None
        return
    handle = os.open(rejects_of(job), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file)
        yield lambda reject: writer.writerow([reject.line, reject.account, reject.reason])


def keep(job: ImportJob, upload: Upload) -> None:
    """Write the file of a new job, and its size on the job."""
    path = path_of(job)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            upload.save(file)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    job.size = path.stat().st_size


def discard_left_over() -> int:
    """Delete the files of no job that could still need them; returns how many.

    A process died between the file and the row, or between the report and the deletion; or nobody wanted the
    checked file imported.
    """
    gone = 0
    ImportJob.give_up(now() - UNDECIDED)
    oldest = time.time() - PATIENCE
    for entry in list(os.scandir(folder())):
        job = ImportJob.get_or_none(ImportJob.id == entry.name.partition(".")[0])
        if (job is None and entry.stat().st_mtime < oldest) or (job and job.over):
            Path(entry.path).unlink(missing_ok=True)
            gone += 1
    return gone


def run_next() -> bool:
    """Do one job that waits; False when there is none. Whatever goes wrong is written on the job.

    What staff want taken back, or was cut short, is taken back when no file waits.
    """
    with connected():
        job = ImportJob.claim_next()
        if job is None:
            return finish_unfinished(wait=False)
        batch = ImportBatch.of_job(job.id)
        if batch is not None:  # it was in when the worker died
            job.finish(batch.state, job.report)
        else:
            _run(job)
        if ImportJob.get_by_id(job.id).over:
            discard(job)
        return True


def _run(job: ImportJob) -> None:
    """Check or import the file. The check goes on however much is rejected: staff are to see all of it."""
    dry, told, stop = job.state == "checking", {"bytes": 0}, threading.Event()
    pulse = threading.Thread(target=_keep_alive, args=(job, told, stop), daemon=True)
    pulse.start()
    try:
        with _listing_rejects(job) as on_reject:
            report = import_as_said(
                lambda answers: import_billing(
                    path_of(job),
                    dry,
                    max_rejects=100 if dry or REJECTS in job.accepted else FENCE,
                    progress=lambda done: told.update(bytes=done),
                    on_reject=on_reject,
                    name=job.name,
                    actor=f"staff:{job.staff}",
                    job=job.id,
                    answers=answers,
                ),
                _answers(job),
                lambda shown: _saved_layout(job, shown),
            )
    except NeedsAnswerError as error:
        _stop(stop, pulse)
        shown = asdict(error.preview) if isinstance(error, UnknownLayoutError) else None
        job.finish("asking", questions_of(error), samples=shown)
    except (UnreadableFileError, OSError) as error:
        _stop(stop, pulse)
        job.finish("failed", {}, str(error) if isinstance(error, UnreadableFileError) else GONE)
    except Exception as error:
        _stop(stop, pulse)
        log.error("import %s: %s", job.id, type(error).__name__)
        job.finish("failed", {}, BROKEN)
    else:
        _stop(stop, pulse)
        _finish(job, report)
    finally:
        _stop(stop, pulse)


def _answers(job: ImportJob) -> Answers:
    """What staff said of the file so far."""
    layouts = {key: said["columns"] for key, said in job.said.items() if not said.get("ask")}
    return Answers(job.period, accept=frozenset(job.accepted), layouts=layouts)


def _saved_layout(job: ImportJob, shown: Preview) -> Mapping[str, str] | None:
    """What was saved for a layout of a file that is checked. Later its job goes by what the check went by."""
    saved = saved_for(shown) if job.state == "checking" and shown.key not in job.said else None
    if saved is None:
        return None
    job.remember_layout(shown.key, saved.said)
    columns: Mapping[str, str] = saved.columns
    return columns


def _finish(job: ImportJob, report: Report) -> None:
    """Write what came of it. What became implausible after the check is asked about, too.

    A file of which every row was rejected stays, so that staff can take the list of them.
    """
    kept = as_dict(report)
    if report.unanswered and not report.dry_run and ImportBatch.of_job(job.id) is None:
        job.finish("checked", kept, CHANGED, samples_of(report))
    elif report.nothing and report.dry_run and report.rejected:
        job.finish("checked", kept, NO_ROWS)
    elif report.nothing:
        job.finish("failed", kept, report.refused or NO_ROWS)
    elif report.dry_run:
        job.finish("checked", kept, samples=samples_of(report))
    else:
        job.finish("done", kept)


def show_to_staff(paths: Sequence[Path], report: Report) -> None:
    """Put an import that came by the command line among those that staff see, and may take back.

    For import_billing's `on_done`.
    """
    with db.atomic():
        job = ImportJob.create(
            staff="",
            name=", ".join(path.name for path in paths)[-255:],
            size=sum(path.stat().st_size for path in paths),
            state="done",
            report=as_dict(report),
            finished_at=now(),
        )
        mine = (ImportBatch.id == report.batch) | (ImportBatch.part_of == report.batch)
        ImportBatch.update(job=job.id).where(mine).execute()


def _stop(stop: threading.Event, pulse: threading.Thread) -> None:
    stop.set()
    pulse.join()


def _keep_alive(job: ImportJob, told: dict[str, int], stop: threading.Event) -> None:
    """Write the progress now and then; a busy database is tried again."""
    while not stop.wait(TELL_EVERY):
        try:
            with connected():
                job.report_progress(told["bytes"])
        except Exception as error:
            log.warning("import %s: progress not written: %s", job.id, type(error).__name__)
            time.sleep(TELL_EVERY)
